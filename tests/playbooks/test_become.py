# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""With ``become``, a file on this machine is another user's, so a module handles it. Losant is called as before."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.losant.platform.tests.support.tokens import SECRET, accepts

from .conftest import Player

#: Stands for sudo: notes its arguments, and runs the command in the home of the other user.
_SUDO = """#!/bin/sh
printf '%s\\n' "$*" >> {directory}/commands
while [ "$1" != "${{1#-}}" ]; do if [ "$1" = -u ]; then shift; fi; shift; done
HOME={directory} exec "$@"
"""


@pytest.fixture
def other_home(tmp_path: Path) -> Path:
    directory = tmp_path / "other"
    directory.mkdir()
    sudo = directory / "sudo"
    sudo.write_text(_SUDO.format(directory=directory), encoding="utf-8")
    sudo.chmod(0o700)
    return directory


@pytest.mark.parametrize("connection", ["local", "ansible.builtin.local"])
def test_the_file_is_that_of_the_other_user(player: Player, other_home: Path, connection: str) -> None:
    variables = {
        "ansible_connection": connection,
        "ansible_become_exe": str(other_home / "sudo"),
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
    }
    options = {"name": "x", "scope": ["devices.get"], "token_file": "~/token"}
    other = {"name": "other user", "losant.platform.api_token": options, "become": True}
    listing = {"name": "list", "losant.platform.api_token_info": {}, "become": True}
    own = {"name": "own", "losant.platform.api_token": {**options, "name": "y"}}
    read = {"name": "read", "losant.platform.token_file": {"path": "~/token"}, "become": True}
    played = player.run(
        player.play(other, listing, own, read, vars=variables), "-vvv", ANSIBLE_BECOME_ALLOW_SAME_USER="true"
    )
    assert played.code == 0, played.output
    assert [token["name"] for token in player.sandbox.tokens()] == ["x", "y"]
    assert accepts(player.sandbox, (other_home / "token").read_text(encoding="utf-8"))
    assert accepts(player.sandbox, (player.directory / "home" / "token").read_text(encoding="utf-8"))
    assert played.modules("token_file") == 3
    assert played.of("read")["path"] == str(other_home / "token")
    commands = (other_home / "commands").read_text(encoding="utf-8")
    assert not SECRET.search(commands + played.output)
