# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why a token is replaced, kept with a warning, or refused."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from ansible_collections.losant.platform.plugins.module_utils._tokens.api_token import ApiToken
from ansible_collections.losant.platform.plugins.module_utils._tokens.declaration import Declaration
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.assessment import assess
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.context import Context
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.holdings import FileState, Holding
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.steps import Delete, Purpose
from ansible_collections.losant.platform.tests.unit.plugins.module_utils._tokens.plan.planning import (
    file_with,
    no_file,
    planned,
    refusal_of,
)
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import DAY, NOW, SECOND, id_of, token

#: Nothing about these tokens differs but what a test declares.
SCOPE: dict[str, Any] = {"scope": ("devices.get",)}
LONG = token(expiration_date=NOW + 90 * DAY, **SCOPE)
ENDLESS = token(**SCOPE)


def reason_of(*tokens: ApiToken, **case: Any) -> str | None:
    rotation = planned(*tokens, **{**SCOPE, **case}).rotation
    assert rotation.due is (rotation.reason is not None)
    return rotation.reason


class TestExceedsLifetime:
    """A token that lives longer than ``expires_in`` allows is not passed over in silence (promise 3)."""

    @pytest.mark.parametrize("existing", [LONG, ENDLESS], ids=["too long", "never expires"])
    def test_it_is_kept_with_a_warning_if_nothing_may_be_replaced(self, existing: ApiToken) -> None:
        result = planned(existing, expires_in=14 * DAY, **SCOPE)
        assert (result.steps, result.rotation.due) == ((), False)
        [warning] = result.warnings
        lives = "never expires" if existing is ENDLESS else "expires at 2027-02-22T08:00:00.000Z"
        assert (
            f"API token 'x' ({id_of(1)}) {lives}, which exceeds the declared lifetime of 14d (expires_in)." in warning
        )
        assert "recreate=state_change" in warning

    @pytest.mark.parametrize("existing", [LONG, ENDLESS], ids=["too long", "never expires"])
    def test_it_is_replaced_if_a_change_may_replace(self, existing: ApiToken) -> None:
        result = planned(existing, expires_in=14 * DAY, recreate="state_change", **SCOPE)
        assert result.rotation.reason == "exceeds_lifetime"
        assert result.after is not None
        assert result.after.expiration_date == NOW + 14 * DAY
        assert [(type(step), step.purpose) for step in result.writes] == [(Delete, Purpose.RETIRE)]
        assert result.warnings == ()

    @pytest.mark.parametrize(
        ("over", "exceeds"),
        [(timedelta(0), False), (60 * SECOND, False), (60 * SECOND + timedelta(milliseconds=1), True)],
        ids=["to the second", "a minute", "more than a minute"],
    )
    def test_a_minute_of_slack(self, over: timedelta, exceeds: bool) -> None:
        """A jitter of the clock replaces nothing."""
        existing = token(expiration_date=NOW + 14 * DAY + over, **SCOPE)
        assert reason_of(existing, expires_in=14 * DAY, recreate="state_change") == (
            "exceeds_lifetime" if exceeds else None
        )
        assert bool(planned(existing, expires_in=14 * DAY, **SCOPE).warnings) is exceeds

    @pytest.mark.parametrize("recreate", ["never", "state_change"])
    def test_a_rotation_that_is_due_comes_first(self, recreate: str) -> None:
        declared = Declaration(expires_in=14 * DAY, rotate_before=91 * DAY, recreate=recreate)
        assert assess(declared, LONG, Context(NOW)).rotation.reason == "expires_soon"

    def test_always_comes_first(self) -> None:
        result = planned(LONG, expires_in=14 * DAY, recreate="always", **SCOPE)
        assert (result.rotation.reason, result.warnings) == ("always", ())

    def test_a_difference_comes_first(self) -> None:
        assert reason_of(LONG, expires_in=14 * DAY, recreate="state_change", scope=("device.get",)) == "differs"

    def test_the_longest_lifetime_that_can_be_declared(self) -> None:
        longest = timedelta.max - timedelta(microseconds=999_999)
        last = datetime.max.replace(microsecond=0, tzinfo=NOW.tzinfo)
        assert planned(token(expiration_date=last, **SCOPE), expires_in=longest, **SCOPE).warnings == ()

    def test_by_id_it_cannot_be_replaced(self) -> None:
        error = refusal_of(LONG, token_id=id_of(1), expires_in=14 * DAY, recreate="state_change")
        assert "would have to be replaced (exceeds_lifetime)" in str(error)
        assert len(planned(LONG, token_id=id_of(1), expires_in=14 * DAY).warnings) == 1

    def test_a_token_without_the_option_may_live_for_ever(self) -> None:
        assert planned(ENDLESS, **SCOPE, recreate="state_change").warnings == ()


