# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

from .api_token import DECLARING, api_token_spec
from .application import owner_of
from .batch import operation_for_many

API_TOKENS = operation_for_many(DECLARING, api_token_spec(), owner_of)
