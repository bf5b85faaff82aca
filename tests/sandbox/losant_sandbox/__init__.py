# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that speaks the application API token part of the Losant REST API, for tests and for trying things out."""

from __future__ import annotations

API_VERSION = "1.31.0"
