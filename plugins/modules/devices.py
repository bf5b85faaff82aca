#!/usr/bin/python
# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: devices
short_description: Manage many devices of a Losant application
version_added: 1.0.0
description:
  - Ensures that many devices of an application are as declared, in one task. Each entry of O(devices) has the same effect as a
    task of
    M(losant.platform.device) with the same options.
  - The devices are read together, a hundred names with one request. Then one request is sent for each device that differs.
  - If one device fails, the task goes on with the others. At the end it fails, with an error for each device that failed.
  - An entry that cannot be meant, such as one with the name of a gateway that does not exist, stops the task before anything is
    written. Then only RV(failure) is returned.
  - Devices that are not declared are left alone.
extends_documentation_fragment:
  - losant.platform._connection
  - losant.platform._application
  - losant.platform._attributes
  - losant.platform._attributes.action_group
attributes:
  check_mode:
    support: full
    details:
      - It sends no write.
  diff_mode:
    support: full
    details:
      - There is a diff for each device that changes, with the name of the device in its header.
  idempotent:
    support: full
options:
  devices:
    description:
      - The devices that the application must have, or must not have. Two entries that concern the same device are refused.
      - A gateway or a parent that an entry names must exist before the task.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description:
          - The name of the device, 1 to 255 characters. It is compared exactly.
          - Without O(devices[].device_id), it selects the device. Names are not unique at Losant. If several devices have the
            name, the task fails
            and lists their ids.
          - With O(devices[].device_id), it is the name that the device gets.
          - At least one of O(devices[].name) and O(devices[].device_id) is required.
        type: str
      device_id:
        description:
          - The id of the device, 24 hexadecimal characters. It selects the device.
          - Losant chooses the ids. If no device has this id, O(devices[].state=present) fails.
        type: str
        aliases: [deviceId, id]
      state:
        description:
          - V(present) ensures that the device exists as declared.
          - V(absent) deletes the device. In its web interface and its API, Losant can restore it for 93 days. This module does
            not restore
            devices. A new device of the same name has a new id and no data.
        type: str
        choices: [present, absent]
        default: present
      description:
        description:
          - The description of the device. An empty string clears it.
        type: str
      device_class:
        description:
          - The class of the device. If not set, a new device is V(standalone), and an existing one keeps its class.
          - Losant can change the class of a device, but not to V(system), and not that of a system.
        type: str
        choices: [standalone, gateway, peripheral, floating, edgeCompute, system, embedded]
        aliases: [deviceClass]
      tags:
        description:
          - "The tags of the device. A key has one value, or a list of values, as in C({rack: [a, b]}). The order does not matter."
          - An empty dictionary removes all tags, unless O(devices[].purge_tags=false). An empty list of values removes a key.
        type: dict
      purge_tags:
        description:
          - Whether to remove the tags whose key is not in O(devices[].tags). It has no effect if O(devices[].tags) is not set.
        type: bool
        default: true
      attributes:
        description:
          - The attributes that the device must have. What an entry does not mention of an existing attribute is left alone.
          - An empty list has no effect, unless O(devices[].purge_attributes=true). Then it removes all attributes.
        type: list
        elements: dict
        suboptions:
          name:
            description:
              - The name of the attribute. It has letters, digits, V(_) and V(-).
            type: str
            required: true
          data_type:
            description:
              - The type of its values. A new attribute needs it.
              - Losant deletes the data of an attribute whose type changes.
            type: str
            choices: [string, number, gps, boolean, blob]
            aliases: [dataType]
          content_type:
            description:
              - The media type of the values of V(blob). An empty string clears it.
            type: str
            aliases: [contentType]
          description:
            description:
              - The description of the attribute. An empty string clears it.
            type: str
          tags:
            description:
              - The tags of the attribute, each with one value. They are replaced as a whole. An empty dictionary clears them.
            type: dict
            aliases: [attributeTags]
      purge_attributes:
        description:
          - Whether to remove attributes that are not in O(devices[].attributes). Losant no longer shows the data of a removed
            attribute. It has
            no effect if O(devices[].attributes) is not set.
        type: bool
        default: false
      gateway:
        description:
          - The id or the name of the gateway that reports the state of a peripheral. It must be a device of the same application.
            If no
            device has the id or the name, or if several have the name, the task fails.
          - Losant can change the gateway, but not remove it. An empty string means that the device must have none.
        type: str
        aliases: [gatewayId]
      parent:
        description:
          - The id or the name of the system that the device is in, found in the same way as O(devices[].gateway). An empty string
            takes the device
            out of its system.
        type: str
        aliases: [parentId]
      system_interval:
        description:
          - How often Losant computes the attributes of a system from those of its devices, in seconds, 5 to 3600.
        type: int
        aliases: [systemInterval]
      keep_duplicates:
        description:
          - Whether Losant keeps several states that the device reports for the same time.
        type: bool
        aliases: [keepDuplicates]
  concurrency:
    description:
      - How many requests are sent at the same time, 1 to 32.
    type: int
    default: 4
