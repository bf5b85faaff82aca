# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations


class ModuleDocFragment:
    """What the plugins that list API tokens share; ``api_token_info_spec()`` in module_utils/_module/api_token_info.py is their spec."""

    DOCUMENTATION = r"""
options:
  api_token_id:
    description:
      - Return only the token with this id.
    type: str
    aliases: [apiTokenId, id]
  name:
    description:
      - Return only the tokens with exactly this name. There can be several, because names are not unique.
      - It is not compared by Losant. Characters such as C(*) have no special meaning.
    type: str
  filter_field:
    description:
      - The field that O(filter) is compared with. An empty string means no filtering.
    type: str
    choices: [name, status, ""]
    aliases: [filterField]
  filter:
    description:
      - Return only the tokens whose O(filter_field) matches this, as Losant compares it. C(*) stands for any characters, as in
        V(my*token). An empty string means no filtering.
      - It needs O(filter_field).
    type: str
  sort_field:
    description:
      - The field by which Losant sorts the tokens.
    type: str
    choices: [name, status, id, creationDate, lastUpdated, expirationDate]
    default: name
    aliases: [sortField]
  sort_direction:
    description:
      - The direction in which Losant sorts the tokens.
    type: str
    choices: [asc, desc]
    default: asc
    aliases: [sortDirection]
  page:
    description:
      - The page to return, counted from 0. If not set, all pages are read.
      - If the list changes while its pages are read, it is read a second time. Tokens that the first reading missed come last.
    type: int
  per_page:
    description:
      - The number of tokens to request at a time. Losant documents no maximum. It can return fewer.
    type: int
    default: 100
    aliases: [perPage]
  expires_within:
    description:
      - Return only the tokens that have expired, and those that expire within this time, such as V(30d), V(12h) or V(1d12h).
        V(0s) returns those that have expired.
    type: str
  rotate_before:
    description:
      - The same as O(losant.platform.api_token#module:rotate_before). Each token gets the key C(rotation), which shows whether it is
        due for rotation. So a pipeline can alert without changing anything.
    type: str
notes:
  - O(name), O(api_token_id) and O(expires_within) are compared with what Losant returns. With O(page), that is the tokens of that
    page only.
"""
