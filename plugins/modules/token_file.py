#!/usr/bin/python
# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: token_file
short_description: Deliver the secret of an API token or an access key to a file on a host
version_added: 1.0.0
description:
  - Writes a secret that is already known to a file, as M(losant.platform.api_token) does with its option O(ignore:token_file).
  - With O(key), it is the secret of an access key, and the file is as that of M(losant.platform.access_key) with its option
    O(ignore:key_file).
  - Shows which token or access key a file holds, without showing the secret.
  - It does not call Losant. The host needs nothing but Python.
extends_documentation_fragment:
  - losant.platform._attributes
attributes:
  check_mode:
    support: full
    details:
      - It refuses what the real run would refuse.
  diff_mode:
    support: full
    details:
      - The diff never holds a secret.
  idempotent:
    support: full
options:
  path:
    description:
      - The absolute path of the file. It holds only the secret, without a line break, or with O(key) an access key.
      - The directory must exist. Without it, a file that O(state=absent) removes, or that is only read, does not exist either.
      - What cannot take a secret is refused. Such are a symbolic link, a directory, a mount point, an immutable file, a file of
        more than 64 KiB, and a place where the task has no permission or no space.
    type: path
    required: true
  token:
    description:
      - The secret. Whitespace around it is ignored.
      - It is written to a temporary file in the same directory, which is private from the first byte. That file is then renamed.
      - If not set, O(state=present) only reads. Nothing is changed, and O(owner), O(group) and O(mode) have no effect.
    type: str
  key:
    description:
      - The public part of the access key that O(token) is the secret of. The file holds the device, the key and the secret then.
      - It needs O(token) and O(device_id).
    type: str
  device_id:
    description:
      - The id of the device that uses O(key).
    type: str
  format:
    description:
      - The format of a file with O(key), as O(losant.platform.access_key#module:format).
    type: str
    choices: [env, json, toml]
    default: env
  state:
    description:
      - V(present) ensures that the file holds O(token), with O(owner), O(group) and O(mode).
      - V(absent) removes the file. If O(token) is set, it is removed only if it holds that secret.
    type: str
    choices: [present, absent]
    default: present
  owner:
    description:
      - The owner of the file, a name or a number. If not set, an existing file keeps its owner.
    type: str
  group:
    description:
      - The group of the file, a name or a number. If not set, an existing file keeps its group.
    type: str
  mode:
    description:
      - The permissions of the file, in octal. It must be quoted, as in V('0640'), because YAML reads a number without quotes in
        its own way.
    type: raw
    default: "0600"
  _step:
    description:
      - Reserved for the plugins of this collection, which have a host do one step at a time. It can change in any release.
    type: str
    choices: [inspect, write, restore, fix, remove]
  _key:
    description:
      - Reserved for the plugins of this collection. What the file holds leaves the host encrypted with this key.
    type: str
  _content:
    description:
      - Reserved for the plugins of this collection. What to restore, encrypted.
    type: str
  _attributes:
    description:
      - Reserved for the plugins of this collection. The mode, the owner and the group to restore.
    type: dict
  _files:
    description:
      - Reserved for the plugins of this collection. Several steps for several files, as JSON.
    type: str
notes:
  - While the secret travels to the host, connection plugins print nothing of it, not even at C(-vvv).
  - With C(async), Ansible keeps the arguments of the task in a file on the host while it runs. Do not use it with O(token).
seealso:
  - module: losant.platform.api_token
  - ref: ansible_collections.losant.platform.docsite.guide_secrets
    description: Where a secret can be delivered, and what Ansible prints.
author:
  - Losant Platform Collection Contributors (@losant-platform)
"""

EXAMPLES = r"""
- name: Create a token once for all hosts
  losant.platform.api_token:
    application_id: 575ec8687ae143cd83dc4a97
    name: fleet
    scope: [devices.get]
  register: fleet
  run_once: true

- name: Deliver the secret to every host if it is new
  losant.platform.token_file:
    path: /etc/fleet/losant-token
    token: "{{ fleet.token }}"
    owner: fleet
  when: fleet.created

- name: See which token's secret a host holds
  losant.platform.token_file:
    path: /etc/fleet/losant-token
  register: held

- name: Fail if the host does not hold the secret of the current token
  ansible.builtin.assert:
    that: held.token_id == fleet.api_token.id

- name: Deliver a secret from Ansible Vault that a group can read
  losant.platform.token_file:
    path: /etc/dashboard/losant-token
    token: "{{ vaulted_dashboard_token }}"
    group: dashboard
    mode: "0640"

- name: Deliver an access key that another task created
  losant.platform.token_file:
    path: /etc/losant/gateway.env
    device_id: "{{ gateway.access_key.device_ids[0] }}"
    key: "{{ gateway.key }}"
    token: "{{ gateway.secret }}"
    owner: "999"
    group: "999"
  when: gateway.created

- name: Remove a secret that is no longer needed
  losant.platform.token_file:
    path: /etc/dashboard/losant-token
    state: absent

- name: Remove the file only if it still holds this secret
  losant.platform.token_file:
    path: /etc/gateway/losant-token
    token: "{{ vaulted_gateway_token }}"
    state: absent
"""

RETURN = r"""
path:
  description: The path of the file, with C(~) and variables resolved on the host.
  returned: success
  type: str
  sample: /etc/fleet/losant-token
exists:
  description: Whether the file exists after the task.
  returned: success
  type: bool
  sample: true
token_id:
  description:
    - The id of the token whose secret the file holds after the task. It is read from the secret, and Losant is not asked.
    - Null if the file does not exist, or if its content does not say an id.
  returned: success
  type: str
  sample: 575ec7417ae143cd83dc4a95
key:
  description: The public part of the access key in the file. Null if it holds none.
  returned: success
  type: str
  sample: 6a4ff5a1-6e3d-4c53-8d4e-a2ff5e5d4f0e
device_id:
  description: The id of the device that uses that key. Null if the file holds none.
  returned: success
  type: str
  sample: 575ecf887ae143cd83dc4aa2
format:
  description: The format of that file. Null if it holds no access key.
  returned: success
  type: str
  sample: env
mode:
  description: The permissions of the file after the task. Null if it does not exist.
  returned: success
  type: str
  sample: "0600"
owner:
  description: The owner of the file after the task, a number if it has no name. Null if the file does not exist.
  returned: success
  type: str
  sample: fleet
group:
  description: The group of the file after the task, a number if it has no name. Null if the file does not exist.
  returned: success
  type: str
  sample: fleet
uid:
  description: The number of the owner of the file after the task. Null if the file does not exist.
  returned: success
  type: int
  sample: 1001
gid:
  description: The number of the group of the file after the task. Null if the file does not exist.
  returned: success
  type: int
  sample: 1001
diff:
  description: What the file holds before and after the task, and its attributes, as numbers. It is the same in check mode.
  returned: success
  type: dict
  sample:
    before: {path: /etc/fleet/losant-token, holds: nothing}
    after: {path: /etc/fleet/losant-token, holds: the secret, mode: "0600", owner: 0, group: 0}
failure:
  description:
    - Data about an error, beside its message.
    - "C(delivery): the file cannot be read, written or removed."
    - "C(invalid_option): the value of an option is not valid. C(option) names the option."
  returned: failure
  type: dict
  sample:
    kind: delivery
"""

from ansible_collections.losant.platform.plugins.module_utils._module.runner import run_module
from ansible_collections.losant.platform.plugins.module_utils._module.token_file import TOKEN_FILE


def main() -> None:
    run_module(TOKEN_FILE)


if __name__ == "__main__":
    main()
