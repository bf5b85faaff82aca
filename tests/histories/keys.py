# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Histories of access keys: the same events, in the words of access keys."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from ansible_collections.losant.platform.plugins.module_utils._common.key_document import read_document
from ansible_collections.losant.platform.tests.histories.environment import Environment
from ansible_collections.losant.platform.tests.support.credentials import DEVICE_ID, TAG
from ansible_collections.losant.platform.tests.support.running import Output
from ansible_collections.losant.platform.tests.support.tokens import Tokens, by_id
from losant_sandbox.client import Json

_TAGS = {"devices.get": TAG, "device.get": {"key": "site", "value": "there"}}
#: Longer than any grace period of the events.
_AGE = "25d"
_OLD = "2026-10-01T08:00:00.000Z"
#: What is the same but for its name.
_NAMES = {
    "api_token": "access_key",
    "api_tokens": "access_keys",
    "api_token_id": "access_key_id",
    "return_token": "return_secret",
}
_BACK = {theirs: ours for ours, theirs in _NAMES.items()}


class KeyEnvironment(Environment):
    """Where histories of access keys take place. The rules and checks speak of tokens."""

    module = "access_key"

    def begin(self) -> None:
        super().begin()
        self.sandbox.seed(devices=[{"id": DEVICE_ID, "name": "device", "tags": [TAG]}])

    @property
    def path(self) -> str:
        return self.sandbox.keys_path

    def tokens(self) -> Tokens:
        return by_id(self.sandbox.access_keys())

    def seed(self, fields: Json) -> None:
        given = {name: value for name, value in fields.items() if name not in ("scope", "expirationDate")}
        age = {"creationDate": _OLD} if "expirationDate" in fields else {}
        self.sandbox.seed_key(**{**given, "deviceTags": [TAG], **age})

    def held(self, name: str) -> str | None:
        file = self.token_file(name)
        document = read_document(file.read_text(encoding="utf-8")) if file.exists() else None
        public = document.secret.key if document is not None else None
        return next((str(key["id"]) for key in self.sandbox.access_keys() if key["key"] == public), None)

    @property
    def _place(self) -> str:
        return f"{self.sandbox.application_id}/keys"

    def _arguments(self, options: Mapping[str, Any]) -> Json:
        given = super()._arguments(options)
        arguments = {
            _NAMES.get(name, name): value
            for name, value in given.items()
            if name not in ("scope", "expires_in", "expiration_date", "rotate_before", "token_file", "held_token")
        }
        if "scope" in given:
            arguments["device_tags"] = [_TAGS[scope] for scope in given["scope"]]
        if "rotate_before" in given:
            arguments["rotate_after"] = _AGE
        if "token_file" in given:
            arguments["key_file"] = given["token_file"]
        if "held_token" in given:
            arguments["held_key"] = _key_in(given["held_token"])
        return {**arguments, "device_id": DEVICE_ID}

    def _read(self, output: Output) -> Output:
        result = json.loads(output.stdout)
        keys = {key["name"].partition(" ~")[0]: key for key in result.get("access_keys", [])}
        if "secret" in result:
            result["token"] = _as_token(result["access_key"], result.pop("secret"))
        if "secrets" in result:
            result["tokens"] = {name: _as_token(keys[name], secret) for name, secret in result.pop("secrets").items()}
        return Output(json.dumps(_renamed(result)), output.stderr, output.warnings)


def _renamed(value: Any) -> Any:
    if isinstance(value, dict):
        return {_BACK.get(name, name): _renamed(inner) for name, inner in value.items()}
    return [_renamed(inner) for inner in value] if isinstance(value, list) else value


def _as_token(key: Json, secret: str) -> str:
    """A secret that says, as that of an API token does, what it belongs to."""
    payload = base64.urlsafe_b64encode(json.dumps({"sub": key["id"], "key": key["key"]}).encode()).decode().rstrip("=")
    return f"eyJh.{payload}.{secret}"


def _key_in(token: str) -> str:
    """The public part of the key that such a secret belongs to."""
    if not token:
        return ""
    payload = token.split(".")[1]
    return str(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["key"])
