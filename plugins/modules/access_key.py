#!/usr/bin/python
# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: access_key
short_description: Manage access keys of a Losant application
version_added: 1.0.0
description:
  - Creates, changes, replaces and deletes one access key of an application, so that it is as declared. Devices authenticate with
    access keys.
  - A key has a public part and a secret. Losant shows the secret once, in the response to the creation of the key. The task
    delivers
    both to a file, or returns them.
  - Losant recommends a key of its own for each device, restricted to that device. The restriction cannot be changed later. If it
    differs from the declaration, O(recreate) decides.
  - Keys never expire, so old ones accumulate if nobody retires them. With O(rotate_after), a key of that age is replaced.
  - What the task does not mention stays as it is. An empty value that is given clears the field.
  - It keeps the promises of M(losant.platform.api_token). The new key is created first, its secret is delivered, it is tried if
    O(verify=true), and only then the old key is retired. If a step fails, what was done is rolled back.
extends_documentation_fragment:
  - losant.platform._connection
  - losant.platform._application
  - losant.platform._attributes
  - losant.platform._attributes.action_group
attributes:
  check_mode:
    support: full
    details:
      - It sends no write. It refuses what the real run would refuse before its first write, which includes what the scopes inside
        O(access_token) rule out.
  diff_mode:
    support: full
    details:
      - The diff never holds a secret. A key that does not exist yet has the id V((new\)) in it.
  idempotent:
    support: partial
    details:
      - With O(recreate=always) every run creates a new key.
