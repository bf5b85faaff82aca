#!/usr/bin/python
# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: application_info
short_description: List Losant applications
version_added: 1.0.0
description:
  - Lists the applications that the access token can see, all of them or a selection, with the numbers of their API tokens, devices
    and so on.
  - What can hold secrets is not returned, such as the globals of an application.
extends_documentation_fragment:
  - losant.platform._connection
  - losant.platform._attributes
  - losant.platform._attributes.action_group
  - losant.platform._attributes.info_module
options:
  application_id:
    description:
      - Return only the application with this id, 24 hexadecimal characters. If it does not exist, the task fails.
      - The token of an application can read that application, and no other.
      - It excludes O(name), O(filter), O(org_id) and O(page).
      - If C(module_defaults) sets it for the group C(group/losant.platform.losant), set it to V({{ omit }}) to list applications.
    type: str
    aliases: [applicationId, id]
  name:
    description:
      - Return only the application with exactly this name. The list is empty if there is none. If several applications have the name, the
        task fails and lists their ids.
      - It is compared by the module. Characters such as C(*) have no special meaning.
    type: str
  org_id:
    description:
      - Return only the applications of the organization with this id. An empty string returns those of the user, which belong to
        no organization.
    type: str
    aliases: [orgId]
  filter_field:
    description:
      - The field that O(filter) is compared with. Losant knows one, so it does not need to be set.
    type: str
    choices: [name, ""]
    aliases: [filterField]
  filter:
    description:
      - Return only the applications whose name matches this, as Losant compares it. C(*) stands for any characters, as in
        V(greenhouse-*). An empty string means no filtering.
    type: str
  sort_field:
    description:
      - The field by which Losant sorts the applications.
    type: str
    choices: [name, id, creationDate, ownerId, lastUpdated]
    default: name
    aliases: [sortField]
  sort_direction:
    description:
      - The direction in which Losant sorts the applications.
    type: str
    choices: [asc, desc]
    default: asc
    aliases: [sortDirection]
  page:
    description:
      - The page to return, counted from 0. If not set, all pages are read.
      - With O(name), only the applications of that page are compared.
    type: int
  per_page:
    description:
      - The number of applications to request at a time. Losant documents no maximum. It can return fewer.
    type: int
    default: 100
    aliases: [perPage]
  summary_include:
    description:
      - The counts that RV(applications[].summary) has, in Losant's spelling, such as V(apiTokenCount) and V(deviceCount). If not set,
        Losant returns its usual selection.
    type: list
    elements: str
    aliases: [summaryInclude]
  summary_exclude:
    description:
      - The counts that RV(applications[].summary) does not have, in Losant's spelling.
    type: list
    elements: str
    aliases: [summaryExclude]
notes:
  - To list applications, O(access_token) needs one of the scopes V(all.User), V(all.Organization) and V(only.Organization), any of them with
    C(.read) or C(.bounded) appended too, V(all.User.cli), V(applications.*), or V(applications.get). The token of an application cannot list applications.
seealso:
  - module: losant.platform.api_token_info
  - ref: ansible_collections.losant.platform.docsite.guide_authentication
    description: Which access token to use, and how to pass it to Ansible.
author:
  - Losant Platform Collection Contributors (@losant-platform)
"""

EXAMPLES = r"""
- name: List all applications that the access token can see
  losant.platform.application_info:
    access_token: "{{ losant_user_token }}"
  register: all_applications

- name: Find an application by its name
  losant.platform.application_info:
    name: Greenhouse North
  register: greenhouse

- name: Manage a token of that application
  losant.platform.api_token:
    application_id: "{{ greenhouse.applications[0].id }}"
    name: climate
    scope: [devices.get]
    token_file: /etc/climate/losant-token
  when: greenhouse.applications | length > 0

- name: Read one application, with the token of that application
  losant.platform.application_info:
    application_id: 575ec8687ae143cd83dc4a97
  register: own_application

- name: List applications although module_defaults of the play name one
  losant.platform.application_info:
    application_id: "{{ omit }}"
  register: visible

- name: List the applications of an organization, with the newest first
  losant.platform.application_info:
    org_id: 575ed6e87ae143cd83dc4aa8
    sort_field: creationDate
    sort_direction: desc
  register: newest

- name: Find the applications of all customers in production
  losant.platform.application_info:
    filter: "*-production"
    summary_include: [apiTokenCount, deviceCount]
  register: production

- name: Show how many devices they have together
  ansible.builtin.debug:
    msg: "{{ production.applications | map(attribute='summary.device_count') | sum }} devices"

- name: Find the applications that have no token
  ansible.builtin.set_fact:
    without_tokens: "{{ all_applications.applications | selectattr('summary.api_token_count', 'eq', 0) | map(attribute='name') }}"
"""

RETURN = r"""
applications:
  description:
    - The applications, in the order in which Losant sorted them. The list is empty if none matches.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The id of the application.
      type: str
      sample: 575ec8687ae143cd83dc4a97
    application_id:
      description: The same id, under the name that the API uses in paths.
      type: str
      sample: 575ec8687ae143cd83dc4a97
    name:
      description: The name of the application.
      type: str
      sample: Greenhouse North
    description:
      description: The description of the application. Null if it has none.
      type: str
      sample: The northern site
    owner_id:
      description: The id of the user or organization that owns the application.
      type: str
      sample: 575ed70c7ae143cd83dc4aa9
    owner_type:
      description: V(user) or V(organization).
      type: str
      sample: organization
    organization_name:
      description: The name of the organization. Null if a user owns the application.
      type: str
      sample: Example Greenhouses
    endpoint_slug:
      description: The name of the application in the URLs of its experience. Null if it has none.
      type: str
      sample: greenhouse-north
    creation_date:
      description: The time when the application was created, in UTC.
      type: str
      sample: "2026-11-24T08:00:00.000Z"
    last_updated:
      description: The time of the last change of the application, in UTC.
      type: str
      sample: "2026-11-24T08:00:00.000Z"
    summary:
      description:
        - How many objects of each kind the application has, as Losant counts them. The names are those of the API in snake case.
      type: dict
      sample:
        api_token_count: 4
        device_count: 120
total_count:
  description:
    - The number of applications that match O(filter) and O(org_id), before O(name) is compared.
    - With O(page), it is the number that Losant reports for all pages, and null if it reports none.
  returned: success
  type: int
  sample: 12
failure:
  description:
    - Data about an error, beside its message. Which keys it has depends on the key C(kind).
    - "C(api): Losant responded with an error. C(status), C(type) and C(message) are in the response, C(method) and C(url)
      name the request."
    - "C(connection): no response arrived."
    - "C(bad_response): a response was not what the API documents."
    - "C(application): several applications have O(name). C(application_ids) lists them."
    - "C(invalid_option): the value of an option is not valid. C(option) names the option."
    - "C(missing_library): the Python library requests is missing."
    - "C(interrupted): the task was stopped by Ctrl-C or by a signal."
    - "C(internal_error): an error in this collection. Please report it."
  returned: failure
  type: dict
  sample:
    kind: api
    status: 403
    type: Forbidden
    message: Access is forbidden
    method: GET
    url: https://api.losant.com/applications
"""

from ansible_collections.losant.platform.plugins.module_utils._module.application_info import APPLICATION_INFO
from ansible_collections.losant.platform.plugins.module_utils._module.runner import run_module


def main() -> None:
    run_module(APPLICATION_INFO)


if __name__ == "__main__":
    main()
