# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many tokens in one task: what each gets, what they share, and what one failure means for the others."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.losant.platform.tests.support.times import EARLIER, PAST, SOON
from ansible_collections.losant.platform.tests.support.tokens import accepts
from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import (
    UNKNOWN_ID,
    counts,
    methods,
    named,
    text_of,
    writes,
)

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import Task
    from losant_sandbox.client import Sandbox

SCOPE = ["devices.get"]


def entry(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "scope": SCOPE, **more}


def seeded(sandbox: Sandbox, *names: str, **more: Any) -> dict[str, str]:
    """Tokens as :func:`entry` declares them; their ids by name."""
    tokens = sandbox.seed(tokens=[{"name": name, "scope": SCOPE, **more} for name in names])["tokens"]
    return {token["name"]: token["id"] for token in tokens}


class TestSharedReadings:
    def test_unchanged_tokens_cost_one_reading(self, sandbox: Sandbox, api_tokens: Task) -> None:
        names = [f"token-{number}" for number in range(250)]
        seeded(sandbox, *names)
        result = api_tokens(api_tokens=list(map(entry, names)))
        assert not result["changed"]
        assert [token["name"] for token in result["api_tokens"]] == names
        assert methods(sandbox) == ["GET"] * 3
        assert (result["created"], result["tokens"], result["errors"], result["diff"]) == ([], {}, [], [])

    def test_new_tokens_cost_one_reading_before_and_one_after(self, sandbox: Sandbox, api_tokens: Task) -> None:
        result = api_tokens(api_tokens=[entry("a"), entry("b"), entry("c")], concurrency=1)
        assert methods(sandbox) == ["GET", *["POST", "PATCH"] * 3, "GET"]
        assert result["created"] == ["a", "b", "c"]
        assert all(accepts(sandbox, result["tokens"][name]) for name in "abc")
        again = api_tokens(api_tokens=[entry("a"), entry("b"), entry("c")])
        assert not again["changed"]

    @pytest.mark.parametrize("concurrency", [1, 4, 32])
    def test_every_new_token_is_in_force_before_an_old_one_is_retired(
        self, sandbox: Sandbox, api_tokens: Task, concurrency: int
    ) -> None:
        names = [f"token-{number}" for number in range(8)]
        seeded(sandbox, *names, creationDate=EARLIER, expirationDate=SOON)
        api_tokens(
            api_tokens=[entry(name, expires_in="40d", rotate_before="14d") for name in names], concurrency=concurrency
        )
        kinds = methods(sandbox)
        assert Counter(kinds) == {"GET": 2, "POST": 8, "PATCH": 16, "DELETE": 8}
        assert kinds.index("DELETE") > max(place for place, kind in enumerate(kinds) if kind == "PATCH")
        assert min(counts(sandbox)) == 8
        assert named(sandbox) == dict.fromkeys(names, "active")

    def test_one_task_holds_all_kinds_of_entries(self, sandbox: Sandbox, api_tokens: Task, tmp_path: Path) -> None:
        known = seeded(sandbox, "same", "changed", "gone", "renamed")
        result = api_tokens(
            api_tokens=[
                entry("same"),
                entry("changed", description="new"),
                {"name": "gone", "state": "absent"},
                {"name": "new name", "api_token_id": known["renamed"]},
                entry("filed", token_file=str(tmp_path / "filed")),
                entry("returned"),
            ]
        )
        assert set(named(sandbox)) == {"same", "changed", "new name", "filed", "returned"}
        assert accepts(sandbox, (tmp_path / "filed").read_text(encoding="utf-8"))
        assert list(result["tokens"]) == ["returned"]
        assert result["created"] == ["filed", "returned"]
        headers = [side["after_header"] for side in result["diff"]]
        assert headers == ["changed", "gone", "new name", "filed", "returned"]
        assert [one["changed"] for one in result["results"]] == [False, True, True, True, True, True]

    def test_check_mode_predicts(self, sandbox: Sandbox, api_tokens: Task) -> None:
        seeded(sandbox, "old", "undeclared", creationDate=EARLIER, expirationDate=SOON)
        task: dict[str, Any] = {
            "api_tokens": [entry("old", expires_in="40d", rotate_before="14d"), entry("new")],
            "prune": True,
        }
        predicted = api_tokens(**task, _check=True)
        assert set(methods(sandbox)) == {"GET"}
        assert predicted["tokens"] == {}
        result = api_tokens(**task)
        for key in ("changed", "created", "pruned", "diff", "errors"):
            assert predicted[key] == result[key], key

    @pytest.mark.parametrize("mine", [{"state": "absent"}, {"recreate": "always"}], ids=["deleted", "replaced"])
    def test_the_token_in_use_ends_last(self, sandbox: Sandbox, api_tokens: Task, mine: dict[str, Any]) -> None:
        """Afterwards Losant refuses everything."""
        [caller] = sandbox.seed(tokens=[{"name": "mine"}])["tokens"]
        seeded(sandbox, "a", "undeclared")
        declared = [{"name": "mine", "allow_self_revoke": True, **mine}, entry("a", recreate="always"), entry("b")]
        result = api_tokens(api_tokens=declared, prune=True, access_token=caller["token"])
        assert writes(sandbox)[-1] == ("DELETE", caller["id"])
        assert set(named(sandbox)) == {"a", "b", *result["tokens"]}
        assert len(sandbox.tokens()) == len(result["api_tokens"])


