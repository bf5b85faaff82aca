# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The time of the tests, and times around it."""

from __future__ import annotations

from datetime import datetime

#: The time at which tests begin, for the sandbox and for the modules.
NOW = "2026-11-24T08:00:00.000Z"
START = datetime.fromisoformat(NOW)
PAST = "2026-11-24T07:59:59.000Z"
FUTURE = "2027-06-30T12:00:00.000Z"
#: A lifetime of 40 days, of which three quarters are over.
EARLIER = "2026-10-25T08:00:00.000Z"
SOON = "2026-12-04T08:00:00.000Z"
