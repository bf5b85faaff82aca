# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: api_tokens
short_description: List the API tokens of a Losant application in templates
version_added: 1.0.0
author:
  - Losant Platform Collection Contributors (@losant-platform)
description:
  - Returns the API tokens of an application, all of them or a selection, for templates, variables and conditions.
  - It returns what M(losant.platform.api_token_info) returns as RV(losant.platform.api_token_info#module:api_tokens), with the same
    options. It never returns a secret.
  - Equal lookups within one process are one request. Each task has its own process, and the items of its loop share it.
extends_documentation_fragment:
  - losant.platform._connection_plugin
  - losant.platform._application.plugin
  - losant.platform._api_token_info
options:
  _terms:
    description:
      - The lookup takes no terms, and fails if there is one. Everything is an option.
notes:
  - Use C(query), or C(lookup) with C(wantlist=true). Without it, C(lookup) returns a list of one token as that token.
  - Variables are evaluated each time they are used, so a variable with this lookup can cause a request in each task that uses it.
seealso:
  - module: losant.platform.api_token_info
  - ref: ansible_collections.losant.platform.docsite.guide_authentication
    description: Which access token to use, and how to pass it to Ansible.
"""

EXAMPLES = r"""
- name: Show which tokens expire within two weeks
  ansible.builtin.debug:
    msg: "{{ query('losant.platform.api_tokens', application_id=application_id, expires_within='14d') | map(attribute='name') }}"
  vars:
    application_id: 575ec8687ae143cd83dc4a97

- name: Create a token only if no token of that name exists, expired ones included
  losant.platform.api_token:
    application_id: 575ec8687ae143cd83dc4a97
    name: pump
    scope: [devices.get]
    token_file: /etc/pump/losant-token
  when: query('losant.platform.api_tokens', application_id='575ec8687ae143cd83dc4a97', name='pump') | length == 0

- name: Fail if a token has every permission in the application
  ansible.builtin.assert:
    that: query('losant.platform.api_tokens', application='Greenhouse North') | selectattr('scope', 'contains', 'all.Application') | length == 0
    fail_msg: A token has the scope all.Application.

- name: Write a report of all tokens
  ansible.builtin.copy:
    content: |
      {% for token in query('losant.platform.api_tokens', application_id='575ec8687ae143cd83dc4a97', sort_field='expirationDate') %}
      {{ token.name }}: {{ token.expiration_date | default('never expires', true) }}
      {% endfor %}
    dest: /tmp/tokens.txt
    mode: "0644"

- name: Delete every token that has expired
  losant.platform.api_token:
    application_id: 575ec8687ae143cd83dc4a97
    api_token_id: "{{ item.id }}"
    state: absent
  loop: "{{ query('losant.platform.api_tokens', application_id='575ec8687ae143cd83dc4a97', expires_within='0s') }}"
  loop_control:
    label: "{{ item.name }}"

- name: Count the tokens of each application in the inventory
  ansible.builtin.debug:
    # losant_application_id is a variable of each host of the inventory losant.platform.applications.
    msg: "{{ query('losant.platform.api_tokens') | length }} tokens"
"""

RETURN = r"""
_raw:
  description:
    - The tokens, in the order in which Losant sorted them. The list is empty if no token matches.
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
      description: Whether the token had expired at the time of the lookup.
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
"""

from ansible_collections.losant.platform.plugins.module_utils._module.api_token_info import API_TOKEN_INFO
from ansible_collections.losant.platform.plugins.plugin_utils._lookup import LosantLookup


class LookupModule(LosantLookup):
    operation = API_TOKEN_INFO
    returned = "api_tokens"
