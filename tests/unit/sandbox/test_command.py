# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command: ready file, URL on standard output, clean stop."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

import losant_sandbox
from losant_sandbox.client import Sandbox, SandboxError

Until = Callable[[Callable[[], object]], None]
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts the command with these options; what still runs after the test is killed."""
    started: list[subprocess.Popen[str]] = []

    def run(*options: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "losant_sandbox", *options],
            env={**os.environ, "PYTHONPATH": str(Path(losant_sandbox.__file__).parents[1])},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


def _first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def _ready(path: Path) -> dict[str, Any]:
    ready: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return ready


def test_it_prints_what_a_shell_needs(start: Start) -> None:
    """The lines can be pasted as they are, and lead to the sandbox."""
    process = start("--max-seconds", "30")
    url = _first_line(process)
    assert process.stdout is not None
    lines = [process.stdout.readline().rstrip("\n") for _line in range(6)]
    assert (lines[0], lines[2]) == ("", "")
    assert lines[1] == "The sandbox runs until Ctrl-C. To use it, paste these lines into another shell:"
    assert all(line.startswith("export LOSANT_") for line in lines[3:])
    shown = subprocess.run(
        ["/bin/sh", "-c", "\n".join([*lines[3:], "env"])],
        env={},
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    ).stdout
    variables = dict(line.split("=", 1) for line in shown.splitlines() if line.startswith("LOSANT_"))
    assert set(variables) == {"LOSANT_API_URL", "LOSANT_API_TOKEN", "LOSANT_APPLICATION_ID"}
    assert variables["LOSANT_API_URL"] == url
    response = requests.get(
        f"{url}/applications/{variables['LOSANT_APPLICATION_ID']}/tokens",
        headers={"Authorization": f"Bearer {variables['LOSANT_API_TOKEN']}"},
        timeout=30,
    )
    assert response.status_code == 200


def test_ready_file(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "ready.json"
    process = start("--ready-file", str(path))
    url = _first_line(process)
    ready = _ready(path)
    assert set(ready) == {"url", "port", "pid", "access_token", "application_id"}
    assert (ready["url"], ready["pid"]) == (url, process.pid)
    assert url == f"http://127.0.0.1:{ready['port']}"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [item.name for item in tmp_path.iterdir()] == ["ready.json"]
    response = requests.get(
        f"{url}/applications/{ready['application_id']}/tokens",
        headers={"Authorization": f"Bearer {ready['access_token']}"},
        timeout=30,
    )
    assert response.status_code == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_stop_it_cleanly(start: Start, until: Until, tmp_path: Path, number: signal.Signals) -> None:
    path = tmp_path / "ready.json"
    process = start("--ready-file", str(path))
    url = _first_line(process)
    port = _ready(path)["port"]
    # A connection that is kept open, and a request that waits, do not hold it up.
    session = requests.Session()
    session.post(f"{url}/_sandbox/faults", json={"kind": "delay", "seconds": 3600}, timeout=30)
    with socket.create_connection(("127.0.0.1", port), timeout=30) as waiting:
        waiting.sendall(b"GET /applications HTTP/1.1\r\nHost: sandbox\r\n\r\n")
        until(lambda: session.get(f"{url}/_sandbox/requests", timeout=30).json()["requests"])
        process.send_signal(number)
        output, errors = process.communicate(timeout=30)
    session.close()
    assert (process.returncode, output, errors) == (0, "", "")
    assert not path.exists()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=30)


def test_max_seconds_stops_it(start: Start) -> None:
    process = start("--max-seconds", "0.05")
    output, errors = process.communicate(timeout=30)
    assert output.startswith("http://127.0.0.1:")
    assert (process.returncode, errors) == (0, "")


def test_the_port_is_free_again(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "ready.json"
    first = start("--ready-file", str(path))
    url = _first_line(first)
    port = str(_ready(path)["port"])
    assert requests.get(f"{url}/applications", timeout=30).status_code == 403
    first.terminate()
    assert first.wait(30) == 0
    second = start("--port", port)
    assert _first_line(second) == url


def test_a_taken_port_is_reported_without_a_traceback(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = start("--port", str(taken.getsockname()[1]))
        output, errors = process.communicate(timeout=30)
    assert (process.returncode, output) == (1, "")
    assert errors.startswith("losant_sandbox: cannot listen: ")
    assert errors.count("\n") == 1


def test_stop_returns_the_exit_code_and_can_be_repeated() -> None:
    with Sandbox.start() as sandbox:
        assert sandbox.stop() == 0
        assert sandbox.stop() == 0
    with pytest.raises(requests.ConnectionError):
        sandbox.state()


def test_start_reports_why_it_failed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(SandboxError, match=r"ended: .*cannot listen"):
        Sandbox.start(port=taken.getsockname()[1])


def test_start_reports_that_it_took_too_long() -> None:
    with pytest.raises(SandboxError, match="was not ready within 0 s"):
        Sandbox.start(deadline=0)
