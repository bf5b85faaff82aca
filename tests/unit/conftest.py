# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lets the tests import the checkout as ``ansible_collections.losant.platform``."""

from __future__ import annotations

from pathlib import Path

from ansible.plugins.loader import init_plugin_loader
from ansible.utils.collection_loader import AnsibleCollectionConfig

ROOT = Path(__file__).resolve().parents[2]


def _collections_path() -> Path:
    if ROOT.parts[-3:] == ("ansible_collections", "losant", "platform"):
        return ROOT.parents[2]
    # Found by the setting ``pythonpath`` of pytest.ini.
    from link_collection import link_collection

    return link_collection()


# ansible-test sets the loader up itself.
if AnsibleCollectionConfig.collection_finder is None:
    init_plugin_loader([str(_collections_path())])
