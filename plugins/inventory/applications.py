# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: applications
short_description: Use Losant applications as hosts
version_added: 1.0.0
description:
  - Reads the applications that the access token can see, and makes each of them a host in the group C(applications).
  - A play for these hosts declares the tokens of each application with Ansible's own parallelism, limits and patterns. Set
    C(connection=local) for it, because an application is no machine.
  - The name of the inventory file ends in C(losant_applications.yml) or C(losant_applications.yaml), as in
    C(customers.losant_applications.yml).
extends_documentation_fragment:
  - losant.platform._connection_plugin
  - losant.platform._inventory
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
options:
  plugin:
    description:
      - The name of this plugin. It shows that the file is for it.
    type: str
    required: true
    choices: [losant.platform.applications]
  org_id:
    description:
      - Return only the applications of the organization with this id. An empty string returns those of the user, which belong to
        no organization.
    type: str
    aliases: [orgId]
  filter_field:
    description:
      - The field that O(filter) is compared with. Losant knows one, so it does not need to be set.
    type: str
    choices: [name, ""]
    aliases: [filterField]
  filter:
    description:
      - Return only the applications whose name matches this, as Losant compares it. C(*) stands for any characters, as in
        V(greenhouse-*). An empty string means no filtering.
    type: str
  sort_field:
    description:
      - The field by which Losant sorts the applications.
    type: str
    choices: [name, id, creationDate, ownerId, lastUpdated]
    default: name
    aliases: [sortField]
  sort_direction:
    description:
      - The direction in which Losant sorts the applications.
    type: str
    choices: [asc, desc]
    default: asc
    aliases: [sortDirection]
  per_page:
    description:
      - The number of applications to request at a time. Losant documents no maximum. It can return fewer.
    type: int
    default: 100
    aliases: [perPage]
  summary_include:
    description:
      - The counts that C(summary) has, in Losant's spelling, such as V(apiTokenCount) and V(deviceCount). If not set,
        Losant returns its usual selection.
    type: list
    elements: str
    aliases: [summaryInclude]
  summary_exclude:
    description:
      - The counts that C(summary) does not have, in Losant's spelling.
    type: list
    elements: str
    aliases: [summaryExclude]
  api_tokens:
    description:
      - Whether the tokens of each application are read, which takes at least one more request for each. A host then gets the
        variable C(losant_api_tokens).
      - It never holds a secret.
    type: bool
    default: false
  expires_within:
    description:
      - With O(api_tokens), a token is due if it expires within this time, such as V(30d), V(12h) or V(1d12h).
    type: str
    default: 30d
  concurrency:
    description:
      - With O(api_tokens), how many applications are read at a time, 1 to 32.
    type: int
    default: 4
notes:
  - "The name of a variable is O(hostvars_prefix), followed by a key that M(losant.platform.application_info) returns: C(application_id), C(name),
    C(description), C(owner_id), C(owner_type), C(organization_name), C(endpoint_slug), C(creation_date), C(last_updated), C(summary)
    and C(id)."
  - "C(losant_api_tokens) has the keys C(total), C(active), C(inactive) and C(expired) (numbers of tokens), C(next_expiration) (of the tokens
    that have not expired, null if none ever does), and C(due) (the names of the tokens that expire within O(expires_within), or have
    expired and were not replaced, with the first to expire first)."
  - A host is named after its application. Names of applications are not unique. All that would share a name get their ids appended, as in
    C(plant_575ec8687ae143cd83dc4a97).
  - O(access_token) must be one that can list applications. The token of an application cannot. It needs one of the scopes V(all.User),
    V(all.Organization) and V(only.Organization), any of them with C(.read) or C(.bounded) appended too, V(all.User.cli), V(applications.*),
    or V(applications.get).
  - Hosts are sorted by their applications as O(sort_field) says, as far as Ansible keeps the order.
seealso:
  - module: losant.platform.application_info
  - module: losant.platform.api_token
  - ref: ansible_collections.losant.platform.docsite.guide_fleets
    description: How to manage the tokens of many applications.
author:
  - Losant Platform Collection Contributors (@losant-platform)
"""

EXAMPLES = r"""
---
# All applications that the access token in LOSANT_API_TOKEN can see. The file is named losant_applications.yml.
plugin: losant.platform.applications

---
# The applications of an organization in production, without those that are being built.
plugin: losant.platform.applications
access_token_file: ~/.losant/user-token
org_id: 575ed6e87ae143cd83dc4aa8
filter: "*-production"
filters:
  - exclude: "'draft' in (losant_description | default('', true))"

---
# A group of the applications with tokens that expire within two weeks, or have expired.
plugin: losant.platform.applications
api_tokens: true
expires_within: 14d
groups:
  due: losant_api_tokens.due | length > 0

---
# A group for each organization, and a variable of your own.
plugin: losant.platform.applications
keyed_groups:
  - key: losant_organization_name | default('personal', true)
    prefix: organization
compose:
  environment_name: losant_name.split('-') | last

---
# The cache spares Losant the list of thousands of applications in each run.
plugin: losant.platform.applications
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/losant
cache_timeout: 3600
summary_include: [apiTokenCount]
"""

from ansible_collections.losant.platform.plugins.plugin_utils._applications import ApplicationsInventory


class InventoryModule(ApplicationsInventory):
    """Ansible's name for the plugin."""

    NAME = "losant.platform.applications"
