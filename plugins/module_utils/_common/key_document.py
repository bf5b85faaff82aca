# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

"""The files that hold an access key: the device that uses it, its public part, and its secret.

Source: Losant's documentation of the Gateway Edge Agent, for the variables and for the table of the configuration file; the
schema deviceCredentials, for JSON.
"""

from __future__ import annotations

import json
import re
import typing as t

from .secret import KeySecret

#: What each format calls device, key and secret.
_ENV = ("DEVICE_ID", "ACCESS_KEY", "ACCESS_SECRET")
_TOML = ("id", "key", "secret")
_JSON = ("deviceId", "key", "secret")
_TOML_TABLE = "[gateway]"
#: What needs no quotes in any of the formats, and means the same to Docker, to systemd and to a shell.
_PLAIN = re.compile(r"[A-Za-z0-9._~+/=:@%^,-]{1,4096}")
_ENV_LINE = re.compile(r"([A-Z_]+)=(.*)")
_TOML_LINE = re.compile(r"""([a-z]+)\s*=\s*(?:'([^']*)'|"([^"\\]*)")""")
_WORD = re.compile(r"[\x21-\x7e]{1,4096}")


class KeyDocument(t.NamedTuple):
    """What a key file holds. ``format``: one of ``FORMATS``."""

    format: str
    device_id: str
    secret: KeySecret

    def text(self) -> str:
        """The content of the file.

        :raises ValueError: a value would have to be quoted
        """
        values = (self.device_id, self.secret.key, self.secret.reveal())
        if not all(map(_PLAIN.fullmatch, values)):
            raise ValueError("a value would have to be quoted")
        return _WRITE[self.format](values)


def read_document(text: str) -> KeyDocument | None:
    """Read the content of a key file. None if it is anything else, or holds anything else, too."""
    for name, read in _READ.items():
        values = read(text.strip())
        if values is not None and all(map(_PLAIN.fullmatch, values)):
            device_id, key, secret = values
            return KeyDocument(name, device_id, KeySecret(key, secret))
    return None


def key_in(text: str) -> str | None:
    """The public part of the key in the text of a file, or that text itself if it is one word; None if there is none."""
    document = read_document(text)
    if document is not None:
        return document.secret.key
    return text if _WORD.fullmatch(text) else None


Values = t.Tuple[str, ...]


def _write_env(values: Values) -> str:
    return "".join(f"{name}={value}\n" for name, value in zip(_ENV, values))


def _write_toml(values: Values) -> str:
    return f"{_TOML_TABLE}\n" + "".join(f"{name} = '{value}'\n" for name, value in zip(_TOML, values))


def _write_json(values: Values) -> str:
    return json.dumps(dict(zip(_JSON, values)), indent=2) + "\n"


def _read_env(text: str) -> Values | None:
    matches = [_ENV_LINE.fullmatch(line.strip()) for line in text.splitlines()]
    return _in_order([(match[1], match[2]) for match in matches if match], len(matches), _ENV)


def _read_toml(text: str) -> Values | None:
    first, *lines = text.splitlines() or [""]
    if first.strip() != _TOML_TABLE:
        return None
    matches = [_TOML_LINE.fullmatch(line.strip()) for line in lines]
    return _in_order([(match[1], match[2] or match[3] or "") for match in matches if match], len(matches), _TOML)


def _read_json(text: str) -> Values | None:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or not all(isinstance(value, str) for value in data.values()):
        return None
    return _in_order(list(data.items()), len(data), _JSON)


def _in_order(pairs: list[tuple[str, str]], lines: int, names: Values) -> Values | None:
    """The values of some names, if there is each of them once, and nothing else."""
    if lines != len(names) or sorted(name for name, _value in pairs) != sorted(names):
        return None
    return tuple(dict(pairs)[name] for name in names)


_WRITE: t.Mapping[str, t.Callable[[Values], str]] = {"env": _write_env, "json": _write_json, "toml": _write_toml}
_READ: t.Mapping[str, t.Callable[[str], Values | None]] = {
    "env": _read_env,
    "json": _read_json,
    "toml": _read_toml,
}
FORMATS = tuple(_WRITE)
