# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A result is hidden only while it holds a secret. Where secrets show is tested in ``exposure``."""

from __future__ import annotations

import json

import pytest

from .conftest import Player


@pytest.mark.parametrize("hides", [True, False])
def test_promise_04_the_result_is_hidden_only_while_it_holds_a_secret(player: Player, hides: bool) -> None:
    options = {"name": "x", "scope": ["devices.get"], "return_token": hides}
    play = [
        {
            "hosts": "localhost",
            "gather_facts": False,
            "tasks": [
                {
                    "losant.platform.api_token": {"application_id": player.sandbox.application_id, **options},
                    "register": "x",
                },
                {"ansible.builtin.debug": {"msg": "created {{ x.api_token.id }}, secret {{ x.token is defined }}"}},
            ],
        }
    ]
    played = player.run(player.write(json.dumps(play)), "-v")
    [token] = player.sandbox.tokens()
    assert f"created {token['id']}, secret {hides}" in played.output
