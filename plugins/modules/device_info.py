#!/usr/bin/python
# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: device_info
short_description: List the devices of a Losant application
version_added: 1.0.0
description:
  - Lists the devices of an application, all of them or a selection.
  - To have devices as hosts, use the inventory P(losant.platform.devices#inventory).
extends_documentation_fragment:
  - losant.platform._connection
  - losant.platform._application
  - losant.platform._device_filter
  - losant.platform._attributes
  - losant.platform._attributes.action_group
  - losant.platform._attributes.info_module
options:
  device_id:
    description:
      - Return only the device with this id. The list is empty if the application has none.
      - Losant finds it with one request, unless an option is set that filters devices.
    type: str
    aliases: [deviceId, id]
  name:
    description:
      - Return only devices with exactly this name. The list is empty if there is none. Names are not unique at Losant, so there
        can be
        several.
      - Characters such as C(*) have no special meaning.
    type: str
  sort_field:
    description:
      - The field that Losant sorts by.
    type: str
    choices: [name, id, creationDate, lastUpdated, connectionStatus, deletedAt]
    default: name
    aliases: [sortField]
  sort_direction:
    description:
      - The direction in which Losant sorts.
    type: str
    choices: [asc, desc]
    default: asc
    aliases: [sortDirection]
  exclude_connection_info:
    description:
      - Whether Losant leaves out whether devices are connected. Then RV(devices[].connected) and RV(devices[].connection_time)
        are null.
    type: bool
    default: false
    aliases: [excludeConnectionInfo]
  query_deleted:
    description:
      - Whether to return the devices that were deleted, instead of those that exist. Losant can restore a device for 93 days
        after it was
        deleted.
    type: bool
    default: false
    aliases: [queryDeleted]
  page:
    description:
      - The page to return, counted from 0. If not set, all pages are read.
    type: int
  per_page:
    description:
      - The number of devices to request at a time. Losant documents no maximum. It can return fewer.
    type: int
    default: 100
    aliases: [perPage]
notes:
  - O(access_token) needs one of the scopes V(all.Application), V(all.Organization) and V(all.User), any of them with
    C(.read) or C(.bounded) appended, V(all.Device), V(all.Device.read), V(devices.*), or V(devices.get).
seealso:
  - module: losant.platform.device
  - plugin: losant.platform.devices
    plugin_type: inventory
author:
  - Losant Platform Collection Contributors (@losant-platform)
"""

EXAMPLES = r"""
- name: List all devices of an application
  losant.platform.device_info:
    application_id: 575ec8687ae143cd83dc4a97
  register: all_devices

- name: Find a device by its name
  losant.platform.device_info:
    application_id: 575ec8687ae143cd83dc4a97
    name: press-4
  register: press

- name: List the gateways of a site
  losant.platform.device_info:
    application_id: 575ec8687ae143cd83dc4a97
    device_class: [edgeCompute, gateway]
    tag_filter:
      - key: site
        value: berlin
  register: gateways

- name: Show which gateways are not connected
  ansible.builtin.debug:
    msg: "{{ gateways.devices | rejectattr('connected', 'true') | map(attribute='name') }}"

- name: Find devices with a query
  losant.platform.device_info:
    application_id: 575ec8687ae143cd83dc4a97
    query:
      $and:
        - deviceClass: edgeCompute
        - connectionStatus: 0
  register: offline

- name: List the devices that were deleted
  losant.platform.device_info:
    application_id: 575ec8687ae143cd83dc4a97
    query_deleted: true
    sort_field: deletedAt
    sort_direction: desc
  register: deleted
"""

RETURN = r"""
devices:
  description:
    - The devices, in the order in which Losant sorted them. The list is empty if no device matches.
  returned: success
  type: list
  elements: dict
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
    deleted_at:
      description: The time when the device was deleted, in UTC. Null if it is not deleted.
      type: str
      sample: "2026-11-24T08:00:00.000Z"
total_count:
  description:
    - The number of devices that match all conditions.
    - With O(page), it is the number that Losant reports for all pages, and null if it reports none.
  returned: success
  type: int
  sample: 4
failure:
  description:
    - Data about an error, as RV(losant.platform.api_token#module:failure).
  returned: failure
  type: dict
"""

from ansible_collections.losant.platform.plugins.module_utils._module.device_info import DEVICE_INFO
from ansible_collections.losant.platform.plugins.module_utils._module.runner import run_module


def main() -> None:
    run_module(DEVICE_INFO)


if __name__ == "__main__":
    main()