class TestFailures:
    def test_one_failure_stops_no_other(self, sandbox: Sandbox, failing_api_tokens: Task, tmp_path: Path) -> None:
        result = failing_api_tokens(
            api_tokens=[entry("a"), {"name": "b", "scope": ["nope"]}, entry("c", token_file=str(tmp_path / "c"))]
        )
        assert set(named(sandbox)) == {"a", "c"}
        assert accepts(sandbox, result["tokens"]["a"])
        assert accepts(sandbox, (tmp_path / "c").read_text(encoding="utf-8"))
        [error] = result["errors"]
        assert (error["index"], error["name"], error["failure"]["kind"]) == (1, "b", "api")
        assert result["msg"].startswith("1 of 3 API tokens failed. b: Could not create API token 'b")
        assert result["failure"] == error["failure"]
        assert result["changed"]

    def test_what_existed_twice_fails_alone(self, sandbox: Sandbox, failing_api_tokens: Task) -> None:
        """Promise 2, for one of several."""
        seeded(sandbox, "twice")
        seeded(sandbox, "twice")
        result = failing_api_tokens(api_tokens=[entry("twice"), entry("once")])
        assert [error["name"] for error in result["errors"]] == ["twice"]
        assert result["created"] == ["once"]

    def test_a_file_that_cannot_be_written_costs_no_token(
        self, sandbox: Sandbox, failing_api_tokens: Task, tmp_path: Path
    ) -> None:
        result = failing_api_tokens(
            api_tokens=[
                entry("a", token_file=str(tmp_path / "missing" / "a")),
                entry("b", token_file=str(tmp_path / "b")),
            ]
        )
        assert set(named(sandbox)) == {"b"}
        assert result["errors"][0]["failure"]["kind"] == "delivery"

    def test_without_the_list_nothing_is_written(self, sandbox: Sandbox, failing_api_tokens: Task) -> None:
        sandbox.fault("status", status=500, times=None)
        result = failing_api_tokens(api_tokens=[entry("a"), entry("b")], retries=1)
        assert "errors" not in result
        assert methods(sandbox) == ["GET", "GET"]

    def test_an_entry_that_a_run_elsewhere_names_first_gives_way(
        self, sandbox: Sandbox, failing_api_tokens: Task
    ) -> None:
        sandbox.fault(
            "mutate", method="POST", create=[{"name": "b", "scope": SCOPE, "creationDate": PAST, "lastUpdated": PAST}]
        )
        result = failing_api_tokens(api_tokens=[entry("a"), entry("b")])
        [error] = result["errors"]
        assert (error["name"], error["failure"]["kind"]) == ("b", "conflict")
        assert sorted(named(sandbox)) == ["a", "b"]
        assert len(sandbox.tokens()) == 2

    def test_no_secret_is_shown(self, sandbox: Sandbox, failing_api_tokens: Task) -> None:
        """Promise 4."""
        sandbox.fault("status", method="PATCH", status=400, times=None)
        result = failing_api_tokens(api_tokens=[entry("a"), entry("b")])
        assert "eyJ" not in text_of(result)
        assert sandbox.tokens() == []


