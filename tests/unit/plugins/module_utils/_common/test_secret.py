# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A secret is never shown by accident."""

from __future__ import annotations

import copy
import json
import pickle
import traceback

import pytest

from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret

VALUE = "s3cr3t"
SECRET = Secret(VALUE)


@pytest.mark.parametrize(
    "shown",
    [
        repr(SECRET),
        str(SECRET),
        f"{SECRET}",
        f"{SECRET!r:>40}",
        f"{SECRET:>40}",
        "%s %r" % (SECRET, SECRET),  # noqa: UP031 # that way, too
        "{!r}".format(SECRET),  # noqa: UP032
        repr([SECRET, (SECRET,), {"token": SECRET}]),
        repr(ValueError(SECRET)),
        json.dumps({"token": SECRET}, default=str),
    ],
)
def test_the_value_is_not_shown(shown: str) -> None:
    """Promise 4."""
    assert VALUE not in shown
    assert "********" in shown


def test_a_traceback_does_not_show_the_value() -> None:
    """Promise 4."""
    with pytest.raises(RuntimeError) as caught:
        raise RuntimeError(SECRET)
    assert VALUE not in "".join(traceback.format_exception(caught.value))


def test_the_value_is_given_on_request_only() -> None:
    assert SECRET.reveal() == VALUE
    assert not hasattr(SECRET, "__dict__")


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, pickle.dumps])
def test_a_secret_is_not_copied_into_other_places(copied: object) -> None:
    with pytest.raises(TypeError, match="cannot be pickled"):
        copied(SECRET)  # type: ignore[operator]


def test_secrets_are_compared_by_value() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a"), Secret("b")}) == 2


@pytest.mark.parametrize("text", ["x", "a.b.c", "!~", "x" * 32768], ids=["letter", "dots", "ends of ASCII", "longest"])
def test_a_sendable_value(text: str) -> None:
    assert Secret(text).is_sendable()


@pytest.mark.parametrize(
    "text",
    ["", " ", "a b", "a\n", "\ta", "é", "a\x00", "\x7f", "x" * 32769],
    ids=["empty", "space", "space inside", "line break", "tab", "not ASCII", "NUL", "DEL", "too long"],
)
def test_a_value_that_cannot_be_sent(text: str) -> None:
    assert not Secret(text).is_sendable()
