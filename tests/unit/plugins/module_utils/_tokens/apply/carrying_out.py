# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carries a declaration out over ``MemoryApi``: read, plan, apply. Nothing waits, and each nonce is known."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from ansible_collections.losant.platform.plugins.module_utils._common.errors import LosantError
from ansible_collections.losant.platform.plugins.module_utils._common.system import System
from ansible_collections.losant.platform.plugins.module_utils._host.token_file import TokenFile
from ansible_collections.losant.platform.plugins.module_utils._tokens.apply.rollback import UnfinishedError
from ansible_collections.losant.platform.plugins.module_utils._tokens.caller import Caller
from ansible_collections.losant.platform.plugins.module_utils._tokens.declaration import Declaration
from ansible_collections.losant.platform.plugins.module_utils._tokens.service import ensure
from ansible_collections.losant.platform.plugins.module_utils._tokens.work import Outcome, Work
from ansible_collections.losant.platform.tests.unit.plugins.module_utils._tokens.memory_api import (
    SECRET,
    MemoryApi,
    api_error,
    bad_response,
    no_response,
    unreachable,
)
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import token

SomeError = TypeVar("SomeError", bound=LosantError)

#: Errors after which a write was certainly not carried out.
REFUSED = [pytest.param(api_error(400), id="400"), pytest.param(unreachable(), id="unreachable")]
#: Errors after which it may be carried out yet.
IN_FLIGHT = [
    pytest.param(no_response(), id="no response"),
    pytest.param(bad_response(), id="bad response"),
    pytest.param(api_error(502, None), id="502 of a gateway"),
]
#: Errors after which it may have been carried out.
UNCERTAIN = [*IN_FLIGHT, pytest.param(api_error(500), id="500 of Losant")]

SUPERSEDED_NOW = "x ~superseded:2026-11-24T08:00:00Z"


def never() -> bool:
    return False


def carried_out(
    api: MemoryApi,
    *,
    staged: bool = False,
    file: TokenFile | None = None,
    caller_id: str | None = None,
    interrupted: Callable[[], bool] = never,
    **declared: Any,
) -> Outcome:
    """Ensure the token x, or what is declared instead."""
    nonces = itertools.count()
    system = System(nonce=lambda: f"{next(nonces):016x}", interrupted=interrupted)
    declaration = Declaration(**{"name": "x", **declared})
    caller = Caller(caller_id, None)
    return ensure(Work(declaration, str(staged).lower(), file), api.as_api, caller, system, dry=False)


def error_of(api: MemoryApi, kind: type[SomeError], **task: Any) -> SomeError:
    """The error of a task that fails. It never shows the secret (promise 4)."""
    with pytest.raises(kind) as caught:
        carried_out(api, **task)
    assert SECRET not in f"{caught.value} {caught.value.failure} {caught.value.warnings}"
    return caught.value


def unfinished(api: MemoryApi, **task: Any) -> UnfinishedError:
    """The error of a task that was rolled back, or of which something remains."""
    return error_of(api, UnfinishedError, **task)


class Place:
    """A token file in a directory of its own."""

    def __init__(self, directory: Path, content: str | None = "old secret") -> None:
        directory.mkdir()
        self.path = directory / "token"
        if content is not None:
            self.path.write_text(content)
        self.file = TokenFile(str(self.path))

    @property
    def content(self) -> str | None:
        """What the file holds. Nothing else may be in its directory."""
        assert os.listdir(self.path.parent) in ([], [self.path.name])
        return self.path.read_text() if self.path.exists() else None


def is_untouched(api: MemoryApi) -> bool:
    """Whether the old token is as it was, and the only one (promise 6)."""
    return list(api.tokens.values()) == [token(1)]
