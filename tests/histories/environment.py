# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where histories happen: the sandbox, the token files, one clock for all, and runs of the real ``main()``."""

from __future__ import annotations

import itertools
import json
import os
import signal
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from ansible_collections.losant.platform.tests.support.entries import result_of
from ansible_collections.losant.platform.tests.support.environment import isolate, set_time
from ansible_collections.losant.platform.tests.support.running import Output, Result, run_main
from ansible_collections.losant.platform.tests.support.times import START
from ansible_collections.losant.platform.tests.support.tokens import Tokens, base_name, by_id, id_in
from losant_sandbox.client import Json, Sandbox

WRITES = ("POST", "PATCH", "DELETE")


@dataclass(frozen=True)
class Run:
    """One run of ``api_token``: its options, what it printed, and the tokens before and after it.

    Or one of ``api_tokens``, or what that did for one entry. ``interrupted``: a signal arrived.
    """

    options: Json
    check: bool
    moment: datetime
    before: Tokens
    after: Tokens
    requests: list[Json]
    output: Output
    interrupted: bool = False

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
        """Whether a signal ended it, or a fault hit one of its requests."""
        return self.interrupted or any(request["fault"] for request in self.requests)

    @property
    def writes(self) -> list[Json]:
        return [request for request in self.requests if request["method"] in WRITES]

    @property
    def created(self) -> set[str]:
        """The ids of the tokens that it created and that exist afterwards: nobody else changes anything meanwhile."""
        return set(self.after) - set(self.before)


class Environment:
    """Where histories of API tokens take place."""

    module = "api_token"

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

    @property
    def path(self) -> str:
        """The path of the list of tokens."""
        return self.sandbox.tokens_path

    def tokens(self) -> Tokens:
        return by_id(self.sandbox.tokens())

    def seed(self, fields: Json) -> None:
        """Somebody else creates a token."""
        self.sandbox.seed_token(**fields)

    def token_file(self, name: str) -> Path:
        """The file that is declared for a name, if one is."""
        return self._files / name

    def held(self, name: str) -> str | None:
        """The id of the token whose secret the file of a name holds, if it holds one."""
        file = self.token_file(name)
        return id_in(file.read_text(encoding="utf-8")) if file.exists() else None

    def changes(self, since: int) -> list[set[str]]:
        """The ids of the usable tokens after every change by a request, from this index on."""
        return [{token["id"] for token in tokens} for tokens in self._usable(since)]

    def _usable(self, since: int) -> list[list[Json]]:
        return [
            change["usable"].get(self._place, [])
            for change in self.sandbox.history()
            if change["request"] is not None and change["request"] >= since
        ]

    def run(self, options: Json, before: Tokens, *, check: bool = False, faults: list[Json] | None = None) -> Run:
        """Run ``api_token`` while the faults are in force, and no longer."""
        arguments = {**self._connection(), **self._arguments(options)}
        return self._play(self.module, arguments, options, before, check=check, faults=faults)

    def run_many(
        self,
        options: Json,
        before: Tokens,
        *,
        check: bool = False,
        faults: list[Json] | None = None,
        interrupted_at: int | None = None,
    ) -> tuple[Run, list[Run]]:
        """Run ``api_tokens``, and return also what it did for each entry. ``interrupted_at``: a request, counted from 0."""
        entries = [self._arguments(entry) for entry in options["api_tokens"]]
        shared = {name: value for name, value in options.items() if name != "api_tokens"}
        arguments = {**self._connection(), **shared, f"{self.module}s": entries}
        interrupted = threading.Event()
        with pytest.MonkeyPatch.context() as patch:
            if interrupted_at is not None:
                _interrupt(patch, interrupted_at, interrupted)
            whole = self._play(f"{self.module}s", arguments, options, before, check=check, faults=faults)
        whole = replace(whole, interrupted=interrupted.is_set())
        known = [*before.values(), *(token for tokens in self._usable(0) for token in tokens)]
        names = {token["id"]: base_name(token) for token in known}
        return whole, [self._part(whole, entry, names) for entry in options["api_tokens"]]

    def _part(self, whole: Run, entry: Json, names: Mapping[str, str]) -> Run:
        name, options = entry["name"], whole.options
        phase = {"phase": options["phase"], "prepared_id": (options.get("prepared_ids") or {}).get(name)}
        output = Output(json.dumps(result_of(whole.result, name)), whole.output.stderr, whole.output.warnings)
        return replace(
            whole,
            options={**entry, **phase},
            before=_named(whole.before, name),
            after=_named(whole.after, name),
            requests=[request for request in whole.requests if _concerns(request, name, names)],
            output=output,
        )

    def _play(
        self,
        module: str,
        arguments: Json,
        options: Json,
        before: Tokens,
        *,
        check: bool = False,
        faults: list[Json] | None = None,
    ) -> Run:
        self._skip_requests()
        for fault in faults or []:
            self.sandbox.fault(**fault)
        output = self._read(run_main(module, arguments, check=check))
        if faults:
            self.sandbox.clear_faults()
        requests = [entry for entry in self.sandbox.requests() if entry["index"] >= self._requests]
        after = self.tokens() if any(entry["method"] in WRITES for entry in requests) else before
        return Run(options, check, self.moment, before, after, requests, output)

    @property
    def _place(self) -> str:
        """Where the sandbox notes which tokens are usable."""
        return self.sandbox.application_id

    def _read(self, output: Output) -> Output:
        """What a module printed, in the words of the module for API tokens."""
        return output

    def _skip_requests(self) -> None:
        entries = self.sandbox.requests()
        self._requests = entries[-1]["index"] + 1 if entries else self._requests
        self.sandbox.clear_requests()

    def _arguments(self, options: Mapping[str, Any]) -> Json:
        given = {key: value for key, value in options.items() if value is not None}
        if given.pop("to_file"):
            given["token_file"] = str(self.token_file(given["name"]))
        return given

    def _connection(self) -> Json:
        return {
            "access_token": self.sandbox.access_token,
            "api_url": self.sandbox.url,
            "application_id": self.sandbox.application_id,
            "retries": 1,
            "retry_max_delay": 0,
        }


def _named(tokens: Tokens, name: str) -> Tokens:
    return {token_id: token for token_id, token in tokens.items() if base_name(token) == name}


def _concerns(request: Json, name: str, names: Mapping[str, str]) -> bool:
    """Whether a request of a task for many tokens is about the one of a name. Reading the list is about all."""
    if request["method"] == "POST":
        return base_name(request["body"]) == name
    concerned = names.get(request["path"].rpartition("/")[2])
    if concerned is None:
        # Of an inactive token that was deleted again nobody knows the name. What disturbed it may have disturbed any entry.
        return request["method"] == "GET" or request["fault"] is not None
    return concerned == name


def _interrupt(patch: pytest.MonkeyPatch, number: int, interrupted: threading.Event) -> None:
    """Let a signal arrive while a request is sent."""
    send, count = requests.Session.send, itertools.count()

    def interrupting(session: requests.Session, request: requests.PreparedRequest, **more: Any) -> requests.Response:
        if next(count) == number and signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
            interrupted.set()
            os.kill(os.getpid(), signal.SIGTERM)
        return send(session, request, **more)

    patch.setattr(requests.Session, "send", interrupting)
