# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What modules return of tokens, plans and failures. modules/test_returned.py compares it with the documentation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.losant.platform.plugins.module_utils._common.errors import LosantError
from ansible_collections.losant.platform.plugins.module_utils._module.results import (
    diff_result,
    failure_result,
    rotation_result,
    superseded_result,
)
from ansible_collections.losant.platform.plugins.module_utils._tokens.api_token import ApiToken
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.holdings import FileState, Holding
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.rotation import NOT_DUE, Rotation
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.steps import Superseded
from ansible_collections.losant.platform.tests.unit.plugins.module_utils._tokens.plan.cases import FEWER, Case, cases
from ansible_collections.losant.platform.tests.unit.plugins.module_utils._tokens.plan.planning import (
    file_with,
    no_file,
    planned,
)
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import (
    DAY,
    HOUR,
    NOW,
    id_of,
    pending,
    superseded,
    token,
)

WANTED = {"mode": "0600"}
WRONG = {"mode": "0644"}


class TestToken:
    @given(
        st.text(min_size=1),
        st.none() | st.text(),
        st.sampled_from(["active", "inactive"]),
        st.lists(st.text(min_size=1), unique=True),
        st.none() | st.datetimes(min_value=datetime(1, 1, 3), timezones=st.just(UTC)),
    )
    def test_it_is_returned_as_it_was_read(
        self, name: str, description: str | None, status: str, scope: list[str], expires: datetime | None
    ) -> None:
        existing = ApiToken(id_of(1), name, description, status, expires, scope=tuple(scope))
        result = existing.result(NOW)
        assert (result["name"], result["status"], result["scope"]) == (name, status, scope)
        assert result["description"] == (description or None)
        assert result["id"] == result["api_token_id"] == id_of(1)
        assert (result["expiration_date"] is None) is (expires is None)

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("x", (False, False)),
            ("x ~superseded:never", (True, False)),
            ("x ~superseded:2026-11-24T08:00:00Z", (True, False)),
            ("x ~superseded:soon", (False, False)),
            ("x ~pending:0123456789abcdef", (False, True)),
            ("~pending:a", (False, False)),
            ("x ~pending:a b", (False, False)),
        ],
    )
    def test_the_suffix_of_a_name_is_reported(self, name: str, expected: tuple[bool, bool]) -> None:
        result = token(1, name).result(NOW)
        assert (result["superseded"], result["pending"]) == expected

    @pytest.mark.parametrize(
        ("expires", "expected"),
        [(None, False), (timedelta(0), True), (timedelta(milliseconds=1), False)],
        ids=["never", "now", "in a moment"],
    )
    def test_an_expired_token_is_reported_as_one(self, expires: timedelta | None, expected: bool) -> None:
        """Promise 8."""
        existing = token(expiration_date=None if expires is None else NOW + expires)
        assert existing.result(NOW)["expired"] is expected

    def test_a_planned_token_has_no_id_and_the_owner_that_it_will_have(self) -> None:
        result = ApiToken(id="", name="x").result(NOW, id_of(7))
        assert (result["id"], result["api_token_id"], result["owner_id"]) == (None, None, id_of(7))
        assert token(owner_id=id_of(8)).result(NOW, id_of(7))["owner_id"] == id_of(8)


def test_a_rotation() -> None:
    assert rotation_result(NOT_DUE) == {"due": False, "reason": None, "due_at": None}
    assert rotation_result(Rotation(True, "expired", NOW)) == {
        "due": True,
        "reason": "expired",
        "due_at": "2026-11-24T08:00:00.000Z",
    }


def test_a_superseded_token() -> None:
    entry = Superseded(token(), "y", "kept", NOW)
    assert superseded_result(entry) == {
        "id": id_of(1),
        "name": "y",
        "action": "kept",
        "until": "2026-11-24T08:00:00.000Z",
    }
    assert superseded_result(Superseded(token(), "x", "deleted"))["until"] is None


def test_a_failure_can_hold_data() -> None:
    error = LosantError("It failed.", status=500)
    error.warnings, error.data = ("Beware.",), {"tokens": {"x": "s3cr3t"}}
    assert failure_result(error) == {
        "failed": True,
        "msg": "It failed.",
        "failure": {"kind": "error", "status": 500},
        "warnings": ["Beware."],
        "tokens": {"x": "s3cr3t"},
    }


