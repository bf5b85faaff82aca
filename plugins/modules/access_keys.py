#!/usr/bin/python
# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: access_keys
short_description: Manage many access keys of a Losant application
version_added: 1.0.0
description:
  - Ensures that many access keys of an application are as declared, in one task. Each entry of O(access_keys) has the same effect
    as a task of M(losant.platform.access_key) with the same options.
  - The list of the application's keys is read once before the writes, and once after the new keys have their names. The writes are
    sent in parallel.
  - All files have their new secrets before the first of those keys gets its name, and all new keys have their names before the
    first
    old one is retired.
  - If one key fails, the task goes on with the others. At the end it fails, with an error for each key that failed.
  - An entry that cannot be meant, such as one with the name of a device that does not exist, stops the task before anything is written.
    Then only RV(failure) is returned.
  - With O(prune=true), keys that are not declared are deleted.
extends_documentation_fragment:
  - losant.platform._connection
  - losant.platform._application
  - losant.platform._attributes
  - losant.platform._attributes.action_group
attributes:
  check_mode:
    support: full
    details:
      - It sends no write. It refuses what the real run would refuse before its first write, and names each key that would be
        pruned.
  diff_mode:
    support: full
    details:
      - There is a diff for each key that changes, with the name of the key in its header. It never holds a secret.
  idempotent:
    support: partial
    details:
      - With O(access_keys[].recreate=always) every run creates a new key.
options:
  access_keys:
    description:
      - The keys that the application must have, or must not have. Each takes the options of M(losant.platform.access_key) for one
        key,
        where they are explained in full.
      - Two entries that concern the same key, or the same file, are refused.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description:
          - The name of the key. Without O(access_keys[].access_key_id) and O(access_keys[].key), it selects the key.
          - At least one of the three is required.
        type: str
      access_key_id:
        description:
          - The id of the key. It selects the key, which gets O(access_keys[].name) if that is set.
        type: str
        aliases: [applicationKeyId, id]
      key:
        description:
          - The public part of the key. It selects the key.
        type: str
      state:
        description:
          - Whether the key must exist.
        type: str
        choices: [present, absent]
        default: present
      description:
        description:
          - The purpose of the key. An empty string clears it.
        type: str
      status:
        description:
          - Whether Losant accepts the key.
        type: str
        choices: [active, inactive]
      device_ids:
        description:
          - The ids of the devices that the key works for. Only a new key can have other ones.
        type: list
        elements: str
        aliases: [deviceIds]
      devices:
        description:
          - The names of devices that the key works for. The names of all entries are looked up with one request for a hundred
            names.
        type: list
        elements: str
      device_tags:
        description:
          - Tags of devices that the key works for. Only a new key can have other ones.
        type: list
        elements: dict
        aliases: [deviceTags]
        suboptions:
          key:
            description:
              - The key of the tag.
            type: str
          value:
            description:
              - The value of the tag.
            type: str
      filter_type:
        description:
          - Which MQTT topics beside those of Losant the key can use.
        type: str
        choices: [all, whitelist, blacklist, none]
        aliases: [filterType]
      pub_topics:
        description:
          - The topics of O(access_keys[].filter_type), for publishing.
        type: list
        elements: str
        aliases: [pubTopics]
      sub_topics:
        description:
          - The topics of O(access_keys[].filter_type), for subscribing.
        type: list
        elements: str
        aliases: [subTopics]
      address_filter_type:
        description:
          - From which IP addresses the key can be used.
        type: str
        choices: [all, whitelist, blacklist]
        aliases: [addressFilterType]
      addresses:
        description:
          - The addresses of O(access_keys[].address_filter_type).
        type: list
        elements: str
      recreate:
        description:
          - What to do if only a new key can meet the declaration.
        type: str
        choices: [never, state_change, always]
        default: never
      rotate_after:
        description:
          - Replace the key when it is this old or older, such as V(90d).
        type: str
      superseded:
        description:
          - What becomes of a key that was replaced.
        type: str
        choices: [delete, deactivate, keep]
        default: delete
      superseded_after:
        description:
          - The grace period of a replaced key, such as V(2h). A later run ends it.
        type: str
        default: 0s
      verify:
        description:
          - Whether the device must be able to authenticate with the new key before the old one is retired.
        type: bool
        default: false
      device_id:
        description:
          - The id of the device that uses the key, if it is not the only one that the key works for.
        type: str
        aliases: [deviceId]
      key_file:
        description:
          - The absolute path of a file on the task's host for the id of the device, the public part of the key and its secret.
          - Over a connection, one call reads the state of all files, and one call writes all of them.
        type: path
      format:
        description:
          - The format of O(access_keys[].key_file).
        type: str
        choices: [env, json, toml]
        default: env
      owner:
        description:
          - The owner of O(access_keys[].key_file), a name or a number.
        type: str
      group:
        description:
          - The group of O(access_keys[].key_file), a name or a number.
        type: str
      mode:
        description:
          - The permissions of O(access_keys[].key_file), in octal and quoted.
        type: raw
        default: "0600"
      return_secret:
        description:
          - Whether the secret of a new key is returned in RV(secrets).
          - If not set, it is returned only if no O(access_keys[].key_file) is set.
        type: bool
      held_key:
        description:
          - The public part of the key that its device has now, as read from the place where it is kept.
          - It excludes O(access_keys[].key_file).
        type: str
      staged:
        description:
          - Whether the key is created in stages, so that no lost response leaves an unknown key behind.
        type: str
        choices: [auto, "true", "false"]
        default: auto
  prune:
    description:
      - Whether to delete the keys of the application that are not declared. Devices that use them can no longer authenticate.
      - Pending keys that are less than an hour old, superseded keys in their grace period, and what O(keep) lists are
        spared.
      - Keys are pruned last, and only if no entry has failed.
      - It has no effect with O(phase=prepare) and O(phase=abort).
    type: bool
    default: false
  prune_all:
    description:
      - Whether O(prune) is allowed with an empty list of O(access_keys), which deletes every key of the application that is not
        spared.
    type: bool
    default: false
  keep:
    description:
      - The names of keys that are not pruned. C(*), C(?) and C([...]) match as in the names of files, with regard to case.
    type: list
    elements: str
  concurrency:
    description:
      - How many requests are sent at the same time, 1 to 32.
    type: int
    default: 4
  phase:
    description:
      - Which part of the work the task does, for all keys. With V(prepare) and V(commit), other tasks deliver the secrets in
        between, to
        any place, before the old keys are retired.
      - V(prepare) creates the new keys that are needed, and returns their secrets in RV(secrets) and their ids in RV(prepared_ids).
        V(commit) brings them in force. V(abort) deletes them.
    type: str
    choices: [all, prepare, commit, abort]
    default: all
  prepared_ids:
    description:
      - For each name, the id of the key to commit or to abort, as V(prepare) returned them in RV(prepared_ids). Null means that
        no key
        was prepared.
    type: dict