class TestRotateBefore:
    """``rotate_before`` without an expiration has no effect, and the task warns (promise 3)."""

    @pytest.mark.parametrize("by_id", [False, True])
    def test_an_existing_token_that_never_expires(self, by_id: bool) -> None:
        selector: dict[str, Any] = {"token_id": id_of(1)} if by_id else {}
        result = planned(ENDLESS, rotate_before=14 * DAY, **SCOPE, **selector)
        [warning] = result.warnings
        assert f"rotate_before has no effect: API token 'x' ({id_of(1)}) never expires." in warning
        assert (result.steps, result.rotation.due_at) == ((), None)

    def test_a_new_token_that_never_expires(self) -> None:
        [warning] = planned(rotate_before=14 * DAY, **SCOPE).warnings
        assert "rotate_before has no effect: API token 'x' (new) never expires." in warning
        assert "Declare expires_in or expiration_date, or omit rotate_before." in warning

    def test_a_replacement_that_expires_needs_no_warning(self) -> None:
        result = planned(ENDLESS, rotate_before=DAY, expires_in=9 * DAY, recreate="state_change", **SCOPE)
        assert (result.rotation.reason, result.warnings) == ("exceeds_lifetime", ())

    def test_an_absent_token_needs_no_warning(self) -> None:
        assert planned(ENDLESS, state="absent", rotate_before=DAY).warnings == ()

    @pytest.mark.parametrize("recreate", ["never", "state_change"])
    def test_a_due_rotation_replaces_whatever_recreate_says(self, recreate: str) -> None:
        assert reason_of(LONG, rotate_before=90 * DAY, recreate=recreate) == "expires_soon"
        result = planned(LONG, rotate_before=90 * DAY - SECOND, recreate=recreate, **SCOPE)
        assert (result.steps, result.rotation.due_at) == ((), NOW + SECOND)

    def test_a_due_rotation_takes_a_difference_along(self) -> None:
        """``recreate=never`` refuses a difference, but not when the token is replaced anyway."""
        result = planned(LONG, rotate_before=90 * DAY, scope=("device.get",))
        assert result.rotation.reason == "expires_soon"
        assert isinstance(result.after, ApiToken)
        assert result.after.scope == ("device.get",)

    def test_by_id_a_due_rotation_is_refused(self) -> None:
        error = refusal_of(LONG, token_id=id_of(1), rotate_before=91 * DAY)
        assert "would have to be replaced (expires_soon)" in str(error)
        assert "Declare it by name alone" in str(error)


#: Where a secret can be kept, and what holds there: the secret of the token, or not.
PLACES = ("token_file", "held_token")


def in_place(place: str, holding: Holding | None) -> dict[str, Any]:
    """A context in which a place holds something; None: a file that does not exist."""
    if place == "held_token":
        return {"held": holding or Holding()}
    return {"file": no_file() if holding is None else file_with(holding)}


