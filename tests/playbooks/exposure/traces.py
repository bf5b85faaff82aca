# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is looked for: secrets of tokens and access keys that Losant creates, and access tokens, each passed in a way of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from losant_sandbox.client import Sandbox
from losant_sandbox.jwt import KEY_SECRET_PREFIX

#: What is found of a token that a task created, or that the task got as an argument.
SECRET = "secret"
#: The ways to pass an access token. Each has one of its own, so that a finding shows the way.
OPTION, ENVIRONMENT, FILE, TASK_ENVIRONMENT, COMMAND_LINE = "option", "environment", "file", "task", "command line"
PASSED = (OPTION, ENVIRONMENT, FILE, TASK_ENVIRONMENT, COMMAND_LINE)


class Traces:
    """What shows in a text that it holds a secret.

    :param access_tokens: how each is passed, and the token
    """

    def __init__(self, access_tokens: Mapping[str, str]) -> None:
        self.access_tokens = access_tokens
        [header] = {token.partition(".")[0] for token in access_tokens.values()}
        self._payloads = {token.split(".")[1]: passed for passed, token in access_tokens.items()}
        self._signatures = {token.split(".")[2]: passed for passed, token in access_tokens.items()}
        # All secrets of the sandbox begin with the same header. So even those that no file and no result holds are found.
        self._pattern = re.compile(re.escape(header) + r"(?:\.([\w-]+))?")
        self._of_key = re.compile(KEY_SECRET_PREFIX + r"[0-9a-f]{56}")

    def found_in(self, text: str) -> set[str]:
        """Which secrets a text shows: SECRET, or how an access token was passed."""
        found = {self._payloads.get(match[1], SECRET) for match in self._pattern.finditer(text)}
        found |= {SECRET} if self._of_key.search(text) else set()
        parts = {**self._payloads, **self._signatures}
        return found | {passed for part, passed in parts.items() if part in text}


def seed_access_tokens(sandbox: Sandbox) -> Traces:
    """Create one access token for each way to pass one."""
    callers = sandbox.seed(callers=[{"subtype": "user", "scope": ["all.User"]} for _passed in PASSED])["callers"]
    return Traces(dict(zip(PASSED, (caller["token"] for caller in callers), strict=True)))


def text_of(place: Path) -> str:
    """All that a file, or the files below a directory, hold, with their paths."""
    paths = [place] if place.is_file() else sorted(path for path in place.rglob("*") if path.is_file())
    return "\n".join(f"{path}\n{path.read_text(encoding='utf-8', errors='replace')}" for path in paths)
