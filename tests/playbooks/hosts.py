# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host that is reached through Ansible's ssh plugin. A script stands for ssh: it runs the command on this machine."""

from __future__ import annotations

import sys
from pathlib import Path

#: Notes each command, and fails as ssh does when the host went down, or hangs as a host does.
_SSH = """#!/bin/sh
for command; do :; done
printf '%s\\n' "$*" >> {directory}/commands
if [ "$(wc -l < {directory}/commands)" -gt "$(cat {directory}/until)" ]; then
    if [ -e {directory}/hangs ]; then exec sleep 600; fi
    echo "ssh: connect to host far: No route to host" >&2
    exit 255
fi
unset LOSANT_API_TOKEN LOSANT_API_TOKEN_FILE LOSANT_API_URL LOSANT_APPLICATION_ID
HOME={directory}/home exec /bin/sh -c "$command"
"""
_ALWAYS = 1_000_000


class Host:
    """The host ``far``: it has a home of its own, a Python without requests, and no variables of the controller."""

    def __init__(self, directory: Path, *, pipelining: bool = True) -> None:
        self.directory = directory
        self.home = directory / "home"
        self.home.mkdir(parents=True)
        self._ssh = directory / "ssh"
        self._ssh.write_text(_SSH.format(directory=directory), encoding="utf-8")
        self._ssh.chmod(0o700)
        (directory / "commands").touch()
        self.goes_down_after(_ALWAYS)
        #: The variables that an inventory has for it.
        self.variables: dict[str, object] = {
            "ansible_connection": "ssh",
            "ansible_ssh_executable": str(self._ssh),
            "ansible_ssh_transfer_method": "piped",
            "ansible_pipelining": pipelining,
            "ansible_remote_tmp": str(self.home / ".ansible" / "tmp"),
            "ansible_python_interpreter": str(_bare_python(directory)),
        }

    def goes_down_after(self, commands: int, *, hangs: bool = False) -> None:
        """Let all commands but the first ones fail, or hang."""
        (self.directory / "until").write_text(str(commands), encoding="utf-8")
        if hangs:
            (self.directory / "hangs").touch()

    @property
    def commands(self) -> list[str]:
        """What ssh was started with, which anybody on both machines can read while it runs."""
        return (self.directory / "commands").read_text(encoding="utf-8").splitlines()

    def inventory(self) -> dict[str, object]:
        return {"all": {"hosts": {"far": self.variables}}}


def _bare_python(directory: Path) -> Path:
    """A Python with nothing beside the standard library: a virtual environment of this one."""
    python = directory / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} -I -S "$@"\n', encoding="utf-8")
    python.chmod(0o700)
    return python
