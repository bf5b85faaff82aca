# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is done while something goes wrong: seeds, a declaration, and what must hold in the end."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from ansible_collections.losant.platform.tests.support.credentials import DEVICE_ID, KEYS, TAG, TOKENS, Kind
from ansible_collections.losant.platform.tests.support.times import EARLIER, NOW, SOON
from ansible_collections.losant.platform.tests.support.tokens import by_id
from losant_sandbox.client import Json, Sandbox

#: When the leftovers of an interrupted run are old enough to be removed.
LATER = timedelta(hours=1, seconds=1)
#: The name that scenarios declare.
NAME = "robot"
_EXPIRED = "2026-11-24T07:00:00.000Z"
#: Somebody else's token, which no scenario concerns.
BYSTANDER: Json = {"name": "bystander", "scope": ["devices.get"], "creationDate": EARLIER}
TIMEOUT = 5.0


@dataclass(frozen=True)
class Scenario:
    """One declaration. The first of the seeds, if any, is the token in force (``holder``).

    ``absent``: the declaration is that no such token exists; ``by_id``: the token in force is selected by its id;
    ``continuous``: a usable token exists at the beginning, and at every moment from then on; ``phases``: the tasks that it
    consists of, with a delivery into a store in memory before ``commit``; ``entries``: what a task of many tokens declares,
    each as a scenario of its own.
    """

    name: str
    options: Json
    seeds: tuple[Json, ...] = ()
    module: str = "api_token"
    absent: bool = False
    by_id: bool = False
    continuous: bool = True
    phases: tuple[str, ...] = ()
    entries: tuple[Scenario, ...] = ()
    kind: Kind = TOKENS
    #: The scenario of API tokens that it is made of, and whose outcomes it has.
    model: str | None = None

    @property
    def prunes(self) -> bool:
        """Whether it deletes what it does not declare."""
        return bool(self.options.get("prune"))

    @property
    def reads(self) -> bool:
        """Whether it only reads."""
        return self.module.endswith("_info")


@dataclass(frozen=True)
class Mode:
    """How new tokens are created and delivered."""

    staged: bool
    file: bool

    def __str__(self) -> str:
        return f"{'staged' if self.staged else 'direct'}-{'file' if self.file else 'result'}"


@dataclass
class Store:
    """Where the phases deliver to. ``secret``: what it holds; ``given``: all that it ever held; ``prepared_id``: of the last prepare."""

    secret: str | None = None
    given: set[str] = field(default_factory=set)
    prepared_id: str | None = None

    def put(self, secret: str) -> None:
        self.secret = secret
        self.given.add(secret)


@dataclass(frozen=True)
class Prepared:
    """A scenario set up in a sandbox. ``secrets`` are those known before, by id; ``before`` the tokens that existed.

    ``parts``: the entries of a task of many tokens, each with the tokens of its name.
    """

    scenario: Scenario
    mode: Mode
    options: Json
    secrets: dict[str, str]
    before: dict[str, Json] = field(default_factory=dict)
    file: Path | None = None
    old_id: str | None = None
    store: Store = field(default_factory=Store)
    parts: tuple[Prepared, ...] = ()

    @property
    def singles(self) -> tuple[Prepared, ...]:
        """The declarations, each of one token."""
        return self.parts or (self,)

    def held_in_file(self) -> str | None:
        """What the file holds."""
        return self.file.read_text(encoding="utf-8") if self.file is not None and self.file.exists() else None


def prepare(sandbox: Sandbox, scenario: Scenario, mode: Mode, directory: Path) -> Prepared:
    """Set a scenario up in a sandbox that is reset first, and with a token file, if the mode has one, in a directory."""
    sandbox.reset()
    sandbox.clock(now=NOW)
    bystander = BYSTANDER if scenario.kind is TOKENS else _seed_of_key(BYSTANDER)
    seeds = [*scenario.seeds, *(seed for entry in scenario.entries for seed in entry.seeds), bystander]
    kind = scenario.kind
    sandbox.seed(devices=[{"id": DEVICE_ID, "name": "device", "tags": [TAG]}])
    wanted: dict[str, Any] = {kind.seeded: seeds}
    seeded = sandbox.seed(**wanted)[kind.seeded]
    if not scenario.entries:
        return _prepare_one(sandbox, scenario, mode, directory / "token", seeded, seeded[: len(scenario.seeds)])
    remaining, parts = iter(seeded[len(scenario.seeds) :]), []
    for entry in scenario.entries:
        own = [next(remaining) for _seed in entry.seeds]
        parts.append(_prepare_one(sandbox, entry, mode, directory / f"token-{entry.name}", own, own))
    return Prepared(
        scenario,
        mode,
        {**_connection(sandbox), **scenario.options, kind.many: [_entry(part) for part in parts]},
        {token["id"]: kind.text(token) for token in seeded},
        by_id(kind.listed(sandbox)),
        parts=tuple(parts),
    )


