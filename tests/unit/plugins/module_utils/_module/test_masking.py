# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The values of secret options are removed as Ansible removes them, wherever they are in a result."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from ansible_collections.losant.platform.plugins.module_utils._module.masking import CAN_MASK, without_values

pytestmark = pytest.mark.skipif(CAN_MASK, reason="Ansible masks registered secrets itself")


@pytest.mark.parametrize("secret", ["plain", "quo\"t'ed", "back\\slash", "line\nbreak", "Gewächs\U0001f331", "271828"])
@pytest.mark.parametrize(
    "place",
    [
        lambda secret: secret,
        lambda secret: f"Could not use {secret!s}: refused",
        lambda secret: ["name", {"entries": [{"name": "other"}, {"held_token": secret}]}],
        lambda secret: [datetime.date(2026, 11, 24), secret],
        lambda secret: 3271828,
        lambda secret: {"name": "no secret", "count": 5},
    ],
    ids=["whole", "part", "nested", "beside what JSON cannot hold", "number", "nowhere"],
)
def test_it_does_what_ansible_does(secret: str, place: Any) -> None:
    from ansible.module_utils.common.parameters import remove_values

    result = {"changed": False, "api_tokens": [{"name": "pump", "scope": ["devices.get"]}], "there": place(secret)}
    assert without_values(result, [secret]) == remove_values(result, [secret])
