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
  - Lists the API tokens of an application, all of them or those that are asked for.
  - It never returns a secret, as Losant does not show it again.
extends_documentation_fragment:
  - losant.platform._connection
  - losant.platform._attributes
  - losant.platform._attributes.action_group
  - losant.platform._attributes.info_module
options:
  application_id:
    description:
      - The id of the application, 24 hexadecimal characters.
    type: str
    required: true
    aliases: [applicationId]
  api_token_id:
    description:
      - Return only the token with this id.
    type: str
    aliases: [apiTokenId, id]
  name:
    description:
      - Return only the tokens with exactly this name. There can be several, as names are not unique.
      - It is compared by the module. Characters such as C(*) mean just themselves.
    type: str
  filter_field:
    description:
      - The field that O(filter) is for. Blank means no filtering.
    type: str
    choices: [name, status, ""]
    aliases: [filterField]
  filter:
    description:
      - Losant returns only the tokens whose O(filter_field) fits this. C(*) stands for any text, as in V(my*token). Blank
        means no filtering.
      - It needs O(filter_field).
    type: str
  sort_field:
    description:
      - The field to sort by.
    type: str
    choices: [name, status, id, creationDate, lastUpdated, expirationDate]
    default: name
    aliases: [sortField]
  sort_direction:
    description:
      - The direction to sort in.
    type: str
    choices: [asc, desc]
    default: asc
    aliases: [sortDirection]
  page:
    description:
      - Which page to return, counted from 0. If not set, all pages are read.
      - If the list changes while its pages are read, it is read a second time, and tokens that the first reading missed
        come last.
    type: int
  per_page:
    description:
      - How many tokens to ask for in one request. Losant does not say how many it takes; it may return fewer.
    type: int
    default: 100
    aliases: [perPage]
  expires_within:
    description:
      - Return only the tokens that have expired or will expire within this span, such as V(30d), V(12h) or V(1d12h). V(0s)
        returns those that have expired.
    type: str
  rotate_before:
    description:
      - A window, as of M(losant.platform.api_token). Each token then tells in RV(api_tokens[].rotation) whether it is due for
        rotation, so that a pipeline can alert without changing anything.
    type: str
notes:
  - O(name), O(api_token_id) and O(expires_within) are compared by the module. With O(page) they are compared with the
    tokens of that page only.
  - O(access_token) needs one of the scopes V(all.Application), V(all.Organization) and V(all.User), any of them with
    C(.read) or C(.bounded) appended, V(applicationApiTokens.*), or V(applicationApiTokens.get).
seealso:
  - module: losant.platform.api_token
  - ref: ansible_collections.losant.platform.docsite.guide_authentication
    description: Which access token to use, and how to hand it to Ansible.
author:
  - Losant Platform Collection Contributors (@losant-platform)
"""

EXAMPLES = r"""
- name: List all tokens of an application
  losant.platform.api_token_info:
    access_token: "{{ losant_access_token }}"
    application_id: 575ec8687ae143cd83dc4a97
  register: all_tokens

- name: Look for a token by its name
  losant.platform.api_token_info:
    application_id: 575ec8687ae143cd83dc4a97
    name: dashboard
  register: dashboard

- name: Say whether it is there and in use
  ansible.builtin.debug:
    msg: "{{ dashboard.api_tokens | rejectattr('expired') | selectattr('status', 'eq', 'active') | length }} in use"

- name: Fail if a token expires within 30 days
  losant.platform.api_token_info:
    application_id: 575ec8687ae143cd83dc4a97
    expires_within: 30d
  register: ending
  failed_when: ending.api_tokens | length > 0

- name: Look for tokens that are due for rotation, leaving out those that were replaced already
  losant.platform.api_token_info:
    application_id: 575ec8687ae143cd83dc4a97
    rotate_before: 14d
  register: all_tokens

- name: Name them
  ansible.builtin.debug:
    msg: "{{ all_tokens.api_tokens | rejectattr('superseded') | selectattr('rotation.due') | map(attribute='name') }}"

- name: List the inactive tokens, the newest first
  losant.platform.api_token_info:
    application_id: 575ec8687ae143cd83dc4a97
    filter_field: status
    filter: inactive
    sort_field: creationDate
    sort_direction: desc
  register: inactive

- name: Find the tokens that may do everything
  ansible.builtin.set_fact:
    powerful: "{{ all_tokens.api_tokens | selectattr('scope', 'contains', 'all.Application') | map(attribute='name') }}"

- name: Read the first ten tokens whose names begin with site-
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
    - The tokens, in the order in which Losant sorted them. An empty list if there are none.
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
      description: What the token is for. Null if it has no description.
      type: str
      sample: Read by the wall dashboard
    status:
      description: V(active) or V(inactive).
      type: str
      sample: active
    scope:
      description: What the token may do.
      type: list
      elements: str
      sample: [devices.get, device.get]
    expiration_date:
      description: When the token expires, in UTC. Null if it never does.
      type: str
      sample: "2027-06-30T21:59:59.000Z"
    expired:
      description: Whether the token was expired at the time of the task.
      type: bool
      sample: false
    superseded:
      description: Whether the token was replaced by another and is kept for a while. Its name tells until when.
      type: bool
      sample: false
    pending:
      description: Whether the secret of the token was not delivered yet, because a task is making it or a run died.
      type: bool
      sample: false
    creation_date:
      description: When the token was made, in UTC.
      type: str
      sample: "2026-11-24T08:00:00.000Z"
    last_updated:
      description: When the token was changed last, in UTC.
      type: str
      sample: "2026-11-24T08:00:00.000Z"
    owner_id:
      description: The id of the application.
      type: str
      sample: 575ec8687ae143cd83dc4a97
    owner_type:
      description: What the token belongs to.
      type: str
      sample: application
    creator_id:
      description: The id of the user, token or workflow that made the token.
      type: str
      sample: 575ed70c7ae143cd83dc4aa9
    creator_type:
      description: V(user), V(apiToken) or V(flow).
      type: str
      sample: user
    creator_name:
      description: The name of the creator, if Losant tells it.
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
          description: From when on it is due, in UTC. Null if it never is.
          type: str
          sample: "2027-06-16T21:59:59.000Z"
total_count:
  description:
    - How many tokens of the application fit O(filter), before O(name), O(api_token_id) and O(expires_within) are compared.
    - With O(page), it is the number that Losant tells for all pages, and null if it tells none.
  returned: success
  type: int
  sample: 4
failure:
  description:
    - What is known of an error beside its message. Which keys there are depends on C(kind).
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

from ansible_collections.losant.platform.plugins.module_utils._module.api_token_info import (
    api_token_info_spec,
    find_api_tokens,
)
from ansible_collections.losant.platform.plugins.module_utils._module.runner import run_module


def main() -> None:
    run_module(find_api_tokens, api_token_info_spec())


if __name__ == "__main__":
    main()
