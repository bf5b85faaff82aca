# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many token files on a host behind a connection, and what a long task shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.losant.platform.plugins.module_utils._common.errors import LosantError
from ansible_collections.losant.platform.plugins.module_utils._common.system import System
from ansible_collections.losant.platform.plugins.module_utils._host.errors import DeliveryError
from ansible_collections.losant.platform.plugins.module_utils._host.files import LocalFiles, RemoteFiles
from ansible_collections.losant.platform.plugins.module_utils._module.api_tokens import API_TOKENS
from ansible_collections.losant.platform.plugins.module_utils._module.token_file import deliver_token
from ansible_collections.losant.platform.plugins.plugin_utils._action import LosantAction
from ansible_collections.losant.platform.tests.support.running import action_of
from ansible_collections.losant.platform.tests.support.tokens import accepts
from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import named

if TYPE_CHECKING:
    from losant_sandbox.client import Sandbox

Steps = Sequence[Mapping[str, Any]]


class Host:
    """Does in this process what the module ``token_file`` does on a host, and counts the calls. ``lost``: the step it fails at."""

    def __init__(self, lost: str | None = None) -> None:
        self.calls: list[tuple[str, int]] = []
        self._lost = lost

    def files(self) -> RemoteFiles:
        return RemoteFiles(lambda one: self._do([one])[0], self._do_all)

    def _do_all(self, steps: Steps) -> Sequence[Mapping[str, Any] | LosantError]:
        try:
            return self._do(steps)
        except DeliveryError as error:
            return [error for _step in steps]

    def _do(self, steps: Steps) -> list[Mapping[str, Any]]:
        self.calls.append((steps[0]["_step"], len(steps)))
        if steps[0]["_step"] == self._lost:
            raise DeliveryError("Could not reach the host.")
        defaults = {"_key": None, "_content": None, "_attributes": None}
        return [deliver_token({**defaults, **step}, check_mode=False, system=System()) for step in steps]


def ensured(sandbox: Sandbox, entries: list[dict[str, Any]], **how: Any) -> dict[str, Any]:
    """The result of a task whose options are those that a user gives."""
    action = action_of(
        "api_tokens",
        {
            "api_tokens": entries,
            "access_token": sandbox.access_token,
            "api_url": sandbox.url,
            "application_id": sandbox.application_id,
            "retry_max_delay": 0,
        },
    )
    assert isinstance(action, LosantAction)
    return API_TOKENS.execute(action._validated().options, False, how.pop("system", System()), **how)


def entries(directory: Path, *names: str, **more: Any) -> list[dict[str, Any]]:
    return [{"name": name, "scope": ["devices.get"], "token_file": str(directory / name), **more} for name in names]