class TestBadInput:
    @pytest.mark.parametrize(
        ("entries", "text"),
        [
            ([{"name": "a"}, {"name": "b"}, {"name": "a"}], "Entries 0 and 2 of api_tokens concern the same token"),
            (
                [{"name": "a", "expires_in": "1d", "expiration_date": ""}],
                "Entry 0 of api_tokens, 'a': expiration_date and",
            ),
            ([{"name": "a"}, {"name": "b", "expires_in": "soon"}], "Entry 1 of api_tokens, 'b': expires_in is 'soon'"),
            ([{"name": "a"}, {"scope": ["devices.get"]}], "Entry 1 of api_tokens, None: one of name and api_token_id"),
            ([{"name": "a", "token_file": "/x"}, {"name": "b", "token_file": "/x"}], "token_file '/x'"),
        ],
        ids=["twice", "contradiction", "malformed", "nameless", "one file"],
    )
    def test_it_is_refused_before_anything_is_written(
        self, sandbox: Sandbox, failing_api_tokens: Task, entries: list[dict[str, Any]], text: str
    ) -> None:
        result = failing_api_tokens(api_tokens=entries)
        assert text in result["msg"]
        assert writes(sandbox) == []

    def test_two_entries_for_one_token(self, sandbox: Sandbox, failing_api_tokens: Task) -> None:
        known = seeded(sandbox, "a")
        result = failing_api_tokens(api_tokens=[{"name": "b", "api_token_id": known["a"]}, entry("a")])
        assert "Entries 0 and 1 of api_tokens concern the same token or file: name 'a'" in result["msg"]
        assert writes(sandbox) == []


class TestPruning:
    def test_what_is_spared(self, sandbox: Sandbox, api_tokens: Task) -> None:
        [mine] = sandbox.seed(tokens=[{"name": "mine"}])["tokens"]
        seeded(sandbox, "declared", "keep-1", "keep-2", "other")
        seeded(sandbox, "later ~superseded:2026-11-24T09:00:00Z", "forever ~superseded:never", "fresh ~pending:1")
        seeded(sandbox, "over ~superseded:2026-11-24T07:00:00Z", "stale ~pending:2", creationDate=EARLIER)
        result = api_tokens(
            api_tokens=[entry("declared")], prune=True, keep=["keep-?", "nobody"], access_token=mine["token"]
        )
        pruned = {"other", "over ~superseded:2026-11-24T07:00:00Z", "stale ~pending:2"}
        assert {one["name"] for one in result["pruned"]} == pruned
        assert set(named(sandbox)) == {
            "mine",
            "declared",
            "keep-1",
            "keep-2",
            "later ~superseded:2026-11-24T09:00:00Z",
            "forever ~superseded:never",
            "fresh ~pending:1",
        }
        assert not api_tokens(api_tokens=[entry("declared")], prune=True, access_token=mine["token"], keep=["*"])[
            "changed"
        ]

    def test_a_token_that_is_declared_by_id_is_declared(self, sandbox: Sandbox, api_tokens: Task) -> None:
        known = seeded(sandbox, "a", "b")
        result = api_tokens(api_tokens=[{"api_token_id": known["a"]}], prune=True)
        assert [one["api_token_id"] for one in result["pruned"]] == [known["b"]]

    @pytest.mark.parametrize("declared", [{"name": "new"}, {"state": "absent"}], ids=["renamed", "deleted"])
    def test_a_name_that_a_token_loses_is_not_declared(
        self, sandbox: Sandbox, api_tokens: Task, declared: dict[str, Any]
    ) -> None:
        """Promise 1: the second run finds nothing to prune."""
        known = seeded(sandbox, "a", "a ~superseded:2026-11-24T07:00:00Z")
        other = seeded(sandbox, "a")
        task: dict[str, Any] = {"api_tokens": [{"api_token_id": known["a"], **declared}], "prune": True}
        assert other["a"] in [one["api_token_id"] for one in api_tokens(**task)["pruned"]]
        assert not api_tokens(**task)["changed"]

    @pytest.mark.parametrize("declared", [[], [entry("a")]], ids=["nothing declared", "something declared"])
    def test_an_empty_list_has_to_be_meant(
        self, sandbox: Sandbox, api_tokens: Task, failing_api_tokens: Task, declared: list[dict[str, Any]]
    ) -> None:
        seeded(sandbox, "a", "b")
        if not declared:
            refused = failing_api_tokens(api_tokens=[], prune=True)
            assert "If that is meant, set prune_all=true." in refused["msg"]
            assert methods(sandbox) == []
        api_tokens(api_tokens=declared, prune=True, prune_all=True)
        assert set(named(sandbox)) == {one["name"] for one in declared}

    def test_nothing_is_pruned_if_an_entry_fails(self, sandbox: Sandbox, failing_api_tokens: Task) -> None:
        seeded(sandbox, "undeclared")
        result = failing_api_tokens(api_tokens=[{"name": "a", "scope": ["nope"]}], prune=True)
        assert set(named(sandbox)) == {"undeclared"}
        assert any("Nothing was pruned, as entries failed: 1 tokens" in text for text in result["warnings"])

    def test_a_token_that_cannot_be_pruned_is_an_error(self, sandbox: Sandbox, failing_api_tokens: Task) -> None:
        known = seeded(sandbox, "a", "b")
        sandbox.fault("status", method="DELETE", path=f".*{known['a']}", status=403, times=None)
        result = failing_api_tokens(api_tokens=[], prune=True, prune_all=True)
        assert [error["name"] for error in result["errors"]] == ["a"]
        assert [one["name"] for one in result["pruned"]] == ["b"]

    def test_an_access_token_that_cannot_delete_is_refused_first(
        self, sandbox: Sandbox, failing_api_tokens: Task, tmp_path: Path
    ) -> None:
        """Nothing remains of the check of the file either."""
        seeded(sandbox, "undeclared")
        scope = ["applicationApiTokens.*", "applicationApiToken.patch"]
        [caller] = sandbox.seed(callers=[{"applicationId": sandbox.application_id, "scope": scope}])["callers"]
        entries = [entry("a", staged="false", token_file=str(tmp_path / "secrets" / "a"))]
        (tmp_path / "secrets").mkdir()
        result = failing_api_tokens(api_tokens=entries, prune=True, access_token=caller["token"])
        assert (
            "API tokens cannot be pruned: the scopes in access_token lack applicationApiToken.delete" in result["msg"]
        )
        assert writes(sandbox) == []
        assert list((tmp_path / "secrets").iterdir()) == []