notes:
  - O(access_token) needs one of the scopes V(all.Application), V(all.Organization) and V(all.User), any of them with C(.bounded)
    appended, or V(applicationKeys.*) together with V(applicationKey.*). Devices that entries name need V(devices.get) too.
  - A failed task returns the secrets that it created anyway, in RV(secrets). A C(rescue), or C(ignore_errors) with C(register), can
    read them. With O(access_keys[].key_file) they are in their files.
  - A result that holds a secret is masked. With ansible-core 2.22 and later, Ansible masks the secrets wherever it prints. With
    earlier versions the result of a task that created keys is hidden on the screen, as with C(no_log). The errors of a task that
    failed are shown as warnings then. C(register) gets the secrets in any case.
  - Two runs for one application on one controller wait for each other.
  - A task that takes longer than a few seconds shows how far it has got.
seealso:
  - module: losant.platform.access_key
  - module: losant.platform.access_key_info
  - ref: ansible_collections.losant.platform.docsite.guide_gateways
    description: An edge gateway from nothing to running, and its key rotated for ever.
author:
  - Losant Platform Collection Contributors (@losant-platform)
"""

EXAMPLES = r"""
- name: Keep one key for each device in a file of its own
  losant.platform.access_keys:
    application_id: 575ec8687ae143cd83dc4a97
    access_keys: "{{ wanted | from_yaml }}"
    concurrency: 8
  vars:
    machines: [press-1, press-2]
    wanted: |
      {% for machine in machines %}
      - name: {{ machine }}
        devices: [{{ machine }}]
        rotate_after: 90d
        key_file: /etc/losant/{{ machine }}.env
      {% endfor %}
  register: declared

- name: Restart what reads a key that is new
  ansible.builtin.systemd_service:
    name: "losant-{{ item }}"
    state: restarted
  loop: "{{ declared.created }}"

- name: Declare two keys and return their secrets
  losant.platform.access_keys:
    application_id: 575ec8687ae143cd83dc4a97
    access_keys:
      - name: site-berlin
        device_tags:
          - key: site
            value: berlin
      - name: site-lyon
        device_tags:
          - key: site
            value: lyon
  register: sites

- name: Find out what would be deleted
  losant.platform.access_keys:
    application_id: 575ec8687ae143cd83dc4a97
    access_keys: "{{ losant_access_keys }}"
    prune: true
    keep: ["lab-*"]
  check_mode: true
  register: predicted

- name: Delete every key that is not declared, except those of the laboratory
  losant.platform.access_keys:
    application_id: 575ec8687ae143cd83dc4a97
    access_keys: "{{ losant_access_keys }}"
    prune: true
    keep: ["lab-*"]

