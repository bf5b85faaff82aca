# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

"""What the role api_tokens does with the token files of one host. A problem of one file is a result, not an error."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Iterator, Mapping

from ansible_collections.losant.platform.plugins.module_utils._common.errors import LosantError
from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret
from ansible_collections.losant.platform.plugins.module_utils._host.destination import Destination
from ansible_collections.losant.platform.plugins.module_utils._host.errors import DeliveryError, problem_of
from ansible_collections.losant.platform.plugins.module_utils._tokens.jwt import token_id_of
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.copies import CopyAction

from ._role_entries import Entry
from ._role_records import Record, content_from, to_text

Open = Callable[[Entry], Destination]
Result = dict[str, t.Any]


class Task(t.NamedTuple):
    """What is to be done with the file of an entry. ``secret``: to write; ``token_id``: whose secret may be removed."""

    entry: Entry
    action: CopyAction
    secret: Secret | None = None
    token_id: str | None = None


def look_at(entry: Entry, open_file: Open, *, dry: bool) -> Result:
    """See what a file holds, and whether it can be changed. No secret is in the result, unless nothing else identifies it."""
    try:
        file = open_file(entry)
        if not dry:
            file.remove_leftovers()
        found = file.inspect()
        secret = found.secret
        token_id = token_id_of(secret) if secret is not None else None
        opaque = secret if secret is not None and token_id is None and secret.is_sendable() else None
        result = {
            "path": file.path,
            "exists": secret is not None,
            "token_id": token_id,
            "opaque": to_text(opaque),
            "attributes": dict(found.attributes),
            "wanted": dict(found.wanted),
            "write_problem": problem_of(file.check),
            "removal_problem": problem_of(file.check_removal),
            "warnings": list(file.warnings),
        }
        file.discard()
    except LosantError as error:
        return {"problem": str(error)}
    return result


def read_secret(entry: Entry, open_file: Open, seen: Record) -> Result:
    """Read the secret that a file held when it was looked at."""
    try:
        secret = open_file(entry).inspect().secret
    except LosantError as error:
        return {"problem": str(error)}
    if secret is None or token_id_of(secret) != seen["token_id"]:
        return {"problem": f"Another process has changed token_file {seen['path']}."}
    return {"secret": to_text(secret)}


def carry_out(task: Task, open_file: Open) -> Result:
    """Do what is to be done with a file. The result holds what it held before."""
    result: Result = {"changed": True, "written": False}
    try:
        file = open_file(task.entry)
        found = file.inspect()
        if task.action is CopyAction.FIX:
            file.fix_attributes()
        elif task.action is CopyAction.REMOVE:
            _remove(file, found.secret, task.token_id)
        elif task.secret is None:
            raise DeliveryError(f"The secret for token_file {file.path} could not be read.")
        elif found.secret == task.secret:
            # Another host of the play is the same machine.
            if found.attributes != found.wanted:
                file.fix_attributes()
        else:
            file.check()
            result.update(before=to_text(found.content), attributes=dict(found.attributes), written=True)
            file.write(task.secret)
    except LosantError as error:
        result["problem"] = str(error)
    return result


def restore(entry: Entry, open_file: Open, done: Record, written: Secret) -> Result:
    """Give a file back what it held before ``carry_out``."""
    try:
        open_file(entry).restore(content_from(done["before"]), done["attributes"] or None, written=written)
    except LosantError as error:
        return {"problem": str(error)}
    return {}


def _remove(file: Destination, held: Secret | None, token_id: str | None) -> None:
    if held is not None and token_id_of(held) != token_id:
        raise DeliveryError(f"Could not remove token_file {file.path}: another process has changed it.")
    file.remove()


def holds_secret(places: Mapping[str, Record]) -> bool:
    """Whether a result holds a secret, so that it has to be hidden."""
    return any(_secrets_in(place) for place in places.values())


def _secrets_in(place: Record) -> list[t.Any]:
    return [place[key] for key in ("opaque", "secret", "before") if place.get(key) is not None]


def problems_of(places: Mapping[str, Record]) -> Iterator[tuple[str, str]]:
    """The problems in the results of one host, by entry."""
    yield from ((name, place["problem"]) for name, place in places.items() if place.get("problem"))
