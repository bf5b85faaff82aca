# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass
from datetime import datetime, timedelta

from ansible_collections.losant.platform.plugins.module_utils._common.durations import option_duration
from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError
from ansible_collections.losant.platform.plugins.module_utils._common.rfc3339 import option_time
from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret
from ansible_collections.losant.platform.plugins.module_utils._common.values import ID_PATTERN

from .api_token import ApiToken
from .fields import MAX_DESCRIPTION, MAX_NAME
from .naming import has_suffix
from .roles import MAX_ORG_ROLES, MAX_RESOURCE_ROLES, RESOURCES, SANDBOX, OrgRole
from .token import Resource


@dataclass(frozen=True)
class Declaration:
    """What a task declares about one token. None means that the task does not mention it.

    ``token_id``: of the token that is selected by its id; ``never_expires`` stands for an empty ``expiration_date``;
    ``rotate_after``: the age at which a token is replaced; ``device_id``: as which device to try the new token.
    """

    name: str | None = None
    token_id: str | None = None
    state: str = "present"
    description: str | None = None
    status: str | None = None
    scope: tuple[str, ...] | None = None
    default_role: str | None = None
    org_roles: tuple[OrgRole, ...] | None = None
    expiration_date: datetime | None = None
    never_expires: bool = False
    expires_in: timedelta | None = None
    recreate: str = "never"
    rotate_before: timedelta | None = None
    rotate_after: timedelta | None = None
    superseded: str = "delete"
    superseded_after: timedelta = timedelta(0)
    held_token: Secret | None = None
    verify: bool = False
    allow_self_revoke: bool = False
    phase: str = "all"
    prepared_id: str | None = None
    device_id: str | None = None

    @property
    def identity(self) -> str | None:
        """What is declared of the token that its secret says, too."""
        return None

    @property
    def selects_one(self) -> bool:
        """Whether the token is selected by more than its name."""
        return self.token_id is not None or self.identity is not None


_SCOPE = re.compile(r"[\x21-\x7e]{1,1024}")
#: The options that mean the same in a declaration.
_PLAIN = ("state", "status", "default_role", "recreate", "superseded", "verify", "allow_self_revoke", "phase")


def declaration_from(options: t.Mapping[str, t.Any]) -> Declaration:
    """The declaration that a module's options make.

    :raises InvalidOptionError: a value that Losant would refuse, or that cannot be meant
    """
    name, api_token_id = options.get("name"), options.get("api_token_id")
    check_declared_name(name)
    check_phase(options, ApiToken.resource)
    expiration_date, held_token = options.get("expiration_date"), options.get("held_token")
    plain = {option: options[option] for option in _PLAIN if options.get(option) is not None}
    return Declaration(
        name=name,
        token_id=checked_id("api_token_id", api_token_id) if api_token_id is not None else None,
        description=checked_description(options.get("description")),
        scope=_checked_scope(options.get("scope")),
        org_roles=_declared_org_roles(options.get("org_roles")),
        expiration_date=option_time("expiration_date", expiration_date) if expiration_date else None,
        never_expires=expiration_date == "",
        expires_in=_checked_expires_in(options.get("expires_in")),
        rotate_before=_checked_window(options.get("rotate_before"), options.get("expires_in")),
        superseded_after=checked_grace_period(options.get("superseded_after")),
        held_token=Secret(held_token.strip()) if held_token is not None else None,
        prepared_id=checked_prepared_id(options),
        **plain,
    )


def checked_id(option: str, value: str) -> str:
    """An id for a path of the API, in lower case, as Losant writes it.

    :raises InvalidOptionError: it is not an id
    """
    if not ID_PATTERN.fullmatch(value):
        raise InvalidOptionError(f"{option} is {value!r}, which is not 24 hexadecimal characters.", option=option)
    return value.lower()


def check_name(name: str | None) -> None:
    """Refuse a name that Losant would not take.

    :raises InvalidOptionError: it is empty or too long
    """
    if name is not None and not 1 <= len(name) <= MAX_NAME:
        raise InvalidOptionError(f"name has {len(name)} characters. Losant takes 1 to {MAX_NAME}.", option="name")


def checked_prepared_id(options: t.Mapping[str, t.Any]) -> str | None:
    """The id of the token to commit or to abort. A template that results in null is passed as an empty string.

    :raises InvalidOptionError: it is not an id
    """
    return checked_id("prepared_id", options["prepared_id"]) if options.get("prepared_id") else None


def check_declared_name(name: str | None) -> None:
    """Refuse a name that Losant would not take, or that means something else to this collection.

    :raises InvalidOptionError: it is one
    """
    check_name(name)
    if name is not None and has_suffix(name):
        raise InvalidOptionError(
            f"name is {name!r}. Its suffix is reserved for what is being created or was replaced. Choose another name.",
            option="name",
        )


