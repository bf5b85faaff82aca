# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import pytest

from ansible_collections.losant.platform.plugins.module_utils._common.errors import LosantError
from ansible_collections.losant.platform.plugins.module_utils._tokens.apply.rollback import (
    Compensation,
    Order,
    Rollback,
    UnfinishedError,
)

FAILURE = LosantError("The step failed.", option="name")


class Recorder:
    """Compensations that note what was carried out."""

    def __init__(self, *orders: Order) -> None:
        self.carried_out: list[Order] = []
        self.rollback = Rollback()
        for order in orders:
            self.rollback.add(self.compensation(order))

    def compensation(self, order: Order, error: BaseException | None = None) -> Compensation:
        def carry_out() -> None:
            self.carried_out.append(order)
            if error is not None:
                raise error

        return Compensation(order, carry_out, f"{order.name} restored.", f"{order.name} remains.")


def test_without_compensations_the_error_stays_as_it_is() -> None:
    assert Rollback().after(FAILURE) is FAILURE


@pytest.mark.parametrize("orders", [[*Order], [*reversed(Order)]], ids=["in order", "reversed"])
def test_compensations_are_carried_out_in_the_declared_order(orders: list[Order]) -> None:
    """The file first, while both tokens are valid; the old name last, when it is free."""
    recorder = Recorder(*orders)
    error = recorder.rollback.after(FAILURE)
    assert recorder.carried_out == [Order.TOKEN_FILE, Order.NEW_TOKEN, Order.OLD_NAME]
    assert str(error) == "The step failed. TOKEN_FILE restored. NEW_TOKEN restored. OLD_NAME restored."
    assert error.failure == {"kind": "unfinished", "option": "name", "left": []}


@pytest.mark.parametrize(
    "error",
    [LosantError("Refused."), MemoryError(), OSError("No space."), KeyboardInterrupt()],
    ids=lambda error: type(error).__name__,
)
def test_one_that_fails_does_not_stop_the_others(error: BaseException) -> None:
    """Promise 5: whatever the exception."""
    recorder = Recorder(*Order)
    recorder.rollback.add(recorder.compensation(Order.TOKEN_FILE, error))
    failure = recorder.rollback.after(FAILURE)
    assert recorder.carried_out == [*Order]
    assert failure.failure["left"] == ["TOKEN_FILE remains."]
    assert "TOKEN_FILE remains. (" in str(failure)
    assert str(failure).endswith(" NEW_TOKEN restored. OLD_NAME restored.")


def change_and_roll_back(change: Callable[[Rollback], Any]) -> list[Order]:
    recorder = Recorder(*Order)
    change(recorder.rollback)
    recorder.rollback.after(FAILURE)
    return recorder.carried_out


def test_a_kind_of_compensation_can_be_dropped() -> None:
    assert change_and_roll_back(lambda rollback: rollback.drop(Order.OLD_NAME)) == [
        Order.TOKEN_FILE,
        Order.NEW_TOKEN,
    ]
    rollback = Rollback()
    rollback.drop(Order.OLD_NAME)
    assert rollback.after(FAILURE) is FAILURE


def test_all_of_them_can_be_dropped() -> None:
    assert change_and_roll_back(Rollback.clear) == []


def test_of_each_kind_the_last_one_counts() -> None:
    def fail() -> NoReturn:
        raise AssertionError

    rollback = Rollback()
    rollback.add(Compensation(Order.NEW_TOKEN, fail, "", ""))
    rollback.add(Compensation(Order.NEW_TOKEN, lambda: None, "The last one.", ""))
    assert str(rollback.after(FAILURE)) == "The step failed. The last one."


def test_what_was_rolled_back_is_not_rolled_back_again() -> None:
    recorder = Recorder(Order.NEW_TOKEN)
    recorder.rollback.after(FAILURE)
    assert recorder.rollback.after(FAILURE) is FAILURE
    assert recorder.carried_out == [Order.NEW_TOKEN]


def test_an_unfinished_task_has_the_facts_and_warnings_of_its_cause() -> None:
    cause = LosantError("Refused.", status=403)
    cause.warnings = ("Beware.",)
    error = UnfinishedError("Left.", cause, left=["x"])
    assert error.failure == {"kind": "unfinished", "status": 403, "left": ["x"]}
    assert error.warnings == ("Beware.",)
    assert UnfinishedError("Left.").warnings == ()
