# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What only the tests of modules share."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from ansible_collections.losant.platform.tests.support.times import EARLIER
from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import methods, predictable

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.support.running import Result
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import Task
    from losant_sandbox.client import Json, Sandbox


class Rehearsed(Protocol):
    """Runs ``api_token`` in check mode, then for real, compares the two, and gives the real result."""

    def __call__(self, **options: Any) -> Result: ...


@pytest.fixture(params=["true", "false"], ids=["staged", "direct"])
def staged(request: pytest.FixtureRequest) -> str:
    """Both values of the option, one after the other."""
    return str(request.param)


@pytest.fixture
def either_way(api_token: Task, staged: str) -> Task:
    """An ``api_token`` task that succeeds, once staged and once direct."""
    return partial(api_token, staged=staged)


@pytest.fixture
def failing_either_way(failing_api_token: Task, staged: str) -> Task:
    """An ``api_token`` task that fails, once staged and once direct."""
    return partial(failing_api_token, staged=staged)


@pytest.fixture
def rehearsed(sandbox: Sandbox, api_token: Task) -> Rehearsed:
    def run(**options: Any) -> Result:
        before = sandbox.tokens()
        sandbox.clear_requests()
        predicted = api_token(**options, _check=True)
        assert set(methods(sandbox)) == {"GET"}
        assert sandbox.tokens() == before
        assert "token" not in predicted
        sandbox.clear_requests()
        result = api_token(**options)
        made = "POST" in methods(sandbox)
        assert predictable(predicted, made=made) == predictable(result, made=made)
        return result

    return run


@pytest.fixture
def old(sandbox: Sandbox) -> Json:
    """The current token. It was created before anything is prepared."""
    return sandbox.seed_token("x", scope=["device.get"], creationDate=EARLIER)
