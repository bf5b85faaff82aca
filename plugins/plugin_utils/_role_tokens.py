# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

"""What the role api_tokens asks of Losant, for all entries, on the host that leads."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Iterator, Mapping, Sequence

from ansible_collections.losant.platform.plugins.module_utils._common.errors import (
    InternalError,
    LosantError,
    as_losant_error,
)
from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret
from ansible_collections.losant.platform.plugins.module_utils._common.system import System
from ansible_collections.losant.platform.plugins.module_utils._host.destination import Destination
from ansible_collections.losant.platform.plugins.module_utils._host.errors import DeliveryError, in_words_of
from ansible_collections.losant.platform.plugins.module_utils._host.files import Request
from ansible_collections.losant.platform.plugins.module_utils._module.api_token import ensure_api_token
from ansible_collections.losant.platform.plugins.module_utils._tokens.errors import ConflictError
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.copies import CopyAction
from ansible_collections.losant.platform.plugins.module_utils._tokens.work import FoundFile

from ._role_entries import Entry, Settings
from ._role_records import Record, optional_secret, to_text, unforeseen
from ._vault_file import VaultFile

Result = dict[str, t.Any]
#: What the role returns of a result of the module.
_KEPT = ("api_token", "changed_fields", "rotation", "superseded")


class Tokens:
    """The tokens of all entries, as Losant knows them.

    :param connection: the options of the connection
    """

    def __init__(
        self, settings: Settings, connection: Mapping[str, t.Any], system: System, *, check_mode: bool
    ) -> None:
        self._settings = settings
        self._connection = connection
        self._system = system
        self._check_mode = check_mode

    def refusals(self) -> Iterator[str]:
        """Why a vault file cannot be used. Nothing is asked of Losant for that."""
        for entry in self._settings.entries:
            if entry.vault is not None:
                try:
                    self._vault_file(entry).inspect()
                except LosantError as error:
                    yield in_words_of("vault_file", str(error))

    def plan(self, entry: Entry, found: Mapping[str, Record]) -> Result:
        """Compare a token with its entry, without changing anything.

        :param found: the file on each host that must have one
        """
        return self._reported(lambda: self._planned(entry, found))

    def apply(self, entry: Entry, planned: Record, found: Mapping[str, Record]) -> Result:
        """Do what can be done before the secret is delivered by other tasks: all of it if none does that."""
        return self._reported(lambda: self._applied(entry, planned, found))

    def commit(self, entry: Entry, prepared_id: str) -> Result:
        """Bring a prepared token in force. If that failed, say whether it can be taken back."""
        result = self._reported(lambda: self._ensured(entry, dry=False, phase="commit", prepared_id=prepared_id))
        if "error" in result:
            result["take_back"] = self._can_abort(entry, prepared_id)
            return result
        return {**result, "created": True}

    def abort(self, entry: Entry, prepared_id: str) -> Result:
        """Delete a prepared token."""
        return self._reported(lambda: self._ensured(entry, dry=False, phase="abort", prepared_id=prepared_id))

    def _planned(self, entry: Entry, found: Mapping[str, Record]) -> Result:
        files = [_found_file(entry, host, found[host]) for host in entry.hosts]
        result = self._ensured(entry, dry=True, copies=files)
        if result["created"] and entry.in_phases:
            # The same is refused in check mode.
            self._ensured(entry, dry=True, copies=files, phase="prepare")
        copies = dict(zip(entry.hosts, result.pop("copies", ()), strict=True))
        for host, copy in copies.items():
            _check_place(entry, host, found[host], CopyAction(copy["action"]))
            result["warnings"] += [text for text in found[host]["warnings"] if copy["action"] in ("deliver", "copy")]
        todo = {host: copy["action"] for host, copy in copies.items() if copy["action"] != "nothing"}
        result.update(asks=result["changed"], changed=bool(result["changed"] or todo), todo=todo, holder=None)
        if "copy" in todo.values():
            result["holder"] = next((host for host, copy in copies.items() if copy["holds"]), None)
            if result["holder"] is None:
                raise DeliveryError("No host is known to hold the secret of the token, so it cannot be copied.")
        return result

    def _applied(self, entry: Entry, planned: Record, found: Mapping[str, Record]) -> Result:
        if not entry.in_phases:
            return self._ensured(entry, dry=False)
        files = [_found_file(entry, host, found[host]) for host in entry.hosts]
        if not planned["created"]:
            # Unlike a whole task, it fails if a new token is needed meanwhile.
            return self._ensured(entry, dry=False, copies=files, phase="commit")
        result = self._ensured(entry, dry=False, copies=files, phase="prepare")
        if not result["created"]:
            raise ConflictError("A concurrent run created the token. Run the play again.")
        result["secret"] = to_text(Secret(result.pop("token")))
        return result

    def _ensured(
        self,
        entry: Entry,
        *,
        dry: bool,
        phase: str = "all",
        prepared_id: str | None = None,
        copies: Sequence[FoundFile] = (),
    ) -> Result:
        options = {**entry.options, **self._connection, "phase": phase, "prepared_id": prepared_id}
        dry = dry or self._check_mode
        if entry.vault is None:
            return dict(ensure_api_token({**options, "return_token": True}, dry, self._system, copies=copies))
        options.update(token_file=entry.vault.path, return_token=False)
        try:
            result = dict(ensure_api_token(options, dry, self._system, _OneFile(self._vault_file(entry))))
        except LosantError as error:
            error.args = (in_words_of("vault_file", str(error)), *error.args[1:])
            raise
        for side in result["diff"].values():
            if "token_file" in side:
                side["vault_file"] = side.pop("token_file")
        return result

    def _vault_file(self, entry: Entry) -> VaultFile:
        place, vault = entry.vault, self._settings.vault
        if place is None or vault is None:
            raise InternalError(f"The entry {entry.name!r} has no vault_file.")
        return VaultFile(place.path, place.variable, vault, self._system)

    def _can_abort(self, entry: Entry, prepared_id: str) -> bool:
        """Whether a token is still pending, or gone. If it is not known, its secret must stay where it is."""
        try:
            self._ensured(entry, dry=True, phase="abort", prepared_id=prepared_id)
        except LosantError:
            return False
        return True

    @staticmethod
    def _reported(work: Callable[[], Result]) -> Result:
        """What became of one token. Whatever fails stops no other, as secrets of others may be in the result."""
        try:
            return work()
        except BaseException as unknown:  # noqa: BLE001 # the secrets of other tokens must not be lost
            error = as_losant_error(unknown)
            return {"error": str(error), "failure": error.failure, "warnings": list(error.warnings), "changed": False}


class _OneFile:
    """A vault file in place of the token file that the options name."""

    def __init__(self, file: VaultFile) -> None:
        self._file = file

    def open(self, _path: str, _owner: str | None, _group: str | None, _mode: t.Any) -> Destination:
        return self._file

    def together(self, requests: Sequence[Request]) -> None:
        """There is just one."""


def outcome_of(result: Record) -> Result:
    """What the role returns of a result."""
    kept = {key: result[key] for key in _KEPT if key in result}
    return {**kept, "changed": result.get("changed", False), "created": result.get("created", False)}


def _found_file(entry: Entry, host: str, found: Record) -> FoundFile:
    if found.get("problem") is not None:
        raise _no_place(entry, host, found["problem"])
    return FoundFile(
        f"{found['path']} on {host}",
        found["exists"],
        found["token_id"],
        optional_secret(found["opaque"]),
        found["attributes"],
        found["wanted"],
    )


def _check_place(entry: Entry, host: str, found: Record, action: CopyAction) -> None:
    problem = None
    if action in (CopyAction.DELIVER, CopyAction.COPY):
        problem = found["write_problem"]
    elif action is CopyAction.REMOVE:
        problem = found["removal_problem"]
    if problem is not None:
        raise _no_place(entry, host, problem)


def _no_place(entry: Entry, host: str, problem: str) -> DeliveryError:
    return DeliveryError(f"API token {entry.name!r} was not changed, because of the host {host}. {problem}")


def found_on(entry: Entry, found: Mapping[str, Record]) -> dict[str, Record]:
    """What the hosts of an entry have reported about its file."""
    seen: dict[str, Record] = {}
    for host in entry.hosts:
        item = found.get(host)
        problem = "the host did not report" if item is None else unforeseen(item)
        if item is None or problem is not None:
            seen[host] = {"problem": problem}
        else:
            seen[host] = item["places"].get(entry.name) or {"problem": "the host has no such entry"}
    return seen
