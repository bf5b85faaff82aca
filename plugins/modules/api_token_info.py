#!/usr/bin/python
# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: api_token_info
short_description: List the API tokens of a Losant application
version_added: 1.0.0
description:
  - Lists the API tokens of an application, all of them or a selection.
  - It never returns a secret, because Losant does not show one again.
  - Whether a token has expired, or is due for rotation, is decided by Losant's clock.
extends_documentation_fragment:
  - losant.platform._connection
  - losant.platform._application
  - losant.platform._api_token_info
  - losant.platform._attributes
  - losant.platform._attributes.action_group
  - losant.platform._attributes.info_module
notes:
  - O(access_token) needs one of the scopes V(all.Application), V(all.Organization) and V(all.User), any of them with
    C(.read) or C(.bounded) appended, V(applicationApiTokens.*), or V(applicationApiTokens.get).
seealso:
  - module: losant.platform.api_token
  - ref: ansible_collections.losant.platform.docsite.guide_authentication
    description: Which access token to use, and how to pass it to Ansible.
  - ref: ansible_collections.losant.platform.docsite.guide_rotation
    description: How to rotate tokens, and how to watch them without changing anything.
author:
  - Losant Platform Collection Contributors (@losant-platform)
"""

EXAMPLES = r"""
- name: List all tokens of an application
  losant.platform.api_token_info:
    access_token: "{{ losant_access_token }}"
    application_id: 575ec8687ae143cd83dc4a97
  register: all_tokens

- name: Find a token by its name
  losant.platform.api_token_info:
    application_id: 575ec8687ae143cd83dc4a97
    name: dashboard
  register: dashboard

- name: Show how many tokens of that name Losant accepts
  ansible.builtin.debug:
    msg: "{{ dashboard.api_tokens | rejectattr('expired') | selectattr('status', 'eq', 'active') | length }} accepted"

- name: Fail if a token expires within 30 days
  losant.platform.api_token_info:
    application_id: 575ec8687ae143cd83dc4a97
    expires_within: 30d
  register: expiring
  failed_when: expiring.api_tokens | length > 0

- name: Find the tokens that are due for rotation
  losant.platform.api_token_info:
    application_id: 575ec8687ae143cd83dc4a97
    rotate_before: 14d
  register: all_tokens

- name: Show the names of those that were not replaced yet
  ansible.builtin.debug:
    msg: "{{ all_tokens.api_tokens | rejectattr('superseded') | selectattr('rotation.due') | map(attribute='name') }}"

- name: List the inactive tokens with the newest first
  losant.platform.api_token_info:
    application_id: 575ec8687ae143cd83dc4a97
    filter_field: status
    filter: inactive
    sort_field: creationDate
    sort_direction: desc
  register: inactive

- name: Find the tokens that have every permission in the application
  ansible.builtin.set_fact:
    powerful: "{{ all_tokens.api_tokens | selectattr('scope', 'contains', 'all.Application') | map(attribute='name') }}"

- name: Read the first ten tokens whose names begin with "site-"
  losant.platform.api_token_info:
    application_id: 575ec8687ae143cd83dc4a97
    filter_field: name
    filter: site-*
    page: 0
    per_page: 10
  register: first_ten

- name: Delete every token that has expired
  losant.platform.api_token:
    application_id: 575ec8687ae143cd83dc4a97
    api_token_id: "{{ item.id }}"
    state: absent
  loop: "{{ all_tokens.api_tokens | selectattr('expired') }}"
  loop_control:
    label: "{{ item.name }}"
"""

RETURN = r"""
api_tokens:
  description:
    - The tokens, in the order in which Losant sorted them. The list is empty if no token matches.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The id of the token.
      type: str
      sample: 575ec7417ae143cd83dc4a95
    api_token_id:
      description: The same id, under the name that the API uses in paths.
      type: str
      sample: 575ec7417ae143cd83dc4a95
    name:
      description: The name of the token.
      type: str
      sample: dashboard
    description:
      description: The purpose of the token. Null if it has no description.
      type: str
      sample: Read by the wall dashboard
    status:
      description: V(active) or V(inactive).
      type: str
      sample: active
    scope:
      description: The permissions of the token.
      type: list
      elements: str
      sample: [devices.get, device.get]
    expiration_date:
      description: The time when the token expires, in UTC. Null if it never does.
      type: str
      sample: "2027-06-30T21:59:59.000Z"
    expired:
      description: Whether the token had expired at the time of the task.
      type: bool
      sample: false
    superseded:
      description: Whether the token was replaced by another one and is kept for a while. Its name shows until when.
      type: bool
      sample: false
    pending:
      description:
        - Whether the secret of the token is not delivered yet. Either a task is creating the token at this moment, or a run was
          interrupted.
      type: bool
      sample: false
    creation_date:
      description: The time when the token was created, in UTC.
      type: str
      sample: "2026-11-24T08:00:00.000Z"
    last_updated:
      description: The time of the last change of the token, in UTC.
      type: str
      sample: "2026-11-24T08:00:00.000Z"
    owner_id:
      description: The id of the application.
      type: str
      sample: 575ec8687ae143cd83dc4a97
    owner_type:
      description: The kind of the owner.
      type: str
      sample: application
    creator_id:
      description: The id of the user, token or workflow that created the token.
      type: str
      sample: 575ed70c7ae143cd83dc4aa9
    creator_type:
      description: V(user), V(apiToken) or V(flow).
      type: str
      sample: user
    creator_name:
      description: The name of the creator. Null if Losant does not show it.
      type: str
      sample: Ada
    rotation:
      description: Whether the token is due for rotation.
      returned: when O(rotate_before) is set
      type: dict
      contains:
        due:
          description: Whether it has O(rotate_before) or less to live, or has expired.
          type: bool
          sample: true
        reason:
          description: V(expired) or V(expires_soon). Null if it is not due.
          type: str
          sample: expires_soon
        due_at:
          description: The time from which it is due, in UTC. Null if it never is.
          type: str
          sample: "2027-06-16T21:59:59.000Z"
total_count:
  description:
    - The number of tokens that match O(filter), before O(name), O(api_token_id) and O(expires_within) are compared.
    - With O(page), it is the number that Losant reports for all pages, and null if it reports none.
  returned: success
  type: int
  sample: 4
failure:
  description:
    - Data about an error, beside its message. Which keys it has depends on the key C(kind).
    - "C(api): Losant responded with an error. C(status), C(type) and C(message) are in the response, C(method) and C(url)
      name the request."
    - "C(connection): no response arrived."
    - "C(bad_response): a response was not what the API documents."
    - "C(application): no application has the name O(application), or several have it. C(application_ids) lists these."
    - "C(invalid_option): the value of an option is not valid. C(option) names the option."
    - "C(missing_library): the Python library requests is missing."
    - "C(interrupted): the task was stopped by Ctrl-C or by a signal."
    - "C(internal_error): an error in this collection. Please report it."
  returned: failure
  type: dict
  sample:
    kind: api
    status: 401
    type: Unauthorized
    message: Invalid access token
    method: GET
    url: https://api.losant.com/applications/575ec8687ae143cd83dc4a97/tokens
"""

from ansible_collections.losant.platform.plugins.module_utils._module.api_token_info import API_TOKEN_INFO
from ansible_collections.losant.platform.plugins.module_utils._module.runner import run_module


def main() -> None:
    run_module(API_TOKEN_INFO)


if __name__ == "__main__":
    main()
