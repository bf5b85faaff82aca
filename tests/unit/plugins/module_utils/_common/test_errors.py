# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.losant.platform.plugins.module_utils._common.errors import (
    InternalError,
    InvalidOptionError,
    LosantError,
    TaskInterruptedError,
    as_losant_error,
)


def test_an_error_has_a_kind_and_facts() -> None:
    error = InvalidOptionError("name is empty.", option="name")
    assert isinstance(error, LosantError)
    assert (str(error), error.failure) == ("name is empty.", {"kind": "invalid_option", "option": "name"})
    assert (error.warnings, error.data) == ((), {})


def test_an_error_of_the_collection_is_shown_as_it_is() -> None:
    error = LosantError("Nothing works.")
    assert as_losant_error(error) is error


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(1)], ids=lambda error: type(error).__name__)
def test_an_interruption_is_no_internal_error(error: BaseException) -> None:
    failure = as_losant_error(error)
    assert isinstance(failure, TaskInterruptedError)
    assert failure.failure == {"kind": "interrupted"}


def test_an_unforeseen_exception_is_shown_by_its_place_and_not_by_its_text() -> None:
    """Promise 4: the text of an exception can hold a secret."""

    def fail() -> None:
        raise ValueError("s3cr3t")

    with pytest.raises(ValueError, match="s3cr3t") as caught:
        fail()
    failure = as_losant_error(caught.value)
    assert isinstance(failure, InternalError)
    assert failure.failure == {"kind": "internal_error"}
    assert str(failure).startswith("Internal error of losant.platform: ValueError in fail, line ")
    assert "s3cr3t" not in str(failure)


def test_an_exception_that_was_never_raised_has_no_place() -> None:
    assert "losant.platform: MemoryError. Report it" in str(as_losant_error(MemoryError()))
