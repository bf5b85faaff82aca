# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations


class ModuleDocFragment:
    """The options of every inventory; ``LosantInventory`` in plugin_utils/_inventory.py reads them."""

    DOCUMENTATION = r"""
options:
  hostvars_prefix:
    description:
      - What the name of each variable of a host begins with. An empty string means no prefix, which lets some names conflict with
        those of Ansible.
    type: str
    default: losant_
  filters:
    description:
      - Conditions that decide which hosts become part of the inventory, after Losant has been asked.
      - They are evaluated in their order. The first that is true for a host decides. A host for which none is true is included.
      - A condition can use the variables of the host, and C(inventory_hostname). With O(strict=false), one that cannot be evaluated
        is not true.
    type: list
    elements: dict
    default: []
    suboptions:
      include:
        description:
          - A condition in Jinja2, without braces. If it is true, the host is included.
        type: str
      exclude:
        description:
          - A condition in Jinja2, without braces. If it is true, the host is excluded.
        type: str
notes:
  - If an inventory cannot be read, Ansible only warns, and continues without its hosts. Set E(ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED)
    to V(true), or C(any_unparsed_is_failed) in the section C(inventory) of C(ansible.cfg), to have the run fail instead.
  - Ansible splits a pattern of hosts at spaces and colons. A comma after the name prevents that, as in C(--limit 'boiler room,').
  - What a device or an application is named, and what its tags and values hold, is never evaluated as a template.
  - The cache holds what Losant responded, without the access token. It is not used if the options that select something have changed.
    Another access token does not matter to it, so keep a cache for each user who sees other applications.
"""
