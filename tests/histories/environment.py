# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where histories happen: the sandbox, the token files, one clock for all, and runs of the real ``main()``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.losant.platform.tests.support.environment import isolate, set_time
from ansible_collections.losant.platform.tests.support.running import Output, Result, run_main
from ansible_collections.losant.platform.tests.support.times import START
from ansible_collections.losant.platform.tests.support.tokens import Tokens, by_id, id_in
from losant_sandbox.client import Json, Sandbox

WRITES = ("POST", "PATCH", "DELETE")


@dataclass(frozen=True)
class Run:
    """One run of ``api_token``: its options, what it printed, and the tokens before and after it."""

    options: Json
    check: bool
    moment: datetime
    before: Tokens
    after: Tokens
    requests: list[Json]
    output: Output

    @property
    def result(self) -> Result:
        return self.output.result

    @property
    def warnings(self) -> list[str]:
        return self.output.warnings

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
        # The access token can do everything, so ``auto`` stages.
        return bool(self.options["staged"] != "false")

    @property
    def phase(self) -> str:
        return str(self.options.get("phase", "all"))

    @property
    def prepared_id(self) -> str | None:
        """The id of the token that it commits or aborts."""
        return self.options.get("prepared_id")

    @property
    def gave_way(self) -> bool:
        """Whether it is a commit that failed because another run was first."""
        return self.phase == "commit" and self.failed and "concurrent run" in self.message.lower()

    @property
    def disturbed(self) -> bool:
        """Whether a fault hit one of its requests."""
        return any(request["fault"] for request in self.requests)

    @property
    def writes(self) -> list[Json]:
        return [request for request in self.requests if request["method"] in WRITES]

    @property
    def created(self) -> set[str]:
        """The ids of the tokens that it created and that exist afterwards: nobody else changes anything meanwhile."""
        return set(self.after) - set(self.before)


class Environment:
    def __init__(self, sandbox: Sandbox, directory: Path, patch: pytest.MonkeyPatch) -> None:
        self.sandbox = sandbox
        self.moment = START
        self._files = directory / "files"
        self._files.mkdir()
        self._requests = 0
        isolate(patch, directory)
        set_time(patch, lambda: self.moment)

    def begin(self) -> None:
        """No token, no file, no fault, and the time is ``START``."""
        self.sandbox.reset()
        self._requests = 0
        for file in self._files.iterdir():
            file.unlink()
        self.moment = START
        self.jump(timedelta(0))

    def jump(self, span: timedelta) -> None:
        self.moment += span
        self.sandbox.clock(now=self.moment.isoformat())

    def tokens(self) -> Tokens:
        return by_id(self.sandbox.tokens())

    def token_file(self, name: str) -> Path:
        """The file that is declared for a name, if one is."""
        return self._files / name

    def held(self, name: str) -> str | None:
        """The id of the token whose secret the file of a name holds, if it holds one."""
        file = self.token_file(name)
        return id_in(file.read_text(encoding="utf-8")) if file.exists() else None

    def changes(self, since: int) -> list[set[str]]:
        """The ids of the usable tokens after every change by a request, from this index on."""
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
        output = run_main("api_token", self._arguments(options), check=check)
        if faults:
            self.sandbox.clear_faults()
        requests = [entry for entry in self.sandbox.requests() if entry["index"] >= self._requests]
        after = self.tokens() if any(entry["method"] in WRITES for entry in requests) else before
        return Run(options, check, self.moment, before, after, requests, output)

    def _skip_requests(self) -> None:
        entries = self.sandbox.requests()
        self._requests = entries[-1]["index"] + 1 if entries else self._requests
        self.sandbox.clear_requests()

    def _arguments(self, options: Mapping[str, Any]) -> Json:
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
        }