- name: Create the keys that are needed, for other tasks to deliver
  losant.platform.access_keys:
    application_id: 575ec8687ae143cd83dc4a97
    access_keys: "{{ losant_access_keys }}"
    phase: prepare
  register: prepared

- name: Bring the keys in force when all are delivered
  losant.platform.access_keys:
    application_id: 575ec8687ae143cd83dc4a97
    access_keys: "{{ losant_access_keys }}"
    phase: commit
    prepared_ids: "{{ prepared.prepared_ids }}"
"""

RETURN = r"""
access_keys:
  description:
    - The declared keys after the task, in the order of O(access_keys), without secrets. Those that are absent, and those that
      failed, are
      left out.
    - Each is as RV(losant.platform.access_key#module:access_key).
  returned: always
  type: list
  elements: dict
  sample:
    - id: 575ec76c7ae143cd83dc4a96
      name: press-1
      key: 6a4ff5a1-6e3d-4c53-8d4e-a2ff5e5d4f0e
      status: active
created:
  description:
    - The names of the keys that the task created, so that there are new secrets. Handlers and conditions should look at this.
    - In check mode, those that it would create.
  returned: always
  type: list
  elements: str
  sample: [press-1]
secrets:
  description:
    - The secrets of the new keys, by name. Nobody can read them again later. The public parts are in RV(access_keys).
    - A failed task returns them too.
    - Those of entries with O(access_keys[].key_file) are left out, unless O(access_keys[].return_secret=true).
  returned: always
  type: dict
  sample:
    press-1: 0f47b6f2f5c4f1d0b6dd5bd6e6ad1d3d1a2c4be5b5a0e5cf0d8f7ab2c1d0e9f8
prepared_ids:
  description:
    - For each name, the id of the key that O(phase=prepare) created, to be passed to O(phase=commit) or O(phase=abort). Null if
      none was
      needed.
  returned: always
  type: dict
  sample:
    press-1: 575ec76c7ae143cd83dc4a96
results:
  description:
    - What the task did for each entry. The keys are the same as in the result of M(losant.platform.access_key).
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The name of the key.
      type: str
      sample: press-1
    changed:
      description: Whether anything changed for this entry.
      type: bool
      sample: true
    created:
      description: Whether a key was created.
      type: bool
      sample: true
    key:
      description: The public part of the key.
      type: str
      sample: 6a4ff5a1-6e3d-4c53-8d4e-a2ff5e5d4f0e
    prepared_id:
      description: The id of the key that was prepared, or null.
      type: str
      sample: 575ec76c7ae143cd83dc4a96
    changed_fields:
      description: The fields in which the key differs from the one before.
      type: list
      elements: str
      sample: [description]
    rotation:
      description: Whether the key was due for replacement, and why.
      type: dict
      sample: {due: true, reason: too_old, due_at: "2027-02-22T08:00:00.000Z"}
    superseded:
      description: The keys that were retired for this entry.
      type: list
      elements: dict
      sample: []
pruned:
  description:
    - The keys that were deleted because they are not declared. In check mode, those that would be.
  returned: always
  type: list
  elements: dict
  sample:
    - name: forgotten
      access_key_id: 575ec76c7ae143cd83dc4a95
errors:
  description:
    - An error for each key that failed.
  returned: always
  type: list
  elements: dict
  contains:
    index:
      description: The position of the entry in O(access_keys), counted from 0. Null for a key that could not be pruned.
      returned: failure
      type: int
      sample: 3
    name:
      description: The name of the key, as declared.
      returned: failure
      type: str
      sample: press-1
    access_key_id:
      description: The id of the key, as declared.
      returned: failure
      type: str
      sample: 575ec76c7ae143cd83dc4a96
    msg:
      description: What was attempted, what Losant responded, and what to do.
      returned: failure
      type: str
      sample: "Two access keys are named 'press-1': ..."
    failure:
      description: Data about the error. See RV(losant.platform.api_token#module:failure).
      returned: failure
      type: dict
      sample: {kind: declaration}
diff:
  description:
    - A diff for each key that changes or is pruned. See RV(losant.platform.access_key#module:diff).
  returned: always
  type: list
  elements: dict
  sample: []
notes:
  description:
    - What is good to know and needs no action.
  returned: when there is something to note
  type: list
  elements: str
failure:
  description:
    - Data about the first error. See RV(losant.platform.api_token#module:failure).
  returned: failure
  type: dict
  sample: {kind: declaration}
"""

from ansible_collections.losant.platform.plugins.module_utils._module.access_keys import ACCESS_KEYS
from ansible_collections.losant.platform.plugins.module_utils._module.runner import run_module


def main() -> None:
    run_module(ACCESS_KEYS)


if __name__ == "__main__":
    main()
