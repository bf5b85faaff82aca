#!/usr/bin/python
# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: user_api_token_info
short_description: List the API tokens of a Losant user
version_added: 1.0.0
description:
  - Lists the API tokens of the user whom O(access_token) belongs to, all of them or a selection.
  - It works as M(losant.platform.api_token_info) does for the tokens of an application. It never returns a secret.
extends_documentation_fragment:
  - losant.platform._connection
  - losant.platform._api_token_info
  - losant.platform._attributes
  - losant.platform._attributes.action_group
  - losant.platform._attributes.info_module
notes:
  - O(access_token) is a token of that user with one of the scopes V(all.User) and V(only.User), either of them with C(.read) or
    C(.bounded) appended too, V(userApiTokens.*), or V(userApiTokens.get). Losant responds 403 to the token of an application.
  - If C(module_defaults) of the group sets O(losant.platform.api_token#module:application_id) or
    O(losant.platform.api_token#module:application), set it to V({{ omit }}) in this task.
seealso:
  - module: losant.platform.user_api_token
  - module: losant.platform.api_token_info
  - ref: ansible_collections.losant.platform.docsite.guide_authentication
    description: Which access token to use, and how to pass it to Ansible.
author:
  - Losant Platform Collection Contributors (@losant-platform)
"""

EXAMPLES = r"""
- name: List all tokens of the user
  losant.platform.user_api_token_info:
    access_token_file: /etc/ansible/losant-user-token
  register: all_tokens

- name: Find a token by its name
  losant.platform.user_api_token_info:
    name: auditor
  register: found

- name: Fail if a token expires within 30 days
  losant.platform.user_api_token_info:
    expires_within: 30d
  register: expiring
  failed_when: expiring.api_tokens | length > 0

- name: Find the tokens that are due for rotation
  losant.platform.user_api_token_info:
    rotate_before: 14d
  register: all_tokens

- name: List the inactive tokens with the newest first
  losant.platform.user_api_token_info:
    filter_field: status
    filter: inactive
    sort_field: creationDate
    sort_direction: desc
  register: inactive
"""

RETURN = r"""
api_tokens:
  description:
    - The tokens, in the order in which Losant sorted them. The list is empty if no token matches.
    - Each has the keys of RV(losant.platform.api_token_info#module:api_tokens), and C(default_role) and C(org_roles), as
      O(losant.platform.user_api_token#module:default_role) and O(losant.platform.user_api_token#module:org_roles). Both are null
      if Losant shows none.
  returned: success
  type: list
  elements: dict
total_count:
  description:
    - The number of tokens that match O(filter), as RV(losant.platform.api_token_info#module:total_count).
  returned: success
  type: int
  sample: 4
failure:
  description:
    - Data about an error, as RV(losant.platform.api_token_info#module:failure).
  returned: failure
  type: dict
"""

from ansible_collections.losant.platform.plugins.module_utils._module.api_token_info import USER_API_TOKEN_INFO
from ansible_collections.losant.platform.plugins.module_utils._module.runner import run_module


def main() -> None:
    run_module(USER_API_TOKEN_INFO)


if __name__ == "__main__":
    main()
