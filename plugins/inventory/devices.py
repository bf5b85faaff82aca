# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: devices
short_description: Use the devices of Losant applications as hosts
version_added: 1.0.0
description:
  - Reads the devices of one or more applications, and makes each of them a host.
  - The name of the inventory file ends in C(losant_devices.yml) or C(losant_devices.yaml), as in C(plant.losant_devices.yml).
  - A host gets the fields of its device as variables, and is put into groups by application, device class, connection and gateway.
  - Losant does not know how to reach a device. O(ansible_host) takes the address from a tag, from the last value of an attribute, or
    from a template.
extends_documentation_fragment:
  - losant.platform._connection_plugin
  - losant.platform._device_filter
  - losant.platform._inventory
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
options:
  plugin:
    description:
      - The name of this plugin. It shows that the file is for it.
    type: str
    required: true
    choices: [losant.platform.devices]
  application_id:
    description:
      - The ids of the applications whose devices are read, each of 24 hexadecimal characters.
      - One of O(application_id) and O(application) is required. They are mutually exclusive. An option of the file wins over a
        variable.
    type: list
    elements: str
    aliases: [applicationId]
    env:
      - name: LOSANT_APPLICATION_ID
    vars:
      - name: losant_application_id
    ini:
      - section: losant
        key: application_id
  application:
    description:
      - The names of the applications, instead of their ids. They are compared exactly. If no application has a name, or if several have
        it, the inventory fails.
      - It needs an access token that can list applications, which is one of a user. The token of an application cannot.
    type: list
    elements: str
  hostnames:
    description:
      - Where the name of a host comes from. The first entry that has a value for the device counts. If none has, it is the id.
      - V(name) is the name of the device, V(id) its id, V(tag:KEY) the value of a tag, and V(attribute:NAME) the last value of an
        attribute. An entry with braces is a template of the variables of the host.
      - Names of devices are not unique. All hosts that would share a name get their id appended, as in C(pump_575ecf887ae143cd83dc4aa2).
        So does a device that is named like the local host.
      - In the name of a host, slashes, control characters and a hyphen at the beginning are replaced with underscores. So is the first
        dot of the names C(.) and C(..).
    type: list
    elements: str
    default: [name]
  ansible_host:
    description:
      - Where the address of a host comes from, with the same kinds of entries as O(hostnames). The first entry that has a value counts.
      - A value that is neither a host name nor an IP address is not used, and the inventory warns.
    type: list
    elements: str
    default: []
  attribute_values:
    description:
      - The attributes whose last values are read. V(*) means all of them. Values are read only if they are asked for, with one more
        request for each hundred devices.
      - Attributes in O(hostnames) and O(ansible_host) are read anyway.
    type: list
    elements: str
  group_by:
    description:
      - What groups the hosts are put into. The names of groups are sanitized as Ansible does it.
      - V(application) gives C(application_NAME), or C(application_ID) if the access token cannot read the application; V(device_class)
        gives C(device_class_gateway) and so on; V(connection) gives C(connection_connected), C(connection_disconnected) and
        C(connection_unknown); V(gateway) gives C(gateway_ID), with the peripherals of that gateway.
      - V(tag:KEY) gives C(tag_KEY_VALUE) for each value of one tag. V(tag) does so for all tags. Do not use it if a tag is different
        for each device, as thousands of groups take Ansible a long time.
    type: list
    elements: str
    default: [application, device_class, connection, gateway]
  concurrency:
    description:
      - How many requests are sent at a time, 1 to 32.
    type: int
    default: 4
notes:
  - "The name of a variable is O(hostvars_prefix), followed by one of C(id), C(name), C(description), C(application_id),
    C(application_name), C(device_class), C(parent_id), C(ancestor_ids), C(gateway_id), C(edge_agent_version), C(system_interval),
    C(keep_duplicates), C(connected) (true, false, or null if it is not known), C(connection_time), C(creation_date),
    C(last_updated), C(tags), C(tag_values) and C(attributes). A field that is not set is null."
  - The key of a tag can repeat. C(tags) maps each key to its first value, and C(tag_values) each key to the list of its values.
  - C(attributes) maps the name of each attribute to its C(data_type), and to C(value) and C(time) if O(attribute_values) asks for them.
  - "O(access_token) needs one of the scopes V(all.Application), V(all.Organization) and V(all.User), any of them with C(.read) or
    C(.bounded) appended, V(all.Device), V(all.Device.read), or V(devices.get); with values of attributes V(devices.getCompositeState),
    too."
seealso:
  - ref: ansible_collections.losant.platform.docsite.guide_devices
    description: How to use devices as hosts.
  - ref: ansible_collections.losant.platform.docsite.guide_authentication
    description: Which access token to use, and how to pass it to Ansible.
author:
  - Losant Platform Collection Contributors (@losant-platform)
"""

EXAMPLES = r"""
---
# All devices of the application in LOSANT_APPLICATION_ID, with the access token in LOSANT_API_TOKEN.
# The file is named losant_devices.yml.
plugin: losant.platform.devices

---
# The gateways of two applications, which SSH reaches at the address in a tag.
plugin: losant.platform.devices
access_token_file: ~/.losant/token
application: [Plant Berlin, Plant Lyon]
device_class: [gateway, edgeCompute]
ansible_host:
  - tag:address
group_by:
  - application
  - connection
  - tag:line

---
# The address is what the gateway reported last as its attribute ip. Hosts are named after a tag, or after the device.
plugin: losant.platform.devices
application_id: [575ec8687ae143cd83dc4a97]
device_class: [gateway]
hostnames:
  - tag:hostname
  - name
ansible_host:
  - attribute:ip
  - "{{ losant_tags.hostname }}.plant.example.com"

---
# Losant selects: devices of two sites that are not connected. Filters decide about the rest.
plugin: losant.platform.devices
application_id: [575ec8687ae143cd83dc4a97]
query:
  connectionStatus: 0
  tags:
    $tagKey: site
    $tagValue:
      $in: [berlin, lyon]
filters:
  - exclude: losant_tags.retired is defined
  - include: losant_device_class in ['gateway', 'standalone']
  - exclude: true

---
# Constructed variables and groups come on top. The cache spares Losant, and Ansible the wait.
plugin: losant.platform.devices
application_id: [575ec8687ae143cd83dc4a97]
attribute_values: [firmware]
compose:
  ansible_user: "'edge' if losant_device_class == 'edgeCompute' else 'admin'"
groups:
  outdated: losant_attributes.firmware.value | default('0', true) is version('2.1', '<')
keyed_groups:
  - key: losant_edge_agent_version | default('none', true)
    prefix: agent
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/losant
cache_timeout: 600
"""

from ansible_collections.losant.platform.plugins.plugin_utils._devices import DevicesInventory


class InventoryModule(DevicesInventory):
    """Ansible's name for the plugin."""

    NAME = "losant.platform.devices"
