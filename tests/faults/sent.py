# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run sent, in short lines that are the same in every run: without ids, times and words made up at random.

``PATCH /tokens/NEW [name NAME ~pending:*, status active]`` is a method, the shape of a path, and the changed fields.
Tokens go by their role: ``OLD`` was in force before, ``OTHER`` existed, too, ``NEW`` came with the run (a second one
is ``NEW2``). ``NAME`` is the declared name. Where there are many, all go by their names. ``/`` is the application, and ``as`` names an unusual caller.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from ansible_collections.losant.platform.tests.faults.observation import Observation
from ansible_collections.losant.platform.tests.support.tokens import base_name
from losant_sandbox.client import Json

_PATH = re.compile(r"/applications/[^/]+(?P<tokens>/tokens|/keys)?(?:/(?P<token_id>[^/]+))?")


def sent_by(seen: Observation) -> tuple[str, ...]:
    """The requests of a run. Equal ones in a row are one line."""
    roles = _roles(seen)
    # What only reads declares no name.
    declared = str(seen.prepared.options.get("name", ""))
    lines = (_line(request, roles, declared) for request in seen.requests)
    return tuple(_collapsed(lines))


def _roles(seen: Observation) -> dict[str, str]:
    """What stands for the ids of tokens and callers. New tokens are numbered as they are met."""
    before = seen.prepared.before
    roles = {token_id: "OLD" if token_id == seen.prepared.old_id else "OTHER" for token_id in before}
    if seen.prepared.parts:
        roles = {token_id: repr(token["name"]) for token_id, token in before.items()}
    # What the sandbox says of a secret that it never gave.
    roles["unknown"] = "unknown"
    # The first request of every run is sent with the access token, which belongs to a user.
    roles |= {request["caller"]: "" for request in seen.requests[:1]}
    for request in seen.requests:
        for new_id in (_token_id(request), request["caller"]):
            if new_id is not None and new_id not in roles:
                number = sum(role.startswith("NEW") for role in roles.values()) + 1
                roles[new_id] = "NEW" if number == 1 else f"NEW{number}"
    return roles


def _token_id(request: Json) -> str | None:
    match = _PATH.fullmatch(request["path"])
    return match["token_id"] if match else None


def _line(request: Json, roles: dict[str, str], declared: str) -> str:
    caller = roles.get(request["caller"], "nobody")
    parts = [
        f"{request['method']} {_shape(request['path'], roles)}",
        _page(request["query"]),
        f"as {caller}" if caller else "",
        _changes(request["body"], declared),
    ]
    return " ".join(filter(None, parts))


def _shape(path: str, roles: dict[str, str]) -> str:
    match = _PATH.fullmatch(path)
    if match is None:
        return path
    parts = [match["tokens"] or "/", roles[match["token_id"]] if match["token_id"] else ""]
    return "/".join(filter(None, parts))


def _page(query: Json) -> str:
    """Which page of a list, if it is not the first. Without that, a list of three pages looks like three tries."""
    page = query.get("page", "0")
    return "" if page == "0" else f"page {page}"


def _changes(body: Any, declared: str) -> str:
    if body is None:
        return ""
    if not isinstance(body, dict):
        return "[no object]"
    return f"[{', '.join(_field(field, body[field], declared) for field in sorted(body))}]"


def _field(field: str, value: Any, declared: str) -> str:
    """The field's name, and what of its value makes the difference between the steps of a task."""
    if field == "name":
        return f"name {_name(str(value), declared)}"
    return f"status {value}" if field == "status" else field


def _name(name: str, declared: str) -> str:
    bare = base_name({"name": name})
    suffix, colon, _random = name.removeprefix(bare).partition(":")
    return f"{'NAME' if bare == declared else repr(bare)}{suffix}{colon}{'*' if colon else ''}"


def _collapsed(lines: Iterable[str]) -> Iterator[str]:
    for line, same in groupby(lines):
        count = len(list(same))
        yield line if count == 1 else f"{line} x{count}"