def files_of(file: FileState | None, *tokens: ApiToken, **declared: Any) -> tuple[Any, Any]:
    """The file on both sides of the diff."""
    diff = diff_result(planned(*tokens, file=file, **declared), file)
    return diff["before"].get("token_file"), diff["after"].get("token_file")


class TestDiff:
    def test_a_new_token_has_no_id_on_either_side(self) -> None:
        diff = diff_result(planned(scope=("devices.get",)), None)
        assert diff["before"] == {}
        assert diff["after"] == {
            "id": "(new)",
            "name": "x",
            "description": "",
            "status": "active",
            "scope": ["devices.get"],
            "expiration_date": None,
        }

    def test_a_replaced_token(self) -> None:
        diff = diff_result(planned(token(), scope=("a.get",), recreate="state_change"), None)
        assert (diff["before"]["id"], diff["after"]["id"]) == (id_of(1), "(new)")
        assert (diff["before"]["scope"], diff["after"]["scope"]) == (["all.Application"], ["a.get"])

    def test_a_deleted_token(self) -> None:
        diff = diff_result(planned(token(), state="absent"), None)
        assert (diff["before"]["id"], diff["after"]) == (id_of(1), {})

    def test_the_clean_up_of_leftovers_is_shown(self) -> None:
        leftovers = [superseded(2, NOW), pending(3, creation_date=NOW - HOUR)]
        shown = [
            f"x ~superseded:2026-11-24T08:00:00Z ({id_of(2)}), active",
            f"{leftovers[1].name} ({id_of(3)}), active",
        ]
        diff = diff_result(planned(token(), *leftovers), None)
        assert (diff["before"]["superseded"], diff["after"]["superseded"]) == (shown, [])
        diff = diff_result(planned(token(), leftovers[0], superseded="deactivate"), None)
        assert diff["after"]["superseded"] == [shown[0].replace("active", "inactive")]

    @pytest.mark.parametrize(
        ("file", "declared", "expected"),
        [
            (None, {}, (None, None)),
            (no_file(), {"recreate": "always"}, ({"holds": "nothing"}, {"holds": "the secret"})),
            (
                FileState("/private/token", wanted=WANTED),
                {"recreate": "always"},
                ({"holds": "nothing"}, {"holds": "the secret", **WANTED}),
            ),
            (
                file_with(Holding(id_of(9)), attributes=WRONG, wanted=WANTED),
                {"recreate": "state_change"},
                ({"holds": "something else", **WRONG}, {"holds": "the secret", **WANTED}),
            ),
            (
                file_with(Holding(id_of(1)), attributes=WRONG, wanted=WANTED),
                {},
                ({"holds": "the secret", **WRONG}, {"holds": "the secret", **WANTED}),
            ),
            (
                file_with(Holding(id_of(1)), attributes=WRONG),
                {"state": "absent"},
                ({"holds": "the secret", **WRONG}, {"holds": "nothing"}),
            ),
            (
                file_with(Holding(id_of(9)), attributes=WRONG),
                {"state": "absent"},
                ({"holds": "something else", **WRONG}, {"holds": "something else", **WRONG}),
            ),
        ],
        ids=["no token_file", "new", "new, with a mode", "wrong content", "wrong mode", "removed", "left alone"],
    )
    def test_the_file(self, file: FileState | None, declared: dict[str, Any], expected: tuple[Any, Any]) -> None:
        assert files_of(file, token(), **declared) == expected

    @FEWER
    @given(cases())
    def test_check_mode_predicts_the_file(self, case: Case) -> None:
        """Promise 9."""
        file = case.world_after.file
        shown = diff_result(case.plan, case.context.file)["after"].get("token_file")
        if file is None or shown is None:
            assert shown is file
            return
        assert (shown["holds"] != "nothing") is file.exists
        assert {name: value for name, value in shown.items() if name != "holds"} == dict(file.attributes)

    def test_no_secret_is_shown(self) -> None:
        """Promise 4."""
        plan = planned(token(), expires_in=DAY, recreate="always", file=file_with(Holding(id_of(1))))
        assert "s3cr3t" not in str(diff_result(plan, file_with(Holding(id_of(1)))))
