# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""API tokens and access keys, as tests see them: how each is seeded, listed, delivered and tried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ansible_collections.losant.platform.plugins.module_utils._common.key_document import read_document
from ansible_collections.losant.platform.tests.support import tokens
from ansible_collections.losant.platform.tests.support.running import Result
from losant_sandbox.client import Json, Sandbox

#: The device that uses the access keys, and the tag that they are restricted to.
DEVICE_ID = "575ecf887ae143cd83dc4aa2"
TAG: Json = {"key": "site", "value": "here"}


@dataclass(frozen=True)
class Kind:
    """A kind of credential.

    ``name``: of its module; ``noun``: in messages; ``short``: in the options about its secret; ``secret``: in results; ``path``: the end of the
    path of its list; ``seeded``: what the sandbox calls it; ``text``: what those have to whom a seeded or returned one is
    delivered; ``held``: what of that the option for it takes; ``id_of``: the id of the credential that a text belongs to, None
    if it does not exist; ``accepts``: whether the sandbox takes it.
    """

    name: str
    noun: str
    short: str
    secret: str
    path: str
    seeded: str
    text: Callable[[Json], str]
    held: Callable[[str], str]
    id_of: Callable[[Sandbox, str], str | None]
    accepts: Callable[[Sandbox, str], bool]

    @property
    def many(self) -> str:
        return f"{self.name}s"

    def listed(self, sandbox: Sandbox) -> list[Json]:
        """All that exist, in the order of their creation."""
        return sandbox.state()[self.seeded]

    def usable(self, sandbox: Sandbox) -> list[list[Json]]:
        """Those that worked after each change, by id and name."""
        place = f"{sandbox.application_id}{'/keys' if self.path == 'keys' else ''}"
        return [change["usable"].get(place, []) for change in sandbox.history()]

    def delivered_by(self, result: Result) -> str | None:
        """What a task returns of the secret that it created."""
        return self.text(result) if self.secret in result else None


def _document(key: Json) -> str:
    return f"DEVICE_ID={DEVICE_ID}\nACCESS_KEY={key['key']}\nACCESS_SECRET={key['secret']}\n"


def _key_in(text: str) -> str:
    document = read_document(text)
    return document.secret.key if document is not None else ""


def _id_of_key(sandbox: Sandbox, text: str) -> str | None:
    return next((str(key["id"]) for key in sandbox.access_keys() if key["key"] == _key_in(text)), None)


def _device_logs_in(sandbox: Sandbox, text: str) -> bool:
    document = read_document(text)
    return document is not None and sandbox.authenticates(
        document.device_id, document.secret.key, document.secret.reveal()
    )


def _same(text: str) -> str:
    return text


def _token_of(shown: Any) -> str:
    return str(shown["token"])


TOKENS = Kind(
    "api_token",
    "token",
    "token",
    "token",
    "tokens",
    "tokens",
    _token_of,
    _same,
    lambda _sandbox, text: tokens.id_in(text),
    tokens.accepts,
)
KEYS = Kind(
    "access_key", "access key", "key", "secret", "keys", "access_keys", _document, _key_in, _id_of_key, _device_logs_in
)
