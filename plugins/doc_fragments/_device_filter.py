# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations


class ModuleDocFragment:
    """The options that Losant compares devices with; ``filter_spec()`` in module_utils/_module/devices.py is their spec."""

    DOCUMENTATION = r"""
options:
  device_class:
    description:
      - Read only devices of these classes.
    type: list
    elements: str
    choices: [standalone, gateway, peripheral, floating, edgeCompute, system, embedded]
    aliases: [deviceClass]
  tag_filter:
    description:
      - Read only devices with these tags. Losant compares them.
      - Losant does not document whether a device needs all of them or one. Use O(query) to be sure.
    type: list
    elements: dict
    aliases: [tagFilter]
    suboptions:
      key:
        description:
          - The key of the tag. If not set, any key matches.
        type: str
      value:
        description:
          - The value of the tag. If not set, any value matches.
        type: str
  parent_id:
    description:
      - Read only devices that are children of the system with this id.
    type: str
    aliases: [parentId]
  filter_field:
    description:
      - The field that O(filter) is compared with. An empty string means no filtering.
    type: str
    choices: [name, ""]
    default: name
    aliases: [filterField]
  filter:
    description:
      - Read only devices whose name matches this, as Losant compares it. C(*) stands for any characters, as in V(pump*). An empty
        string means no filtering.
    type: str
  query:
    description:
      - An advanced device query of Losant, which decides alone which devices are read. It excludes O(device_class), O(tag_filter),
        O(parent_id) and O(filter).
      - Losant documents its operators, such as C($or), C($in) and C($startsWith).
    type: dict
"""
