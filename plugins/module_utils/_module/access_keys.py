# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

from .access_key import DECLARING, access_key_spec, keys_of
from .batch import operation_for_many

ACCESS_KEYS = operation_for_many(DECLARING, access_key_spec(), keys_of)
