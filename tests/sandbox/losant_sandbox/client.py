# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts a sandbox and steers it through its control interface; for tests and demonstrations."""

from __future__ import annotations

import json
import os
import selectors
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import IO, Any, cast

import requests

Json = dict[str, Any]

_ROOT = Path(__file__).resolve().parent.parent
_READ_METHODS = ("GET", "HEAD", "OPTIONS")


class SandboxError(RuntimeError):
    """The sandbox did not start, or refused a request."""


class Sandbox:
    """A running sandbox. `Sandbox.start()` starts one; as a context manager it is stopped at the end."""

    def __init__(self, ready: Json, process: subprocess.Popen[str], directory: Path) -> None:
        self.url: str = ready["url"]
        self.port: int = ready["port"]
        self.pid: int = ready["pid"]
        self.access_token: str = ready["access_token"]
        self.application_id: str = ready["application_id"]
        self._process = process
        self._directory = directory
        self._session = requests.Session()
        # No proxies and no ~/.netrc: the sandbox is on this machine.
        self._session.trust_env = False

    @property
    def tokens_path(self) -> str:
        """The path of the first application's tokens."""
        return f"/applications/{self.application_id}/tokens"

    @property
    def keys_path(self) -> str:
        """The path of the first application's access keys."""
        return f"/applications/{self.application_id}/keys"

    @classmethod
    def start(cls, *, deadline: float = 30.0, max_seconds: float = 7200.0, port: int = 0) -> Sandbox:
        """Start a sandbox process and wait until it serves. Raises SandboxError if it does not."""
        directory = Path(tempfile.mkdtemp(prefix="losant-sandbox-"))
        ready_file = directory / "ready.json"
        try:
            with open(directory / "errors.txt", "w", encoding="utf-8") as errors:
                process = subprocess.Popen(  # noqa: S603 - this interpreter, and options from here
                    _command(ready_file, max_seconds, port),
                    env=_environment(),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    text=True,
                )
            _wait(process, directory, deadline)
            return cls(json.loads(ready_file.read_text(encoding="utf-8")), process, directory)
        except BaseException:
            shutil.rmtree(directory, ignore_errors=True)
            raise

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self, timeout: float = 10.0) -> int:
        """Stop the process and return its exit code; a second call does nothing more."""
        self._session.close()
        self._process.terminate()
        try:
            code = self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        shutil.rmtree(self._directory, ignore_errors=True)
        return code

    def reset(self) -> None:
        """Back to one application, one user token; no faults, switches, clock, requests or history."""
        self._control("POST", "reset")

    def seed(
        self,
        *,
        applications: list[Json] | None = None,
        instances: list[Json] | None = None,
        tokens: list[Json] | None = None,
        devices: list[Json] | None = None,
        access_keys: list[Json] | None = None,
        callers: list[Json] | None = None,
    ) -> dict[str, list[Json]]:
        """Add objects, with the API's field names and any values; return them with their secrets (`token`, `secret`)."""
        wanted = {
            "applications": applications,
            "instances": instances,
            "tokens": tokens,
            "devices": devices,
            "access_keys": access_keys,
            "callers": callers,
        }
        return cast("dict[str, list[Json]]", self._control("POST", "seed", {k: v for k, v in wanted.items() if v}))

    def seed_token(self, name: str = "Token", **fields: Any) -> Json:
        """Add one token and return it with its secret."""
        return self.seed(tokens=[{"name": name, **fields}])["tokens"][0]

    def seed_key(self, name: str = "Key", **fields: Any) -> Json:
        """Add one access key and return it with its secret."""
        return self.seed(access_keys=[{"name": name, **fields}])["access_keys"][0]

    def authenticates(self, device_id: str, key: str, secret: str) -> bool:
        """Whether a device can log in with an access key: a real request, which faults hit and requests() shows."""
        body = {"deviceId": device_id, "key": key, "secret": secret}
        return self.call("POST", "/auth/device", token="", json=body).status_code == 200

    def call(self, method: str, path: str, token: str | None = None, **options: Any) -> requests.Response:
        """Send a request to the API as the first user, or with another secret; "" sends none. More as in requests."""
        secret = self.access_token if token is None else token
        headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        headers |= options.pop("headers", {})
        return self._session.request(method, f"{self.url}{path}", headers=headers, **{"timeout": 30, **options})

    def state(self) -> dict[str, list[Json]]:
        """applications, instances, tokens, devices, access_keys and callers; without secrets."""
        return cast("dict[str, list[Json]]", self._control("GET", "state"))

    def tokens(self, owner_id: str | None = None) -> list[Json]:
        """The existing tokens, of all owners or one; without secrets, in the order of their creation."""
        tokens = self.state()["tokens"]
        return [token for token in tokens if owner_id in (None, token["ownerId"])]

    def access_keys(self, application_id: str | None = None) -> list[Json]:
        """The existing access keys, of all applications or one; without secrets, in the order of their creation."""
        keys = self.state()["access_keys"]
        return [key for key in keys if application_id in (None, key["applicationId"])]

    def devices(self) -> list[Json]:
        """The devices of all applications, in the order of their creation; deleted ones have `deletedAt`."""
        return self.state()["devices"]

    def requests(self, *, writes: bool = False) -> list[Json]:
        """The requests since the last reset or clear_requests(); with `writes`, only those that could change something.

        Each has index, method, path, query, headers (names in lower case), caller, body, status, fault.
        """
        entries = cast("list[Json]", self._control("GET", "requests")["requests"])
        return [entry for entry in entries if not writes or entry["method"] not in _READ_METHODS]

    def clear_requests(self) -> None:
        self._control("DELETE", "requests")

    def fault(self, kind: str, **fields: Any) -> Json:
        """Add a fault; it hits once unless `times` says otherwise (None: for ever)."""
        return self._control("POST", "faults", {"kind": kind, **fields})

    def clear_faults(self) -> None:
        self._control("DELETE", "faults")

    def switch(self, **switches: Any) -> Json:
        """Set switches; return all of them."""
        return self._control("PUT", "switches", switches)

    def clock(self, *, now: str | None = None, advance: float | None = None) -> str:
        """Freeze the clock, move it on, or with neither let it run free again; return the time it shows."""
        wanted = {"now": now, "advance": advance}
        shown = self._control("PUT", "clock", {k: v for k, v in wanted.items() if v is not None})
        return cast(str, shown["now"])

    def now(self) -> str:
        return cast(str, self._control("GET", "clock")["now"])

    def history(self) -> list[Json]:
        """The usable tokens of the owners concerned after every change: at, request, usable.

        `usable` has the id of an owner, and for access keys that of the application with `/keys` appended.
        """
        return cast("list[Json]", self._control("GET", "history")["history"])

    def _control(self, method: str, name: str, body: Json | None = None) -> Json:
        response = self._session.request(method, f"{self.url}/_sandbox/{name}", json=body, timeout=30)
        if response.status_code != 200:
            raise SandboxError(f"{method} {name}: {response.json()['message']}")
        return cast(Json, response.json())


def _command(ready_file: Path, max_seconds: float, port: int) -> list[str]:
    options = ["--ready-file", str(ready_file), "--max-seconds", str(max_seconds), "--port", str(port)]
    return [sys.executable, "-m", "losant_sandbox", *options]


def _environment() -> dict[str, str]:
    paths = [str(_ROOT), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path)}


def _wait(process: subprocess.Popen[str], directory: Path, deadline: float) -> None:
    """Wait for the line that the sandbox prints once it serves and its ready file exists."""
    output = cast(IO[str], process.stdout)
    with selectors.DefaultSelector() as selector:
        selector.register(output, selectors.EVENT_READ)
        in_time = bool(selector.select(deadline))
    if in_time and output.readline():
        return
    process.kill()
    process.wait()
    output.close()
    why = "ended" if in_time else f"was not ready within {deadline:g} s"
    errors = (directory / "errors.txt").read_text(encoding="utf-8").strip()
    raise SandboxError(f"the sandbox {why}: {errors or 'it printed nothing'}")
