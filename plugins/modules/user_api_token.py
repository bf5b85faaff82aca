#!/usr/bin/python
# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: user_api_token
short_description: Manage API tokens of a Losant user
version_added: 1.0.0
description:
  - Creates, changes, replaces and deletes one API token of the user whom O(access_token) belongs to, so that it is as declared.
  - It works as M(losant.platform.api_token) does for the tokens of an application, with the same options and the same promises.
    The secret of a new token is in the response to its creation and nowhere else. The task delivers it to a file, or returns it.
  - Losant can change the name, the description and the status of a token, but not its scope and its expiration date. If those
    differ from the declaration, O(recreate) decides.
  - O(default_role) and O(org_roles) limit what the token can do in organizations. Losant can change both.
extends_documentation_fragment:
  - losant.platform._connection
  - losant.platform._api_token
  - losant.platform._roles
  - losant.platform._attributes
  - losant.platform._attributes.action_group
options:
  scope:
    description:
      - The permissions of the token, such as V(all.User.read), V(all.Organization.read) or V(devices.get). The order does not matter.
      - Only a new token can have another scope. O(recreate) decides what to do about a difference.
      - If not set, Losant chooses the scope of a new token, and the task warns. It is probably V(all.User), which is everything that
        the user can do. Losant documents the choice only for tokens of applications.
      - Scopes that this collection does not know are sent to Losant with a warning, because Losant adds scopes from time to time.
    type: list
    elements: str
notes:
  - O(access_token) is a token of that user with one of the scopes V(all.User) and V(only.User), or V(userApiTokens.*) together
    with V(userApiToken.*). Losant responds 403 to the token of an application, and to writes with the token of an OAuth client.
  - If C(module_defaults) of the group sets O(losant.platform.api_token#module:application_id) or
    O(losant.platform.api_token#module:application), set it to V({{ omit }}) in this task.
seealso:
  - module: losant.platform.user_api_token_info
  - module: losant.platform.api_token
  - ref: ansible_collections.losant.platform.docsite.guide_token_life
    description: The life of a token from its creation to its end.
  - ref: ansible_collections.losant.platform.docsite.guide_authentication
    description: Which access token to use, and how to pass it to Ansible.
author:
  - Losant Platform Collection Contributors (@losant-platform)
"""

EXAMPLES = r"""
- name: Keep a token of the user in a file and rotate it two weeks before it expires
  losant.platform.user_api_token:
    access_token_file: /etc/ansible/losant-user-token
    name: nightly-inventory
    scope: [all.Organization.read]
    expires_in: 90d
    rotate_before: 14d
    token_file: /etc/ansible/losant-inventory-token
  register: nightly

- name: Create a token that can only look at one organization
  losant.platform.user_api_token:
    name: auditor
    scope: [all.Organization.read]
    default_role: none
    org_roles:
      - org_id: 575ec76c7ae143cd83dc4a96
        role: view
  register: auditor

- name: Let the token also work on one application
  losant.platform.user_api_token:
    name: auditor
    org_roles:
      - org_id: 575ec76c7ae143cd83dc4a96
        role: view
        application_roles:
          - resource_id: 575ec8687ae143cd83dc4a97
            role: collaborate

- name: Deactivate a token for a while
  losant.platform.user_api_token:
    name: auditor
    status: inactive

- name: Delete a token
  losant.platform.user_api_token:
    name: auditor
    state: absent

- name: Rotate a token and keep the old one for two hours
  losant.platform.user_api_token:
    name: weekly-report
    scope: [all.Organization.read]
    expires_in: 30d
    rotate_before: 7d
    superseded_after: 2h
  register: weekly_report
"""

RETURN = r"""
api_token:
  description:
    - The token after the task, without its secret. Null if the token is absent.
    - It has the keys of RV(losant.platform.api_token#module:api_token), and C(default_role) and C(org_roles), as the options of these names. Both are null if
      Losant shows none.
    - In check mode, C(owner_id) of a new token is null too.
  returned: success
  type: dict
created:
  description:
    - Whether the task created a token, so that there is a new secret. In check mode, whether it would.
  returned: success
  type: bool
prepared_id:
  description:
    - The id of the token that O(phase=prepare) created, or that it found delivered. Null if there is none.
  returned: success
  type: str
token:
  description:
    - The secret of the new token. Nobody can read it again later.
  returned: when the task created a token, and O(return_token=true) or neither O(return_token) nor O(token_file) is set
  type: str
changed_fields:
  description:
    - The fields in which the token after the task differs from the one before.
  returned: success
  type: list
  elements: str
rotation:
  description:
    - Whether the token that the task found was due for replacement, and why, as RV(losant.platform.api_token#module:rotation).
  returned: success
  type: dict
superseded:
  description:
    - The tokens that this task retired, as RV(losant.platform.api_token#module:superseded).
  returned: success
  type: list
  elements: dict
notes:
  description:
    - What is good to know and needs no action.
  returned: when there is something to note
  type: list
  elements: str
diff:
  description:
    - Both sides hold the fields that a task can declare, as RV(losant.platform.api_token#module:diff).
  returned: success
  type: dict
failure:
  description:
    - Data about an error, as RV(losant.platform.api_token#module:failure).
  returned: failure
  type: dict
"""

from ansible_collections.losant.platform.plugins.module_utils._module.api_token import USER_API_TOKEN
from ansible_collections.losant.platform.plugins.module_utils._module.runner import run_module


def main() -> None:
    run_module(USER_API_TOKEN)


if __name__ == "__main__":
    main()