def _prepare_one(
    sandbox: Sandbox, scenario: Scenario, mode: Mode, path: Path, existing: list[Json], own: list[Json]
) -> Prepared:
    """Set up one declaration. ``existing``: the tokens that it may see; ``own``: those of its seeds."""
    holder, kind = own[0] if own else None, scenario.kind
    file = path if mode.file else None
    if file is not None:
        file.unlink(missing_ok=True)
        if holder is not None:
            file.write_text(kind.text(holder), encoding="utf-8")
            file.chmod(0o600)
    secrets = {token["id"]: kind.text(token) for token in existing}
    return Prepared(
        scenario,
        mode,
        _options(sandbox, scenario, mode, file, holder),
        secrets,
        {token_id: token for token_id, token in by_id(kind.listed(sandbox)).items() if token_id in secrets},
        file,
        holder["id"] if holder is not None else None,
        Store(kind.text(holder) if holder is not None else None),
    )


def _connection(sandbox: Sandbox) -> Json:
    return {
        "access_token": sandbox.access_token,
        "api_url": sandbox.url,
        "application_id": sandbox.application_id,
        "retries": 1,
        "retry_max_delay": 0,
        "timeout": TIMEOUT,
    }


def _options(sandbox: Sandbox, scenario: Scenario, mode: Mode, file: Path | None, holder: Json | None) -> Json:
    options: dict[str, Any] = {**_connection(sandbox), **scenario.options}
    if not scenario.reads:
        options["staged"] = "true" if mode.staged else "false"
    if file is not None:
        options |= {f"{scenario.kind.short}_file": str(file), f"return_{scenario.kind.secret}": False}
    if scenario.by_id and holder is not None:
        options[f"{scenario.kind.name}_id"] = holder["id"]
    return options


def _entry(part: Prepared) -> Json:
    """The options of a declaration in a list of many."""
    return {option: value for option, value in part.options.items() if option in _OF_AN_ENTRY}


_SCOPE = ["devices.get"]
_LASTING: Json = {"name": NAME, "scope": _SCOPE, "creationDate": EARLIER}
_ENDING: Json = {**_LASTING, "expirationDate": SOON}
_SUPERSEDED: Json = {**_LASTING, "name": f"{NAME} ~superseded:2026-11-24T07:00:00Z"}
_DECLARED: Json = {"name": NAME, "scope": _SCOPE}
_ROTATED: Json = {**_DECLARED, "expires_in": "40d", "rotate_before": "14d"}
#: A store is only compared with the token if a new one is allowed.
_STORED: Json = {**_ROTATED, "recreate": "state_change"}
_COMMIT, _ABORT = ("prepare", "commit"), ("prepare", "abort")
_PAGED = tuple({"name": f"{NAME}-{number}", "scope": _SCOPE} for number in range(5))

#: What no entry of a batch declares.
UNDECLARED: Json = {"name": "undeclared", "scope": _SCOPE, "creationDate": EARLIER}
#: The options of single tokens that scenarios use.
_OF_AN_ENTRY = {
    "name",
    "scope",
    "description",
    "expires_in",
    "rotate_before",
    "recreate",
    "state",
    "staged",
    "token_file",
    "return_token",
    "device_tags",
    "device_id",
    "rotate_after",
    "key_file",
    "return_secret",
}


def _named(name: str, options: Json, *seeds: Json, **more: Any) -> Scenario:
    """An entry of a batch."""
    return Scenario(name, {**options, "name": name}, tuple({**seed, "name": name} for seed in seeds), **more)


def _batch(name: str, phases: tuple[str, ...] = (), **options: Any) -> Scenario:
    """A task that has something of each kind to do. One request at a time, so that each run sends the same ones."""
    rotated = _STORED if phases else _ROTATED
    entries = (
        _named("created", {**rotated, "description": "new"}, continuous=False, phases=phases),
        _named("rotated", rotated, _ENDING, phases=phases),
        _named("unchanged", _DECLARED, _LASTING, phases=phases),
        _named("updated", {**_DECLARED, "description": "changed"}, _LASTING, phases=phases),
        _named("deleted", {"state": "absent"}, _LASTING, absent=True, continuous=False, phases=phases),
    )
    shared: Json = {"concurrency": 1, **options}
    return Scenario(name, shared, (UNDECLARED,), "api_tokens", continuous=False, phases=phases, entries=entries)


