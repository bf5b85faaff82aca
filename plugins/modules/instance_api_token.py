#!/usr/bin/python
# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: instance_api_token
short_description: Manage API tokens of a Losant instance
version_added: 1.0.0
description:
  - Creates, changes, replaces and deletes one API token of an instance, so that it is as declared.
  - It works as M(losant.platform.api_token) does for the tokens of an application, with the same options and the same promises.
    The secret of a new token is in the response to its creation and nowhere else. The task delivers it to a file, or returns it.
  - Losant can change the name, the description and the status of a token, but not its scope and its expiration date. If those
    differ from the declaration, O(recreate) decides.
extends_documentation_fragment:
  - losant.platform._connection
  - losant.platform._instance
  - losant.platform._api_token
  - losant.platform._attributes
  - losant.platform._attributes.action_group
options:
  scope:
    description:
      - The permissions of the token, such as V(all.Instance.read) or V(instanceOrgs.get). The order does not matter. The token of an
        instance cannot reach applications and devices.
      - Only a new token can have another scope. O(recreate) decides what to do about a difference.
      - If not set, Losant chooses the scope of a new token, and the task warns. It is probably V(all.Instance), which is everything in
        the instance. Losant documents the choice only for tokens of applications.
      - Scopes that this collection does not know for tokens of instances are sent to Losant with a warning, because Losant adds scopes
        from time to time.
    type: list
    elements: str
notes:
  - O(access_token) is a token of the instance, or of a user who manages it. It needs one of the scopes V(all.Instance) and
    V(all.User), or V(instanceApiTokens.*) together with V(instanceApiToken.*). Scopes that end in C(.read), C(.bounded) or C(.cli)
    cannot manage tokens.
seealso:
  - module: losant.platform.instance_api_token_info
  - module: losant.platform.api_token
  - ref: ansible_collections.losant.platform.docsite.guide_token_life
    description: The life of a token from its creation to its end.
  - ref: ansible_collections.losant.platform.docsite.guide_authentication
    description: Which access token to use, and how to pass it to Ansible.
author:
  - Losant Platform Collection Contributors (@losant-platform)
"""

EXAMPLES = r"""
- name: Keep a token of the instance in a file and rotate it two weeks before it expires
  losant.platform.instance_api_token:
    access_token_file: /etc/ansible/losant-user-token
    instance_id: 575ec8687ae143cd83dc4b01
    name: reports
    scope: [instance.get, instance.generateReport]
    expires_in: 90d
    rotate_before: 14d
    token_file: /etc/reports/losant-token
  register: reports

- name: Create a token that can list the organizations of the instance
  losant.platform.instance_api_token:
    instance_id: 575ec8687ae143cd83dc4b01
    name: billing
    scope: [instanceOrgs.get, instanceOrg.get]
  register: billing

- name: Replace a token if its scope differs from the declared one
  losant.platform.instance_api_token:
    instance_id: 575ec8687ae143cd83dc4b01
    name: billing
    scope: [instanceOrgs.get, instanceOrg.get, instance.get]
    recreate: state_change
    superseded_after: 2h
  register: billing

- name: Deactivate a token for a while
  losant.platform.instance_api_token:
    instance_id: 575ec8687ae143cd83dc4b01
    name: billing
    status: inactive

- name: Delete a token
  losant.platform.instance_api_token:
    instance_id: 575ec8687ae143cd83dc4b01
    name: billing
    state: absent
"""

RETURN = r"""
api_token:
  description:
    - The token after the task, without its secret. Null if the token is absent.
    - It has the keys of RV(losant.platform.api_token#module:api_token).
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

from ansible_collections.losant.platform.plugins.module_utils._module.api_token import INSTANCE_API_TOKEN
from ansible_collections.losant.platform.plugins.module_utils._module.runner import run_module


def main() -> None:
    run_module(INSTANCE_API_TOKEN)


if __name__ == "__main__":
    main()