def check_phase(options: t.Mapping[str, t.Any], resource: Resource) -> None:
    """Refuse options that contradict the phase.

    :raises InvalidOptionError: there are some
    """
    phase, file_option = options.get("phase") or Declaration.phase, resource.file_option
    if phase != "all" and options.get(file_option) is not None:
        raise InvalidOptionError(
            f"{file_option} is set, and phase={phase} leaves the delivery of the secret to other tasks. Omit {file_option},"
            " or use phase=all.",
            option=file_option,
        )
    if not options.get("prepared_id"):
        return
    problem, noun = None, resource.noun
    if phase not in ("commit", "abort"):
        problem = f"phase={phase} takes none. Set phase=commit or phase=abort, or omit prepared_id"
    elif options.get(resource.id_option) is not None or options.get("name") is None:
        problem = f"a prepared {noun} belongs to a name. Declare the {noun} by name alone"
    elif phase == "commit" and options.get("state") == "absent":
        problem = f"state=absent needs no new {noun}. Set phase=abort to delete the prepared one, or omit prepared_id"
    if problem is not None:
        raise InvalidOptionError(f"prepared_id is set, but {problem}.", option="prepared_id")


def checked_description(description: str | None) -> str | None:
    """A description that Losant takes.

    :raises InvalidOptionError: it is too long
    """
    if description is not None and len(description) > MAX_DESCRIPTION:
        raise InvalidOptionError(
            f"description has {len(description)} characters. Losant takes {MAX_DESCRIPTION} at most.",
            option="description",
        )
    return description


def _checked_scope(scope: t.Sequence[str] | None) -> tuple[str, ...] | None:
    if scope is None:
        return None
    if not scope:
        raise InvalidOptionError(
            "scope is an empty list, and what Losant grants then is not documented. List the scopes that the token"
            " needs, or omit the option.",
            option="scope",
        )
    for entry in scope:
        # The schema of responses says 1 to 1024 characters; no scope has a space or a control character.
        if not _SCOPE.fullmatch(entry):
            raise InvalidOptionError(f"scope has the entry {entry!r}, which cannot be a scope.", option="scope")
    # Losant refuses duplicates, and in a set they mean nothing.
    return tuple(dict.fromkeys(scope))


def _declared_org_roles(value: t.Sequence[t.Mapping[str, t.Any]] | None) -> tuple[OrgRole, ...] | None:
    if value is None:
        return None
    _check_ids([entry["org_id"] for entry in value], "org_id", MAX_ORG_ROLES, SANDBOX)
    roles = []
    for entry in value:
        resources: OrgRole = {}
        for ours, _name in RESOURCES:
            ones = entry.get(ours) or []
            _check_ids([one["resource_id"] for one in ones], "resource_id", MAX_RESOURCE_ROLES)
            resources[ours] = [{"resource_id": one["resource_id"].lower(), "role": one["role"]} for one in ones]
        roles.append({"org_id": entry["org_id"].lower(), "role": entry["role"], **resources})
    return tuple(roles)


def _check_ids(ids: t.Sequence[str], name: str, limit: int, *words: str) -> None:
    problem = None
    wrong = [value for value in ids if value not in words and not ID_PATTERN.fullmatch(value)]
    if wrong:
        or_word = "".join(f" and not {word!r}" for word in words)
        problem = f"has the {name} {wrong[0]!r}, which is not 24 hexadecimal characters{or_word}"
    elif len({value.lower() for value in ids}) < len(ids):
        problem = f"has the same {name} twice. Declare each only once"
    elif len(ids) > limit:
        problem = f"has {len(ids)} entries with a {name}. Losant takes {limit} at most"
    if problem is not None:
        raise InvalidOptionError(f"org_roles {problem}.", option="org_roles")


def _checked_expires_in(text: str | None) -> timedelta | None:
    if text is None:
        return None
    duration = option_duration("expires_in", text)
    if not duration:
        raise InvalidOptionError(
            "expires_in is zero, so the token would expire when it is created. Declare a longer lifetime.",
            option="expires_in",
        )
    return duration


def checked_grace_period(text: str | None) -> timedelta:
    """How long a replaced token is kept.

    :raises InvalidOptionError: it is no duration
    """
    # An empty string is refused, not taken for zero: it is more likely a variable that went wrong.
    return option_duration("superseded_after", text) if text is not None else timedelta(0)


def _checked_window(window: str | None, expires_in: str | None) -> timedelta | None:
    if window is None:
        return None
    duration = option_duration("rotate_before", window)
    if expires_in is not None and duration >= option_duration("expires_in", expires_in):
        raise InvalidOptionError(
            f"rotate_before is {window} and expires_in is {expires_in}: a new token would be due for rotation immediately,"
            " in every run. Make rotate_before shorter than expires_in.",
            option="rotate_before",
        )
    return duration
