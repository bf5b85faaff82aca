#!/usr/bin/python
# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: instance_api_token_info
short_description: List the API tokens of a Losant instance
version_added: 1.0.0
description:
  - Lists the API tokens of an instance, all of them or a selection.
  - It works as M(losant.platform.api_token_info) does for the tokens of an application. It never returns a secret.
extends_documentation_fragment:
  - losant.platform._connection
  - losant.platform._instance
  - losant.platform._api_token_info
  - losant.platform._attributes
  - losant.platform._attributes.action_group
  - losant.platform._attributes.info_module
notes:
  - O(access_token) is a token of the instance, or of a user who manages it. It needs one of the scopes V(all.Instance) and
    V(all.User), either of them with C(.read) or C(.bounded) appended too, V(instanceApiTokens.*), or V(instanceApiTokens.get).
seealso:
  - module: losant.platform.instance_api_token
  - module: losant.platform.api_token_info
  - ref: ansible_collections.losant.platform.docsite.guide_authentication
    description: Which access token to use, and how to pass it to Ansible.
author:
  - Losant Platform Collection Contributors (@losant-platform)
"""

EXAMPLES = r"""
- name: List all tokens of the instance
  losant.platform.instance_api_token_info:
    access_token_file: /etc/ansible/losant-user-token
    instance_id: 575ec8687ae143cd83dc4b01
  register: all_tokens

- name: Find a token by its name
  losant.platform.instance_api_token_info:
    instance_id: 575ec8687ae143cd83dc4b01
    name: billing
  register: found

- name: Fail if a token expires within 30 days
  losant.platform.instance_api_token_info:
    instance_id: 575ec8687ae143cd83dc4b01
    expires_within: 30d
  register: expiring
  failed_when: expiring.api_tokens | length > 0

- name: Find the tokens that are due for rotation
  losant.platform.instance_api_token_info:
    instance_id: 575ec8687ae143cd83dc4b01
    rotate_before: 14d
  register: all_tokens

- name: List the inactive tokens with the newest first
  losant.platform.instance_api_token_info:
    instance_id: 575ec8687ae143cd83dc4b01
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
    - Each has the keys of RV(losant.platform.api_token_info#module:api_tokens).
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

from ansible_collections.losant.platform.plugins.module_utils._module.api_token_info import INSTANCE_API_TOKEN_INFO
from ansible_collections.losant.platform.plugins.module_utils._module.runner import run_module


def main() -> None:
    run_module(INSTANCE_API_TOKEN_INFO)


if __name__ == "__main__":
    main()