options:
  name:
    description:
      - The name of the key, 1 to 255 characters. It is compared exactly.
      - Without O(access_key_id) and O(key), it selects the key. Names are not unique at Losant. If two keys have the name, the task
        fails and lists them.
      - With O(access_key_id) or O(key), it is the name that the key gets.
      - At least one of O(name), O(access_key_id) and O(key) is required.
    type: str
  access_key_id:
    description:
      - The id of the key, 24 hexadecimal characters. It selects the key.
    type: str
    aliases: [applicationKeyId, id]
  key:
    description:
      - The public part of the key. It selects the key. Losant chooses it, so no key can be created with a given one.
      - If it belongs to another key than O(access_key_id), the task fails.
    type: str
  state:
    description:
      - V(present) ensures that the key exists as declared.
      - V(absent) deletes the key, so devices that use it can no longer authenticate. If it is declared by O(name), superseded and
        pending ones that earlier runs kept are deleted too. O(key_file) is removed if it holds the secret of a deleted key.
    type: str
    choices: [present, absent]
    default: present
  description:
    description:
      - The purpose of the key, in at most 32767 characters. An empty string clears it.
    type: str
  status:
    description:
      - Whether Losant accepts the key. An inactive key can be activated again at any time.
      - If not set, a new key is active, and an existing one keeps its status.
    type: str
    choices: [active, inactive]
  device_ids:
    description:
      - The ids of the devices that the key works for, at most 1,000. The order does not matter.
      - If none of O(device_ids), O(devices) and O(device_tags) is set, a new key works for every device of the application, and the
        task warns.
      - Only a new key can have another restriction. O(recreate) decides what to do about a difference.
      - Ids that no device of the application has are refused when a key is created.
    type: list
    elements: str
    aliases: [deviceIds]
  devices:
    description:
      - The names of devices that the key works for, in addition to O(device_ids). Each must be the name of exactly one device of
        the application.
      - The names are looked up in every run, which costs one request for a hundred names.
    type: list
    elements: str
  device_tags:
    description:
      - Tags of devices that the key works for. A device with one of them is one of those. With just a key or just a value, the
        other
        part does not matter.
      - Only a new key can have another restriction.
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
      - V(whitelist) and V(blacklist) need at least one topic in O(pub_topics) or O(sub_topics).
    type: str
    choices: [all, whitelist, blacklist, none]
    aliases: [filterType]
  pub_topics:
    description:
      - The topics of O(filter_type), for publishing. The order does not matter.
    type: list
    elements: str
    aliases: [pubTopics]
  sub_topics:
    description:
      - The topics of O(filter_type), for subscribing. The order does not matter.
    type: list
    elements: str
    aliases: [subTopics]
  address_filter_type:
    description:
      - From which IP addresses the key can be used. V(whitelist) and V(blacklist) need at least one address in O(addresses).
    type: str
    choices: [all, whitelist, blacklist]
    aliases: [addressFilterType]
  addresses:
    description:
      - The addresses of O(address_filter_type), each an IP address or a network such as V(10.0.0.0/8), at most 100.
    type: list
    elements: str
  recreate:
    description:
      - What to do if only a new key can meet the declaration. That is so if the devices differ, and if O(key_file) or O(held_key)
        is not that of the key.
      - V(never) fails, and shows each field with both values.
      - V(state_change) replaces the key. The new one is created first, then the old one is retired as O(superseded) says. Every
        device that uses the old key needs the new one.
      - V(always) replaces the key in every run, whether anything differs or not.
      - A replacement inherits from the old key what the task does not declare, the restriction to devices included.
      - Only a key that is selected by O(name) can be replaced, because a new key has a new id and a new public part.
    type: str
    choices: [never, state_change, always]
    default: never
  rotate_after:
    description:
      - Replace the key when it is this old or older, such as V(90d), by the time of its creation and Losant's clock.
      - It must be longer than O(superseded_after).
      - A key that is due is replaced whatever O(recreate) says.
    type: str
  superseded:
    description:
      - What becomes of a key that was replaced.
      - V(delete) deletes it.
      - V(deactivate) makes it inactive.
      - V(keep) lets it work, with no end.
      - A key that is not deleted immediately is renamed to O(name) with C( ~superseded:TIME) appended, so that O(name) stays
        unique. The time is when its grace period is over, and C(never) with V(keep).
    type: str
    choices: [delete, deactivate, keep]
    default: delete
  superseded_after:
    description:
      - The grace period of a replaced key, such as V(2h). It keeps working for that time, so that its devices can be given the new
        one, and be restarted.
      - The task does not wait. The first run after that time, of a task that declares the same O(name), deletes or deactivates it.
      - It has no effect with O(superseded=keep).
    type: str
    default: 0s
  verify:
    description:
      - Whether the device must be able to authenticate with the new key before the old one is retired. It gets as many tries as
        O(retries) allows.
      - The device is that of O(device_id). A new key that is inactive is not tried.
    type: bool
    default: false
  device_id:
    description:
      - The id of the device that uses the key. It is written to O(key_file), and O(verify) authenticates as it.
      - If not set, it is the one device of O(device_ids) and O(devices). If these are none or several, O(key_file) and O(verify)
        need this option.
    type: str
    aliases: [deviceId]
  key_file:
    description:
      - The absolute path of a file on the task's host for the id of the device, the public part of the key and its secret.
      - The file belongs to the key. A file that holds anything else is refused, because all of it would be replaced.
      - If the host is not the controller itself, or with C(become), the module M(losant.platform.token_file) handles the file
        through the connection.
      - The secret is written to a temporary file in the same directory, which is private from the first byte. That file is then
        renamed.
      - What cannot take the secret is refused before anything is created, in check mode too, as for
        O(losant.platform.api_token#module:token_file).
      - The declaration is met only if the file holds the public part of the current key. A secret cannot be read again, so
        O(recreate) decides what to do about a missing or wrong file.
      - If only O(format) or the device differ, the file is rewritten with the secret that it holds.
      - The directory must exist. Restart whatever reads the file when RV(created) is true.
    type: path
  format:
    description:
      - The format of O(key_file).
      - V(env) has a line each for C(DEVICE_ID), C(ACCESS_KEY) and C(ACCESS_SECRET), as Losant's Gateway Edge Agent takes them from
        its environment. It is for C(docker run --env-file) and for C(EnvironmentFile) of systemd.
      - V(toml) has the table C(gateway) of the agent's configuration file. The agent takes other settings from its environment.
      - V(json) has C(deviceId), C(key) and C(secret), as Losant's API takes them from devices.
    type: str
    choices: [env, json, toml]
    default: env
  owner:
    description:
      - The owner of O(key_file), a name or a number. If not set, an existing file keeps its owner.
    type: str
  group:
    description:
      - The group of O(key_file), a name or a number. If not set, an existing file keeps its group.
    type: str
  mode:
    description:
      - The permissions of O(key_file), in octal. It must be quoted, as in V('0640').
    type: raw
    default: "0600"
  return_secret:
    description:
      - Whether the secret of a key that this task creates is returned as RV(secret).
      - If not set, the secret is returned only if no O(key_file) is set.
      - With V(false) and without O(key_file) the secret is lost, and the task warns.
    type: bool
  held_key:
    description:
      - The public part of the key that its device has now, as read from the place where key and secret are kept. It lets the task
        notice that the place lost them, or holds an old key.
      - If it is not that of the current key, the declaration is not met, and O(recreate) decides as for a wrong O(key_file). An
        empty string says that the place holds nothing.
      - It excludes O(key_file). It does not count with O(prepared_id).
    type: str
  staged:
    description:
      - Whether a key is created in stages, so that no lost response leaves an unknown key behind. See
        O(losant.platform.api_token#module:staged).
      - With V(auto), it is if the scopes inside O(access_token) allow the task to change and to delete keys.
    type: str
    choices: [auto, "true", "false"]
    default: auto
  phase:
    description:
      - Which part of the work the task does. The phases let other tasks deliver the secret, to any place, before the old key is
        retired.
      - V(prepare) creates a new key if one is needed, and returns it with RV(prepared_id). V(commit) brings it in force. V(abort)
        deletes it. See O(losant.platform.api_token#module:phase) for what each phase does.
      - O(key_file) can only be used with V(all).
    type: str
    choices: [all, prepare, commit, abort]
    default: all
  prepared_id:
    description:
      - The id of the key to commit or to abort, as V(prepare) returned it in RV(prepared_id). Null or an empty string mean that
        no key
        was prepared.
    type: str
notes:
  - O(access_token) needs one of the scopes V(all.Application), V(all.Organization) and V(all.User), any of them with C(.bounded)
    appended, or V(applicationKeys.*) together with V(applicationKey.*). O(devices) and O(device_ids) need V(devices.get) too.
  - With O(key_file) the secret is not in the result, unless O(return_secret=true).
  - A result that holds a secret is masked. With ansible-core 2.22 and later, Ansible masks the secret wherever it prints. With
    earlier versions the result of a task that created a key is hidden on the screen, as with C(no_log). C(register) gets the
    secret in any case.
  - Two runs for one key on one controller wait for each other.
seealso:
  - module: losant.platform.access_key_info
  - module: losant.platform.access_keys
  - module: losant.platform.device
  - ref: ansible_collections.losant.platform.docsite.guide_gateways
    description: An edge gateway from nothing to running, and its key rotated for ever.
author:
  - Losant Platform Collection Contributors (@losant-platform)
"""

EXAMPLES = r"""
- name: Give a gateway a key of its own and replace it every 90 days
  losant.platform.access_key:
    application_id: 575ec8687ae143cd83dc4a97
    name: "{{ inventory_hostname }}"
    devices: ["{{ inventory_hostname }}"]
    rotate_after: 90d
    key_file: /etc/losant/gateway.env
    owner: "999"
    group: "999"
    verify: true
  register: gateway_key

- name: Restart the agent when the key is new
  ansible.builtin.systemd_service:
    name: losant-edge-agent
    state: restarted
  when: gateway_key.created

- name: Keep the old key for two hours, so that the agent can be restarted later
  losant.platform.access_key:
    application_id: 575ec8687ae143cd83dc4a97
    name: press-4
    device_ids: [575ecf887ae143cd83dc4aa2]
    rotate_after: 90d
    superseded_after: 2h
    key_file: /etc/losant/config.toml
    format: toml

- name: Create a key for all devices of a site and return it
  losant.platform.access_key:
    application_id: 575ec8687ae143cd83dc4a97
    name: site-berlin
    device_tags:
      - key: site
        value: berlin
  register: site_key

- name: Let the key publish to two topics only, from one network
  losant.platform.access_key:
    application_id: 575ec8687ae143cd83dc4a97
    name: site-berlin
    filter_type: whitelist
    pub_topics: [berlin/status, berlin/alarm]
    address_filter_type: whitelist
    addresses: [203.0.113.0/24]

- name: Deactivate the key that was found in a log
  losant.platform.access_key:
    application_id: 575ec8687ae143cd83dc4a97
    key: 6a4ff5a1-6e3d-4c53-8d4e-a2ff5e5d4f0e
    status: inactive

- name: Replace a key whose file was lost with the host
  losant.platform.access_key:
    application_id: 575ec8687ae143cd83dc4a97
    name: press-4
    devices: [press-4]
    recreate: state_change
    key_file: /etc/losant/press-4.env

- name: Delete a key, its leftovers and its file
  losant.platform.access_key:
    application_id: 575ec8687ae143cd83dc4a97
    name: press-4
    key_file: /etc/losant/press-4.env
    state: absent
"""

RETURN = r"""
access_key:
  description:
    - The key after the task, without its secret. Null if the key is absent.
    - In check mode it is the predicted one. What only Losant can set is null for a new key, which is its id, its public part, its
      times and its creator.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the key.
      type: str
      sample: 575ec76c7ae143cd83dc4a96
    access_key_id:
      description: The same id, under the name that this collection uses in options.
      type: str
      sample: 575ec76c7ae143cd83dc4a96
    name:
      description: The name of the key. Null if it has none.
      type: str
      sample: gateway-17
    description:
      description: The purpose of the key. Null if it has no description.
      type: str
      sample: The gateway in hall 17
    key:
      description: The public part of the key.
      type: str
      sample: 6a4ff5a1-6e3d-4c53-8d4e-a2ff5e5d4f0e
    status:
      description: V(active) or V(inactive).
      type: str
      sample: active
    device_ids:
      description: The ids of the devices that the key works for.
      type: list
      elements: str
      sample: [575ecf887ae143cd83dc4aa2]
    device_tags:
      description: The tags of the devices that the key works for. If this and C(device_ids) are empty, it works for every device.
      type: list
      elements: dict
      sample: []
    filter_type:
      description: Which MQTT topics beside those of Losant the key can use. V(all), V(whitelist), V(blacklist) or V(none).
      type: str
      sample: all
    pub_topics:
      description: The topics of the filter, for publishing.
      type: list
      elements: str
      sample: []
    sub_topics:
      description: The topics of the filter, for subscribing.
      type: list
      elements: str
      sample: []
    address_filter_type:
      description: From which addresses the key can be used. V(all), V(whitelist) or V(blacklist).
      type: str
      sample: all
    addresses:
      description: The addresses of the filter.
      type: list
      elements: str
      sample: []
    superseded:
      description: Whether the key was replaced by another one and is kept for a while. Its name shows until when.
      type: bool
      sample: false
    pending:
      description: Whether the secret of the key is not delivered yet.
      type: bool
      sample: false
    application_id:
      description: The id of the application.
      type: str
      sample: 575ec8687ae143cd83dc4a97
    creation_date:
      description: The time when the key was created, in UTC.
      type: str
      sample: "2026-11-24T08:00:00.000Z"
    created_by_id:
      description: The id of the user, token or workflow that created the key.
      type: str
      sample: 575ed70c7ae143cd83dc4aa9
    created_by_type:
      description: V(user), V(apiToken) or V(flow).
      type: str
      sample: user
    last_updated:
      description: The time of the last change of the key, in UTC.
      type: str
      sample: "2026-11-24T08:00:00.000Z"
    last_updated_by_id:
      description: The id of the user, token or workflow that changed the key last.
      type: str
      sample: 575ed70c7ae143cd83dc4aa9
    last_updated_by_type:
      description: V(user), V(apiToken) or V(flow).
      type: str
      sample: user
created:
  description:
    - Whether the task created a key, so that there is a new secret. Handlers and conditions should look at this.
    - In check mode, whether it would.
  returned: success
  type: bool
  sample: true
key:
  description:
    - The public part of the key after the task. Null in check mode, if a new key would be created.
  returned: when the key exists after the task
  type: str
  sample: 6a4ff5a1-6e3d-4c53-8d4e-a2ff5e5d4f0e
secret:
  description:
    - The secret of the new key. Nobody can read it again later.
    - It is not returned in check mode.
  returned: when the task created a key, and O(return_secret=true) or neither O(return_secret) nor O(key_file) is set
  type: str
  sample: 0f47b6f2f5c4f1d0b6dd5bd6e6ad1d3d1a2c4be5b5a0e5cf0d8f7ab2c1d0e9f8
prepared_id:
  description:
    - The id of the key that O(phase=prepare) created, or that it found delivered. Null if there is none.
  returned: success
  type: str
  sample: 575ec76c7ae143cd83dc4a96
changed_fields:
  description:
    - The fields in which the key after the task differs from the one before. For a key that did not exist, all that it has.
  returned: success
  type: list
  elements: str
  sample: [description, status]
rotation:
  description:
    - Whether the key that the task found was due for replacement, and why.
  returned: success
  type: dict
  contains:
    due:
      description: Whether it was due, so that this task replaced it, or would in check mode.
      type: bool
      sample: true
    reason:
      description:
        - Why it was due. Null if it was not.
        - "V(too_old): it was as old as O(rotate_after), or older."
        - "V(differs): its devices differ, and O(recreate=state_change) is set."
        - "V(key_file): O(key_file) did not hold it, and O(recreate=state_change) is set."
        - "V(held_key): O(held_key) was not its public part, and O(recreate=state_change) is set."
        - "V(always): O(recreate=always) is set."
      type: str
      sample: too_old
    due_at:
      description: The time from which O(rotate_after) asks for a replacement, in UTC. Null if it never does.
      type: str
      sample: "2027-02-22T08:00:00.000Z"
superseded:
  description:
    - The keys that this task retired, or would retire in check mode.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The id of the key.
      type: str
      sample: 575ec76c7ae143cd83dc4a95
    name:
      description: The present name of the key, or the name that it had when it was deleted.
      type: str
      sample: press-4 ~superseded:2026-11-24T10:00:00Z
    action:
      description: V(deleted), V(deactivated) or V(kept). It is V(kept) too if the key could not be retired. Then a warning says so.
      type: str
      sample: kept
    until:
      description: The end of its grace period, in UTC. Null if it has no end, or if the key is not kept.
      type: str
      sample: "2026-11-24T10:00:00.000Z"
notes:
  description:
    - What is good to know and needs no action.
  returned: when there is something to note
  type: list
  elements: str
diff:
  description:
    - Both sides hold the fields that a task can declare, and what O(key_file) holds. See
      RV(losant.platform.api_token#module:diff).
  returned: success
  type: dict
failure:
  description:
    - Data about an error, as RV(losant.platform.api_token#module:failure).
  returned: failure
  type: dict
"""

from ansible_collections.losant.platform.plugins.module_utils._module.access_key import ACCESS_KEY
from ansible_collections.losant.platform.plugins.module_utils._module.runner import run_module


def main() -> None:
    run_module(ACCESS_KEY)


if __name__ == "__main__":
    main()