_PRUNE: Json = {"prune": True, "keep": [BYSTANDER["name"]]}

OF_TOKENS: tuple[Scenario, ...] = (
    Scenario("create", {**_DECLARED, "description": "new"}, continuous=False),
    Scenario("update", {**_DECLARED, "description": "changed", "status": "active"}, (_LASTING,)),
    Scenario("rename", {"name": f"{NAME}-renamed"}, (_LASTING,), by_id=True),
    Scenario("rotate-delete", _ROTATED, (_ENDING,)),
    Scenario("rotate-deactivate", {**_ROTATED, "superseded": "deactivate"}, (_ENDING,)),
    Scenario("rotate-keep", {**_ROTATED, "superseded": "keep"}, (_ENDING,)),
    Scenario("rotate-later", {**_ROTATED, "superseded_after": "2h"}, (_ENDING,)),
    Scenario("rotate-verified", {**_ROTATED, "verify": True}, (_ENDING,)),
    Scenario("renew-expired", _ROTATED, ({**_LASTING, "expirationDate": _EXPIRED},), continuous=False),
    Scenario("retire", _DECLARED, (_LASTING, _SUPERSEDED)),
    Scenario("replace", {**_DECLARED, "scope": ["devices.get", "device.get"], "recreate": "state_change"}, (_LASTING,)),
    Scenario("delete", {"name": NAME, "state": "absent"}, (_LASTING,), absent=True, continuous=False),
    Scenario("prepare-commit", _STORED, (_ENDING,), phases=_COMMIT),
    Scenario("prepare-commit-deactivate", {**_STORED, "superseded": "deactivate"}, (_ENDING,), phases=_COMMIT),
    Scenario("prepare-commit-new", {**_STORED, "description": "new"}, continuous=False, phases=_COMMIT),
    Scenario("prepare-abort", _STORED, (_ENDING,), phases=_ABORT),
    Scenario("list", {"per_page": 2}, _PAGED, module="api_token_info", continuous=False),
    _batch("batch"),
    _batch("batch-prune", **_PRUNE),
    _batch("batch-prepare-commit", _COMMIT, **_PRUNE),
)
#: An access key never expires. It is replaced because of its age.
_OLD, _TOO_OLD = "2026-08-01T08:00:00.000Z", "60d"
_TAGS = {"devices.get": TAG, "device.get": {"key": "site", "value": "there"}}


def _tags(scope: list[str]) -> list[Json]:
    return [_TAGS[entry] for entry in scope]


def _seed_of_key(seed: Json) -> Json:
    """An access key in place of a token: restricted to devices, and old instead of about to expire."""
    kept = {name: value for name, value in seed.items() if name not in ("scope", "expirationDate")}
    age = {"creationDate": _OLD} if "expirationDate" in seed else {}
    return {**kept, "deviceTags": _tags(seed["scope"]), **age}


def _options_of_key(options: Json) -> Json:
    changed = {name: value for name, value in options.items() if name not in ("scope", "expires_in", "rotate_before")}
    if "scope" in options:
        changed["device_tags"] = _tags(options["scope"])
    if "name" in options and options.get("state") != "absent":
        changed["device_id"] = DEVICE_ID
    return {**changed, "rotate_after": _TOO_OLD} if "rotate_before" in options else changed


def _of_keys(scenario: Scenario) -> Scenario:
    """The same for access keys."""
    return replace(
        scenario,
        name=scenario.name if scenario.model == "" else f"key-{scenario.name}",
        options=_options_of_key(scenario.options),
        seeds=tuple(map(_seed_of_key, scenario.seeds)),
        module=scenario.module.replace(TOKENS.name, KEYS.name),
        # The name of an entry is the name that it declares.
        entries=tuple(_of_keys(replace(entry, model="")) for entry in scenario.entries),
        kind=KEYS,
        model=scenario.name,
    )


#: Only what expires can be expired.
OF_KEYS = tuple(_of_keys(scenario) for scenario in OF_TOKENS if scenario.name != "renew-expired")
SCENARIOS = (*OF_TOKENS, *OF_KEYS)
BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}


def modes_of(scenario: Scenario) -> tuple[Mode, ...]:
    """The modes in which a scenario makes a difference."""
    if scenario.reads:
        return (Mode(staged=False, file=False),)
    if scenario.phases:
        return (Mode(staged=True, file=False),)
    if scenario.prunes:
        return (Mode(staged=True, file=True),)
    if scenario.entries:
        # What each entry does in the other modes is the same as in the scenarios of one token.
        return (Mode(staged=True, file=False), Mode(staged=False, file=True))
    return tuple(Mode(staged, file) for staged in (True, False) for file in (False, True))
