# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where histories happen: the sandbox, the token files, one clock for all, and runs of the real ``main()``."""

from __future__ import annotations

import base64
import contextlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.testing import patch_module_args

from ansible_collections.losant.platform.plugins.module_utils._module import api_token as _api_token
from ansible_collections.losant.platform.plugins.modules import api_token
from losant_sandbox.client import Sandbox

Json = dict[str, Any]
#: Tokens by their ids, as the API shows them.
Tokens = dict[str, Json]
START = datetime.fromisoformat("2026-11-24T08:00:00+00:00")
WRITES = ("POST", "PATCH", "DELETE")


@dataclass(frozen=True)
class Run:
    """One run of ``api_token``: what it was given, what it printed, and what came of it."""

    options: Json
    check: bool
    moment: datetime
    before: Tokens
    after: Tokens
    requests: list[Json]
    printed: str
    errors: str
    warnings: list[str]

    @property
    def result(self) -> Json:
        loaded = json.loads(self.printed)
        assert isinstance(loaded, dict), self.printed
        return loaded

    @property
    def failed(self) -> bool:
        return bool(self.result.get("failed"))

    @property
    def message(self) -> str:
        return str(self.result.get("msg", ""))

    @property
    def name(self) -> str:
        return str(self.options["name"])

    @property
    def staged(self) -> bool:
        # The access token may do everything, so ``auto`` stages.
        return bool(self.options["staged"] != "false")

    @property
    def disturbed(self) -> bool:
        """Whether a fault hit one of its requests."""
        return any(request["fault"] for request in self.requests)

    @property
    def writes(self) -> list[Json]:
        return [request for request in self.requests if request["method"] in WRITES]

    @property
    def made(self) -> set[str]:
        """The ids of the tokens that it made and that are there afterwards: nobody else is at work meanwhile."""
        return set(self.after) - set(self.before)


class World:
    def __init__(self, sandbox: Sandbox, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.sandbox = sandbox
        self.moment = START
        self._folder = folder / "files"
        self._folder.mkdir()
        self._warnings: list[str] = []
        self._requests = 0
        patch.setattr(_api_token, "now", lambda: self.moment)
        # Inside a process that has loaded the controller, AnsibleModule would show warnings instead of returning them.
        patch.setattr(AnsibleModule, "warn", lambda _module, warning, **_more: self._warnings.append(warning))

    def begin(self) -> None:
        """No token, no file, no fault, and the time is ``START``."""
        self.sandbox.reset()
        self._requests = 0
        for file in self._folder.iterdir():
            file.unlink()
        self.moment = START
        self.jump(timedelta(0))

    def jump(self, span: timedelta) -> None:
        self.moment += span
        self.sandbox.clock(now=self.moment.isoformat())

    def tokens(self) -> Tokens:
        return {token["id"]: token for token in self.sandbox.tokens()}

    def token_file(self, name: str) -> Path:
        """The file that is declared for a name, if one is."""
        return self._folder / name

    def held(self, name: str) -> str | None:
        """The id of the token whose secret the file of a name holds, if it holds one."""
        file = self.token_file(name)
        return id_in(file.read_text(encoding="utf-8")) if file.exists() else None

    def changes(self, since: int) -> list[set[str]]:
        """The ids of the usable tokens after every change that a request from an index on made."""
        return [
            {token["id"] for token in change["usable"].get(self.sandbox.application_id, [])}
            for change in self.sandbox.history()
            if change["request"] is not None and change["request"] >= since
        ]

    def run(self, options: Json, before: Tokens, *, check: bool = False, faults: list[Json] | None = None) -> Run:
        """Run ``api_token`` while the faults are in force, and no longer."""
        self._skip_requests()
        for fault in faults or []:
            self.sandbox.fault(**fault)
        self._warnings.clear()
        printed, errors = self._printed(self._arguments(options, check=check))
        if faults:
            self.sandbox.clear_faults()
        requests = [entry for entry in self.sandbox.requests() if entry["index"] >= self._requests]
        after = self.tokens() if any(entry["method"] in WRITES for entry in requests) else before
        return Run(options, check, self.moment, before, after, requests, printed, errors, list(self._warnings))

    def _skip_requests(self) -> None:
        entries = self.sandbox.requests()
        self._requests = entries[-1]["index"] + 1 if entries else self._requests
        self.sandbox.clear_requests()

    def _arguments(self, options: Mapping[str, Any], *, check: bool) -> Json:
        given = {key: value for key, value in options.items() if value is not None}
        if given.pop("to_file"):
            given["token_file"] = str(self.token_file(given["name"]))
        return {
            "access_token": self.sandbox.access_token,
            "api_url": self.sandbox.url,
            "application_id": self.sandbox.application_id,
            "retries": 1,
            "retry_max_delay": 0,
            **given,
            "_ansible_check_mode": check,
        }

    @staticmethod
    def _printed(arguments: Json) -> tuple[str, str]:
        printed, errors = io.StringIO(), io.StringIO()
        with (
            patch_module_args(arguments),
            contextlib.redirect_stdout(printed),
            contextlib.redirect_stderr(errors),
            pytest.raises(SystemExit),
        ):
            api_token.main()
        return printed.getvalue(), errors.getvalue()


def id_in(secret: str) -> str | None:
    """The id of the token that a secret of the sandbox belongs to; None for a text that is none."""
    parts = secret.split(".")
    if len(parts) != 3:
        return None
    payload = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    return str(payload["sub"])