class TestPhases:
    def test_other_tasks_deliver_in_between(self, sandbox: Sandbox, api_tokens: Task) -> None:
        seeded(sandbox, "old", "undeclared", creationDate=EARLIER, expirationDate=SOON)
        task: dict[str, Any] = {
            "api_tokens": [entry("old", expires_in="40d", rotate_before="14d"), entry("new"), entry("undeclared")],
            "prune": True,
        }
        prepared = api_tokens(**task, phase="prepare")
        assert set(prepared["tokens"]) == {"old", "new"}
        assert prepared["prepared_ids"]["undeclared"] is None
        assert named(sandbox).keys() >= {"old", "undeclared"}
        committed = api_tokens(**task, phase="commit", prepared_ids=prepared["prepared_ids"])
        assert named(sandbox) == dict.fromkeys(["old", "new", "undeclared"], "active")
        assert all(accepts(sandbox, secret) for secret in prepared["tokens"].values())
        assert committed["tokens"] == {}
        assert not api_tokens(**task)["changed"]

    def test_an_abort_leaves_all_as_it_was(self, sandbox: Sandbox, api_tokens: Task) -> None:
        seeded(sandbox, "old")
        before = sandbox.tokens()
        declared = [entry("old", recreate="always"), entry("new")]
        prepared = api_tokens(api_tokens=declared, phase="prepare")
        api_tokens(api_tokens=declared, phase="abort", prepared_ids=prepared["prepared_ids"])
        assert sandbox.tokens() == before

    @pytest.mark.parametrize("wrong", [["x"], {"a": 1}, True, 1.5, "x"], ids=repr)
    def test_what_is_no_id(self, sandbox: Sandbox, failing_api_tokens: Task, wrong: object) -> None:
        result = failing_api_tokens(api_tokens=[entry("a")], phase="commit", prepared_ids={"a": wrong})
        assert "Entry 0 of api_tokens, 'a': prepared_id is" in result["msg"]
        number = 575000000000000000000000
        result = failing_api_tokens(api_tokens=[entry("a")], phase="commit", prepared_ids={"a": number})
        assert f"The prepared token {number} of 'a' cannot be committed: it does not exist." in result["msg"]
        assert writes(sandbox) == []

    def test_an_id_of_a_name_that_is_not_declared(self, sandbox: Sandbox, failing_api_tokens: Task) -> None:
        result = failing_api_tokens(api_tokens=[entry("a")], phase="commit", prepared_ids={"b": UNKNOWN_ID})
        assert "prepared_ids has names that api_tokens does not declare: 'b'" in result["msg"]
        assert methods(sandbox) == []
