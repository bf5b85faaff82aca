# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks for secret stores: no secret is lost, and the old token works until the new one is delivered."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from link_collection import link_collection

from ansible_collections.losant.platform.tests.support.tokens import accepts, is_pending

from . import stores
from .conftest import Played, Player
from .guides import playbooks

NAMES = ("weather-forecast", "ingestion", "billing-report", "deployment-workflow", "pump-control")
BOOKS = dict(zip(NAMES, playbooks("guide_stores"), strict=True))
#: GitHub shows no secret, so a lost one is not noticed.
READABLE = [name for name in NAMES if name != "deployment-workflow"]
#: Five days from now: these playbooks run on the real clock.
_SOON = f"{datetime.now(UTC) + timedelta(days=5):%Y-%m-%dT%H:%M:%SZ}"


@dataclass
class Store:
    """A secret store: a file, behind stand-ins for the modules of the guide or behind HTTP."""

    file: Path
    player: Player
    url: str

    @property
    def secret(self) -> str:
        return self.file.read_text(encoding="utf-8")

    def break_it(self) -> None:
        self.file.with_name("broken").touch()

    def mend_it(self) -> None:
        self.file.with_name("broken").unlink()

    def play(self, name: str, *options: str) -> Played:
        return self.play_text(BOOKS[name], *options)

    def play_text(self, text: str, *options: str) -> Played:
        variables = {"application_id": self.player.sandbox.application_id, "secret_url": self.url}
        path = self.player.write(text, "play/store.yml")
        collections = f"{self.file.parent / 'collections'}:{link_collection()}"
        return self.player.run(
            path, "--extra-vars", json.dumps(variables), *options, ANSIBLE_COLLECTIONS_PATH=collections
        )


class _Handler(BaseHTTPRequestHandler):
    file: Path

    def do_GET(self) -> None:
        held = self.file.read_text(encoding="utf-8") if self.file.exists() else None
        self._respond(404 if held is None else 200, {} if held is None else {"value": held})

    def do_PUT(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.file.with_name("broken").exists():
            self._respond(503, {})
            return
        self.file.write_text(body["value"], encoding="utf-8")
        self._respond(200, {})

    def _respond(self, status: int, data: dict[str, Any]) -> None:
        body = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        """Print nothing."""


@pytest.fixture
def store(player: Player) -> Iterator[Store]:
    directory = player.directory / "store"
    directory.mkdir()
    file = directory / "secret"
    stores.install(directory / "collections", file)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"file": file}))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Store(file, player, f"http://127.0.0.1:{server.server_port}/secret")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize("name", NAMES)
def test_the_secret_is_delivered_once(store: Store, name: str) -> None:
    assert store.play(name).code == 0
    [token] = store.player.sandbox.tokens()
    assert token["name"] == name
    assert accepts(store.player.sandbox, store.secret)
    again = store.play(name)
    assert again.code == 0
    assert " changed=0 " in again.output
    assert store.player.sandbox.tokens() == [token]


@pytest.mark.parametrize("name", ["ingestion", "pump-control"])  # a module without check mode, and one of Ansible's own
def test_check_mode_writes_nothing(store: Store, name: str) -> None:
    played = store.play(name, "--check")
    assert played.code == 0, played.output
    assert store.player.sandbox.tokens() == []
    assert not store.file.exists()


@pytest.mark.parametrize("name", NAMES)
def test_a_store_that_fails_leaves_the_old_token(store: Store, name: str) -> None:
    old = store.player.sandbox.seed_token(name, expirationDate=_SOON)
    held = old["token"]
    store.file.write_text(held, encoding="utf-8")
    store.break_it()
    played = store.play(name)
    assert played.code != 0
    assert "The old token works on." in played.output
    assert [token["id"] for token in store.player.sandbox.tokens()] == [old["id"]]
    assert store.secret == held
    assert accepts(store.player.sandbox, held)
    store.mend_it()
    assert store.play(name).code == 0
    assert store.secret != held
    assert accepts(store.player.sandbox, store.secret)


def test_a_store_that_lost_the_secret_gets_a_new_one(store: Store) -> None:
    old = store.player.sandbox.seed_token("pump-control", scope=["devices.get", "device.sendCommand"])
    assert store.play("pump-control").code == 0
    assert accepts(store.player.sandbox, store.secret)
    assert not accepts(store.player.sandbox, old["token"])


@pytest.mark.parametrize("name", READABLE)
def test_a_run_that_stopped_before_commit_is_completed(store: Store, name: str) -> None:
    assert store.play_text(BOOKS[name].split("    - name: Put the new token in force")[0]).code == 0
    [pending] = store.player.sandbox.tokens()
    assert is_pending(pending)
    held = store.secret
    assert store.play(name).code == 0
    [token] = store.player.sandbox.tokens()
    assert (token["id"], token["name"]) == (pending["id"], name)
    assert store.secret == held