@pytest.mark.parametrize("place", PLACES)
class TestPlaces:
    """A secret that is not where it should be cannot be read again."""

    @pytest.mark.parametrize(
        "holding",
        [Holding(id_of(1)), Holding(opaque=True, accepted=True)],
        ids=["this token's", "opaque and accepted"],
    )
    @pytest.mark.parametrize("recreate", ["never", "state_change"])
    def test_the_right_secret_needs_nothing(self, place: str, holding: Holding, recreate: str) -> None:
        result = planned(ENDLESS, recreate=recreate, **SCOPE, **in_place(place, holding))
        assert (result.steps, result.rotation.due, result.warnings) == ((), False, ())

    @pytest.mark.parametrize(
        "holding",
        [Holding(id_of(2)), Holding(), Holding(opaque=True)],
        ids=["another token's", "empty", "opaque and refused"],
    )
    def test_a_wrong_secret(self, place: str, holding: Holding) -> None:
        error = refusal_of(ENDLESS, **in_place(place, holding))
        assert error.failure["fields"] == [place]
        assert "Losant does not show a secret again. Nothing was changed." in str(error)
        assert "recreate=state_change" in str(error)
        assert reason_of(ENDLESS, recreate="state_change", **in_place(place, holding)) == place

    def test_what_the_secret_says_counts_more_than_that_losant_accepts_it(self, place: str) -> None:
        error = refusal_of(ENDLESS, **in_place(place, Holding(id_of(2), accepted=True)))
        assert error.failure["fields"] == [place]

    def test_an_inactive_token(self, place: str) -> None:
        """Losant accepts no secret of an inactive token, so an opaque one may be its own."""
        inactive = token(status="inactive", **SCOPE)
        opaque = in_place(place, Holding(opaque=True))
        assert planned(inactive, **SCOPE, **opaque).steps == ()
        # Once it is active, Losant would accept its secret.
        assert refusal_of(inactive, status="active", **opaque).failure["fields"] == [place]
        assert planned(ENDLESS, status="inactive", **SCOPE, **opaque).rotation.due is False
        assert refusal_of(inactive, **in_place(place, Holding())).failure["fields"] == [place]

    def test_by_id_it_cannot_be_replaced(self, place: str) -> None:
        error = refusal_of(ENDLESS, token_id=id_of(1), recreate="state_change", **in_place(place, Holding()))
        assert f"would have to be replaced ({place})" in str(error)

    def test_an_absent_token_has_no_secret_to_keep(self, place: str) -> None:
        assert len(planned(ENDLESS, state="absent", **in_place(place, Holding())).steps) == 1


def test_a_missing_file_is_named_as_missing() -> None:
    assert "token_file /private/token does not exist" in str(refusal_of(ENDLESS, file=no_file()))
    assert "token_file /private/token does not hold the secret" in str(refusal_of(ENDLESS, file=file_with()))


def test_a_wrong_file_is_reported_before_a_wrong_store() -> None:
    wrong: dict[str, Any] = {"file": file_with(), "held": Holding()}
    assert reason_of(ENDLESS, recreate="state_change", **wrong) == "token_file"
    assert refusal_of(ENDLESS, **wrong).failure["fields"] == ["token_file"]


class TestFileOfAnotherToken:
    """A file with the secret of another unexpired token is not overwritten."""

    OTHER = token(2, "other")

    @pytest.mark.parametrize("recreate", ["never", "state_change", "always"])
    @pytest.mark.parametrize("existing", [[], [ENDLESS]], ids=["new", "existing"])
    def test_it_is_refused_and_the_other_token_is_named(self, existing: list[ApiToken], recreate: str) -> None:
        error = refusal_of(self.OTHER, *existing, recreate=recreate, file=file_with(Holding(id_of(2))))
        assert error.failure["ids"] == [id_of(2)]
        assert f"token_file /private/token holds the secret of another token: API token 'other' ({id_of(2)})" in str(
            error
        )
        assert "created 2026-11-23T08:00:00.000Z, active" in str(error)
        assert "Nothing was changed." in str(error)

    @pytest.mark.parametrize("number", [1, 2], ids=["by name", "by id"])
    def test_a_task_by_id_is_refused_likewise(self, number: int) -> None:
        file = file_with(Holding(id_of(3 - number)))
        error = refusal_of(ENDLESS, self.OTHER, name=None, token_id=id_of(number), file=file)
        assert error.failure["ids"] == [id_of(3 - number)]

    def test_an_inactive_token_can_be_activated_again(self) -> None:
        other = token(2, "other", status="inactive")
        assert refusal_of(other, file=file_with(Holding(id_of(2)))).failure["ids"] == [id_of(2)]

    @pytest.mark.parametrize(
        "other",
        [
            token(2, "other", expiration_date=NOW),
            token(2, "x ~superseded:never"),
            token(2, "x ~pending:0123456789abcdef"),
            token(2, "x", expiration_date=NOW - SECOND),
            token(3, "other"),
        ],
        ids=["expired", "superseded", "pending", "expired of the name", "unknown to the application"],
    )
    def test_a_secret_that_nobody_needs_is_overwritten(self, other: ApiToken) -> None:
        assert planned(other, file=file_with(Holding(id_of(2)))).delivers

    def test_the_superseded_token_that_an_id_selects(self) -> None:
        existing = token(1, "x ~superseded:never")
        assert planned(existing, name=None, token_id=id_of(1), file=file_with(Holding(id_of(1)))).steps == ()

    def test_an_absent_token_leaves_the_file_alone(self) -> None:
        file: FileState = file_with(Holding(id_of(2)))
        assert not planned(ENDLESS, self.OTHER, state="absent", file=file).removes_file