notes:
  - O(access_token) needs one of the scopes V(all.Application), V(all.Organization) and V(all.User), any of them with C(.bounded)
    appended, or V(devices.*) together with V(device.*).
  - A device has no secret. To let it authenticate, give it an access key with M(losant.platform.access_keys).
seealso:
  - module: losant.platform.device
  - module: losant.platform.device_info
  - module: losant.platform.access_keys
author:
  - Losant Platform Collection Contributors (@losant-platform)
"""

EXAMPLES = r"""
- name: Create a device for each host of a group
  losant.platform.devices:
    application_id: 575ec8687ae143cd83dc4a97
    devices: "{{ wanted | from_yaml }}"
    concurrency: 8
  vars:
    wanted: |
      {% for host in groups['gateways'] %}
      - name: {{ host }}
        device_class: edgeCompute
        tags: {site: {{ hostvars[host].site }}}
      {% endfor %}
  run_once: true
  register: gateways

- name: Show the id of each
  ansible.builtin.debug:
    msg: "{{ gateways.devices | items2dict(key_name='name', value_name='id') }}"
  run_once: true

- name: Declare two devices by hand
  losant.platform.devices:
    application_id: 575ec8687ae143cd83dc4a97
    devices:
      - name: press-4
        tags: {hall: "4"}
      - name: press-5
        tags: {hall: "5"}

- name: Find out what would change
  losant.platform.devices:
    application_id: 575ec8687ae143cd83dc4a97
    devices: "{{ losant_devices }}"
  check_mode: true
  diff: true

- name: Delete devices that were dismantled
  losant.platform.devices:
    application_id: 575ec8687ae143cd83dc4a97
    devices:
      - name: press-1
        state: absent
      - name: press-2
        state: absent

- name: Add an attribute to several devices
  losant.platform.devices:
    application_id: 575ec8687ae143cd83dc4a97
    devices:
      - name: press-4
        attributes:
          - {name: temperature, data_type: number}
      - name: press-5
        attributes:
          - {name: temperature, data_type: number}
"""

RETURN = r"""
devices:
  description:
    - The declared devices after the task, in the order of O(devices). Those that are absent, and those that failed, are left out.
    - Each is as RV(losant.platform.device#module:device).
  returned: always
  type: list
  elements: dict
  sample:
    - id: 575ecf887ae143cd83dc4aa2
      name: press-4
created:
  description: The names of the devices that the task created, or would in check mode.
  returned: always
  type: list
  elements: str
  sample: [press-4]
errors:
  description: An error for each device that failed.
  returned: always
  type: list
  elements: dict
  contains:
    index:
      description: The position of the entry in O(devices), counted from 0.
      returned: failure
      type: int
      sample: 3
    name:
      description: The name of the device, as declared.
      returned: failure
      type: str
      sample: press-4
    device_id:
      description: The id of the device, as declared.
      returned: failure
      type: str
      sample: 575ecf887ae143cd83dc4aa2
    msg:
      description: What was attempted, what Losant responded, and what to do.
      returned: failure
      type: str
      sample: "2 devices are named 'press-4': ..."
    failure:
      description: Data about the error. See RV(losant.platform.api_token#module:failure).
      returned: failure
      type: dict
      sample: {kind: declaration}
diff:
  description: A diff for each device that changes. See RV(losant.platform.device#module:diff).
  returned: always
  type: list
  elements: dict
  sample: []
notes:
  description: What is good to know and needs no action.
  returned: when there is something to note
  type: list
  elements: str
failure:
  description:
    - Data about an error, as RV(losant.platform.api_token#module:failure).
  returned: failure
  type: dict
"""

from ansible_collections.losant.platform.plugins.module_utils._module.many_devices import DEVICES_MODULE
from ansible_collections.losant.platform.plugins.module_utils._module.runner import run_module


def main() -> None:
    run_module(DEVICES_MODULE)


if __name__ == "__main__":
    main()