class TestRemoteFiles:
    def test_one_call_looks_at_all_files_and_one_writes_them(self, sandbox: Sandbox, tmp_path: Path) -> None:
        host = Host()
        declared = [*entries(tmp_path, "a", "b", "c"), {"name": "d", "scope": ["devices.get"]}]
        result = ensured(sandbox, declared, files=host.files())
        assert host.calls == [("inspect", 3), ("write", 3)]
        assert all(accepts(sandbox, (tmp_path / name).read_text(encoding="utf-8")) for name in "abc")
        assert list(result["tokens"]) == ["d"]
        host.calls.clear()
        assert not ensured(sandbox, declared, files=host.files())["changed"]
        assert host.calls == [("inspect", 3)]

    def test_modes_and_removals_are_one_call_too(self, sandbox: Sandbox, tmp_path: Path) -> None:
        host = Host()
        ensured(sandbox, entries(tmp_path, "a", "b"), files=host.files())
        host.calls.clear()
        ensured(sandbox, entries(tmp_path, "a", "b", mode="0640"), files=host.files())
        assert host.calls == [("inspect", 2), ("fix", 2)]
        host.calls.clear()
        ensured(sandbox, entries(tmp_path, "a", "b", state="absent"), files=host.files())
        assert host.calls == [("inspect", 2), ("remove", 2)]
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("files", [LocalFiles(System()), Host().files()], ids=["here", "on a host"])
    @pytest.mark.parametrize("path", ["real/../real/x", "/real/x", "link/x"])
    def test_two_paths_of_one_file_are_refused(
        self, sandbox: Sandbox, tmp_path: Path, files: LocalFiles | RemoteFiles, path: str
    ) -> None:
        """The second secret would overwrite the first one."""
        (tmp_path / "real").mkdir()
        (tmp_path / "link").symlink_to("real")
        declared = [
            {"name": "a", "token_file": f"{tmp_path}/real/x"},
            {"name": "b", "token_file": f"{tmp_path}/{path}"},
        ]
        with pytest.raises(LosantError, match="Entries 0 and 1 of api_tokens concern the same token or file"):
            ensured(sandbox, declared, files=files)
        assert sandbox.tokens() == []

    def test_what_a_lost_host_was_to_get_is_deleted_again(self, sandbox: Sandbox, tmp_path: Path) -> None:
        """Promise 5. The tokens that go elsewhere are done."""
        host = Host(lost="write")
        declared = [*entries(tmp_path, "a", "b"), {"name": "d", "scope": ["devices.get"]}]
        result = ensured(sandbox, declared, files=host.files())
        assert [error["name"] for error in result["errors"]] == ["a", "b"]
        assert named(sandbox) == {"d": "active"}
        assert accepts(sandbox, result["tokens"]["d"])

    def test_a_failure_after_the_delivery_restores_the_file(self, sandbox: Sandbox, tmp_path: Path) -> None:
        host = Host()
        ensured(sandbox, entries(tmp_path, "a", "b"), files=host.files())
        before = {name: (tmp_path / name).read_text(encoding="utf-8") for name in "ab"}
        old = next(token["id"] for token in sandbox.tokens() if token["name"] == "a")
        sandbox.fault("status", method="PATCH", path=f".*{old}", status=403)
        host.calls.clear()
        result = ensured(sandbox, entries(tmp_path, "a", "b", recreate="always"), files=host.files())
        assert [error["name"] for error in result["errors"]] == ["a"]
        assert host.calls == [("inspect", 2), ("write", 2), ("restore", 1)]
        assert (tmp_path / "a").read_text(encoding="utf-8") == before["a"]
        assert (tmp_path / "b").read_text(encoding="utf-8") != before["b"]

    @pytest.mark.parametrize("ending", ["interrupted", "exception"])
    def test_what_ends_the_task_while_the_host_writes_restores_the_files(
        self, sandbox: Sandbox, tmp_path: Path, ending: str
    ) -> None:
        """Promise 6."""
        signals: list[int] = []

        class Ending(Host):
            def _do(self, steps: Steps) -> list[Mapping[str, Any]]:
                results = super()._do(steps)
                if steps[0]["_step"] == "write":
                    signals.append(15)
                    if ending == "exception":
                        raise RuntimeError
                return results

        ensured(sandbox, entries(tmp_path, "a", "b"), files=Host().files())
        before = {name: (tmp_path / name).read_text(encoding="utf-8") for name in "ab"}
        system = replace(System(), interrupted=lambda: ending == "interrupted" and bool(signals))
        declared = entries(tmp_path, "a", "b", recreate="always")
        result = ensured(sandbox, declared, files=Ending().files(), system=system)
        assert all("is as it was" in error["msg"] for error in result["errors"])
        assert {name: (tmp_path / name).read_text(encoding="utf-8") for name in "ab"} == before
        assert all(accepts(sandbox, secret) for secret in before.values())

    def test_an_exception_of_the_connection_loses_no_secret(self, sandbox: Sandbox, tmp_path: Path) -> None:
        class Broken(Host):
            def _do_all(self, steps: Steps) -> Sequence[Mapping[str, Any] | LosantError]:
                if steps[0]["_step"] == "write":
                    raise RuntimeError
                return super()._do_all(steps)

        result = ensured(sandbox, entries(tmp_path, "a", "b"), files=Broken().files())
        assert [error["failure"]["kind"] for error in result["errors"]] == ["unfinished", "unfinished"]
        assert sandbox.tokens() == []


def slow_clock(seconds: float) -> Callable[[], float]:
    """A clock that moves on with every look."""
    now = 0.0

    def look() -> float:
        nonlocal now
        now += seconds
        return now

    return look


@pytest.mark.parametrize(("seconds", "is_shown"), [(0.001, False), (2.0, True)])
def test_only_long_work_shows_how_far_it_got(sandbox: Sandbox, seconds: float, is_shown: bool) -> None:
    shown: list[str] = []
    system = replace(System(), monotonic=slow_clock(seconds))
    declared = [{"name": f"token-{number}", "scope": ["devices.get"]} for number in range(6)]
    ensured(sandbox, declared, system=system, show=shown.append)
    assert bool(shown) is is_shown
    assert all(
        line.startswith(f"API tokens of application {sandbox.application_id}: ")
        and line.endswith(" of 18 steps are done.")
        for line in shown
    )
