#!/usr/bin/python
# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: device
short_description: Manage devices of a Losant application
version_added: 1.0.0
description:
  - Creates, changes and deletes one device of an application, so that it is as declared.
  - What the task does not mention stays as it is. An empty value that is given clears the field.
  - If the response to a creation is lost, the task looks for the device by its name. It does not create a second one.
  - If a concurrent run creates a device of the same name first, the task deletes its own device and fails.
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
  idempotent:
    support: full
options:
  name:
    description:
      - The name of the device, 1 to 255 characters. It is compared exactly.
      - Without O(device_id), it selects the device. Names are not unique at Losant. If several devices have the name, the task
        fails
        and lists their ids.
      - With O(device_id), it is the name that the device gets.
      - At least one of O(name) and O(device_id) is required.
    type: str
  device_id:
    description:
      - The id of the device, 24 hexadecimal characters. It selects the device.
      - Losant chooses the ids. If no device has this id, O(state=present) fails.
    type: str
    aliases: [deviceId, id]
  state:
    description:
      - V(present) ensures that the device exists as declared.
      - V(absent) deletes the device. In its web interface and its API, Losant can restore it for 93 days. This module does not
        restore
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
      - An empty dictionary removes all tags, unless O(purge_tags=false). An empty list of values removes a key.
    type: dict
  purge_tags:
    description:
      - Whether to remove the tags whose key is not in O(tags). It has no effect if O(tags) is not set.
    type: bool
    default: true
  attributes:
    description:
      - The attributes that the device must have. What an entry does not mention of an existing attribute is left alone.
      - An empty list has no effect, unless O(purge_attributes=true). Then it removes all attributes.
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
      - Whether to remove attributes that are not in O(attributes). Losant no longer shows the data of a removed attribute. It has
        no effect if O(attributes) is not set.
    type: bool
    default: false
  gateway:
    description:
      - The id or the name of the gateway that reports the state of a peripheral. It must be a device of the same application. If no
        device has the id or the name, or if several have the name, the task fails.
      - Losant can change the gateway, but not remove it. An empty string means that the device must have none.
    type: str
    aliases: [gatewayId]
  parent:
    description:
      - The id or the name of the system that the device is in, found in the same way as O(gateway). An empty string takes the
        device
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
notes:
  - O(access_token) needs one of the scopes V(all.Application), V(all.Organization) and V(all.User), any of them with C(.bounded)
    appended, or V(devices.*) together with V(device.*).
  - A device has no secret. To let it authenticate, give it an access key with M(losant.platform.access_key).
seealso:
  - module: losant.platform.device_info
  - module: losant.platform.devices
  - module: losant.platform.access_key
author:
  - Losant Platform Collection Contributors (@losant-platform)
"""

EXAMPLES = r"""
- name: Create an edge compute device for a gateway
  losant.platform.device:
    application_id: 575ec8687ae143cd83dc4a97
    name: "{{ inventory_hostname }}"
    device_class: edgeCompute
    tags:
      site: berlin
      rack: [a, b]
    attributes:
      - name: temperature
        data_type: number
  register: gateway

- name: Create a sensor behind the gateway
  losant.platform.device:
    application_id: 575ec8687ae143cd83dc4a97
    name: press-4-vibration
    device_class: peripheral
    gateway: "{{ gateway.device.id }}"

- name: Add a tag and keep the others
  losant.platform.device:
    application_id: 575ec8687ae143cd83dc4a97
    name: press-4
    tags:
      owner: maintenance
    purge_tags: false

- name: Rename a device and clear its description
  losant.platform.device:
    application_id: 575ec8687ae143cd83dc4a97
    device_id: 575ecf887ae143cd83dc4aa2
    name: press-4a
    description: ""

- name: Put a device into a system
  losant.platform.device:
    application_id: 575ec8687ae143cd83dc4a97
    name: press-4
    parent: hall-4

- name: Delete a device
  losant.platform.device:
    application_id: 575ec8687ae143cd83dc4a97
    name: press-4
    state: absent
"""

RETURN = r"""
device:
  description:
    - The device after the task. Null if it is absent.
    - In check mode it is the predicted one. What only Losant can set is null for a new device.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the device.
      type: str
      sample: 575ecf887ae143cd83dc4aa2
    device_id:
      description: The same id, under the name that the API uses in paths.
      type: str
      sample: 575ecf887ae143cd83dc4aa2
    application_id:
      description: The id of the application.
      type: str
      sample: 575ec8687ae143cd83dc4a97
    name:
      description: The name of the device.
      type: str
      sample: press-4
    description:
      description: The description of the device. Null if it has none.
      type: str
      sample: The press in hall 4
    device_class:
      description: The class of the device.
      type: str
      sample: edgeCompute
    tags:
      description: The first value of each tag, by key.
      type: dict
      sample: {site: berlin}
    tag_values:
      description: All values of each tag, by key.
      type: dict
      sample: {site: [berlin]}
    attributes:
      description:
        - The attributes by name, each with C(data_type), C(content_type), C(description) and C(tags), as far as they are set.
        - Those of a system have C(system), as Losant writes it.
      type: dict
      sample: {temperature: {data_type: number}}
    gateway_id:
      description: The id of the gateway. Null if the device has none.
      type: str
      sample: 575ecf887ae143cd83dc4aa3
    parent_id:
      description: The id of the system that the device is in. Null if it is in none.
      type: str
      sample: 575ecf887ae143cd83dc4aa4
    ancestor_ids:
      description: The ids of all systems that the device is in. Null if Losant does not show them.
      type: list
      elements: str
      sample: [575ecf887ae143cd83dc4aa4]
    edge_agent_version:
      description: The version of the agent of an edge compute device. Null if Losant does not show it.
      type: str
      sample: 1.40.0
    system_interval:
      description: How often Losant computes the attributes of a system, in seconds. Null if Losant does not show it.
      type: int
      sample: 60
    keep_duplicates:
      description: Whether Losant keeps several states for the same time. Null if Losant does not show it.
      type: bool
      sample: false
    connected:
      description: Whether the device is connected. Null if Losant does not know.
      type: bool
      sample: true
    connection_time:
      description: The time when that changed last. Null if Losant does not show it.
      type: str
      sample: "2026-11-24T08:00:00.000Z"
    creation_date:
      description: The time when the device was created, in UTC.
      type: str
      sample: "2026-11-24T08:00:00.000Z"
    last_updated:
      description: The time of the last change of the device, in UTC.
      type: str
      sample: "2026-11-24T08:00:00.000Z"
created:
  description: Whether the task created the device, or would in check mode.
  returned: success
  type: bool
  sample: true
changed_fields:
  description: The fields in which the device after the task differs from the one before.
  returned: success
  type: list
  elements: str
  sample: [tags]
diff:
  description: Both sides hold the fields that a task can declare.
  returned: success
  type: dict
notes:
  description: What is good to know and needs no action.
  returned: when there is something to note
  type: list
  elements: str
failure:
  description:
    - Data about an error, as RV(losant.platform.api_token#module:failure).
    - "With C(declaration), C(conflict) and C(unfinished), C(ids) lists the devices that the message is about."
  returned: failure
  type: dict
"""

from ansible_collections.losant.platform.plugins.module_utils._module.device import DEVICE
from ansible_collections.losant.platform.plugins.module_utils._module.runner import run_module


def main() -> None:
    run_module(DEVICE)


if __name__ == "__main__":
    main()
