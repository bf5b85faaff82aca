#!/usr/bin/python
# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: access_key_info
short_description: List the access keys of a Losant application
version_added: 1.0.0
description:
  - Lists the access keys of an application, all of them or a selection.
  - It never returns a secret, because Losant does not show one again.
  - Whether a key is due for rotation is decided by Losant's clock.
extends_documentation_fragment:
  - losant.platform._connection
  - losant.platform._application
  - losant.platform._attributes
  - losant.platform._attributes.action_group
  - losant.platform._attributes.info_module
options:
  access_key_id:
    description:
      - Return only the key with this id.
    type: str
    aliases: [applicationKeyId, id]
  key:
    description:
      - Return only the key with this public part.
    type: str
  name:
    description:
      - Return only keys with exactly this name.
    type: str
  filter_field:
    description:
      - The field that O(filter) is compared with. An empty value means no filtering.
    type: str
    choices: [key, status, name, ""]
    aliases: [filterField]
  filter:
    description:
      - What the value of O(filter_field) must match. C(*) stands for any text. An empty value means no filtering.
    type: str
  query:
    description:
      - A query in Losant's form. It overrides O(filter_field) and O(filter).
    type: dict
  sort_field:
    description:
      - The field that Losant sorts by.
    type: str
    choices: [key, status, id, creationDate, lastUpdated, name]
    default: creationDate
    aliases: [sortField]
  sort_direction:
    description:
      - The direction in which Losant sorts.
    type: str
    choices: [asc, desc]
    default: desc
    aliases: [sortDirection]
  page:
    description:
      - Return just this page, counted from 0. If not set, all pages are read.
    type: int
  per_page:
    description:
      - The number of keys in a page.
    type: int
    default: 100
    aliases: [perPage]
  rotate_after:
    description:
      - Add C(rotation) to each key, for keys that are replaced at this age, such as V(90d).
    type: str
notes:
  - O(access_token) needs one of the scopes V(all.Application), V(all.Organization) and V(all.User), any of them with
    C(.read) or C(.bounded) appended, V(applicationKeys.*), or V(applicationKeys.get).
seealso:
  - module: losant.platform.access_key
  - module: losant.platform.access_keys
author:
  - Losant Platform Collection Contributors (@losant-platform)
"""

EXAMPLES = r"""
- name: List all access keys of an application, the newest first
  losant.platform.access_key_info:
    application_id: 575ec8687ae143cd83dc4a97
  register: all_keys

- name: Show the keys that work for every device
  ansible.builtin.debug:
    msg: "{{ unrestricted | map(attribute='name') | list }}"
  vars:
    unrestricted: "{{ all_keys.access_keys | rejectattr('device_ids') | rejectattr('device_tags') }}"

- name: Find a key by its public part, as a gateway has it
  losant.platform.access_key_info:
    application_id: 575ec8687ae143cd83dc4a97
    key: 6a4ff5a1-6e3d-4c53-8d4e-a2ff5e5d4f0e
  register: found

- name: Find the keys that work for one device
  losant.platform.access_key_info:
    application_id: 575ec8687ae143cd83dc4a97
    query:
      deviceIds: 575ecf887ae143cd83dc4aa2
  register: keys_of_device

- name: Fail if a key is older than half a year
  losant.platform.access_key_info:
    application_id: 575ec8687ae143cd83dc4a97
    rotate_after: 180d
  register: aged
  failed_when: aged.access_keys | selectattr('rotation.due') | length > 0

- name: List the inactive keys by name
  losant.platform.access_key_info:
    application_id: 575ec8687ae143cd83dc4a97
    filter_field: status
    filter: inactive
    sort_field: name
    sort_direction: asc
  register: inactive
"""

RETURN = r"""
access_keys:
  description:
    - The keys, in the order in which Losant sorted them. The list is empty if no key matches.
  returned: success
  type: list
  elements: dict
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
    rotation:
      description: Whether the key is due for rotation.
      returned: when O(rotate_after) is set
      type: dict
      contains:
        due:
          description: Whether it is as old as O(rotate_after), or older.
          type: bool
          sample: true
        reason:
          description: V(too_old). Null if it is not due.
          type: str
          sample: too_old
        due_at:
          description: The time from which it is due, in UTC. Null if Losant does not show when the key was created.
          type: str
          sample: "2027-02-22T08:00:00.000Z"
total_count:
  description:
    - The number of keys that match O(filter) or O(query), before O(name), O(access_key_id) and O(key) are compared.
    - With O(page), it is the number that Losant reports for all pages, and null if it reports none.
  returned: success
  type: int
  sample: 4
failure:
  description:
    - Data about an error, as RV(losant.platform.api_token_info#module:failure).
  returned: failure
  type: dict
"""

from ansible_collections.losant.platform.plugins.module_utils._module.access_key_info import ACCESS_KEY_INFO
from ansible_collections.losant.platform.plugins.module_utils._module.runner import run_module


def main() -> None:
    run_module(ACCESS_KEY_INFO)


if __name__ == "__main__":
    main()
