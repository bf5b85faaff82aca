# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError
from ansible_collections.losant.platform.plugins.module_utils._tokens.declaration import (
    Declaration,
    check_name,
    checked_id,
    declaration_from,
)
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import id_of


def refusal_of(**options: Any) -> InvalidOptionError:
    with pytest.raises(InvalidOptionError) as caught:
        declaration_from({"name": "x", **options})
    return caught.value


def test_what_is_not_mentioned_is_not_declared() -> None:
    """Promise 10."""
    assert declaration_from({"name": "x"}) == Declaration(name="x")
    unset = dict.fromkeys(["api_token_id", "description", "status", "scope", "expiration_date", "expires_in"])
    assert declaration_from({"name": "x", **unset}) == Declaration(name="x")


def test_everything_that_is_mentioned_is_declared() -> None:
    declared = declaration_from(
        {
            "name": "x",
            "api_token_id": id_of(10).upper(),
            "state": "present",
            "description": "d",
            "status": "inactive",
            "scope": ["b.get", "a.get", "b.get"],
            "expiration_date": "2027-06-30T12:00:00+02:00",
            "recreate": "always",
            "allow_self_revoke": True,
        }
    )
    assert declared == Declaration(
        name="x",
        api_token_id=id_of(10),
        description="d",
        status="inactive",
        scope=("b.get", "a.get"),
        expiration_date=datetime(2027, 6, 30, 10, tzinfo=UTC),
        recreate="always",
        allow_self_revoke=True,
    )


@pytest.mark.parametrize(
    ("options", "declared"),
    [
        ({"description": ""}, Declaration(name="x", description="")),
        ({"expiration_date": ""}, Declaration(name="x", never_expires=True)),
        ({"expires_in": "1d12h"}, Declaration(name="x", expires_in=timedelta(hours=36))),
        ({"state": "absent"}, Declaration(name="x", state="absent")),
    ],
)
def test_a_value_that_is_empty_or_short(options: dict[str, Any], declared: Declaration) -> None:
    assert declaration_from({"name": "x", **options}) == declared


@pytest.mark.parametrize("options", [{"expiration_date": ""}, {"expiration_date": "2027-01-01T00:00:00Z"}])
def test_two_ways_to_declare_a_life_exclude_each_other(options: dict[str, Any]) -> None:
    assert refusal_of(**options, expires_in="1s").failure["option"] == "expires_in"


@pytest.mark.parametrize("mark", ["~pending:", "~pending:x", "~superseded:", "~superseded:never", "~superseded:2026Z"])
@pytest.mark.parametrize("name", ["", "x ", "x", "x ~pending:a "])
def test_a_name_that_ends_in_a_mark(name: str, mark: str) -> None:
    error = refusal_of(name=f"{name}{mark}")
    assert error.failure["option"] == "name"
    assert mark in str(error)


@pytest.mark.parametrize("name", ["~pending", "x ~pending:a b", "x ~superseded:never ", "x pending:a", "~Pending:x"])
def test_a_name_that_holds_no_mark_at_its_end(name: str) -> None:
    assert declaration_from({"name": name}).name == name


@pytest.mark.parametrize(
    ("options", "declared"),
    [
        ({"rotate_before": "14d"}, {"rotate_before": timedelta(days=14)}),
        ({"rotate_before": "14d", "expires_in": "90d"}, {"rotate_before": timedelta(14), "expires_in": timedelta(90)}),
        ({"rotate_before": "0s", "expires_in": "1s"}, {"rotate_before": timedelta(0), "expires_in": timedelta(0, 1)}),
        ({"superseded": "keep"}, {"superseded": "keep"}),
        ({"superseded_after": "1d12h"}, {"superseded_after": timedelta(hours=36)}),
        ({"superseded_after": None}, {}),
        ({"superseded": None, "verify": None, "rotate_before": None}, {}),
        ({"verify": True}, {"verify": True}),
    ],
)
def test_what_becomes_of_a_token_in_time(options: dict[str, Any], declared: dict[str, Any]) -> None:
    assert declaration_from({"name": "x", **options}) == Declaration(name="x", **declared)


@pytest.mark.parametrize("window", ["1d", "24h", "2d"])
def test_a_window_that_is_no_shorter_than_the_life(window: str) -> None:
    error = refusal_of(rotate_before=window, expires_in="1d")
    assert error.failure["option"] == "rotate_before"


@pytest.mark.parametrize("option", ["rotate_before", "superseded_after"])
@pytest.mark.parametrize("value", ["", "1", "1y", "-1d", "1.5d", "9" * 50 + "w"])
def test_a_duration_that_is_none(option: str, value: str) -> None:
    assert refusal_of(**{option: value}).failure["option"] == option


def test_an_id_selects_before_a_name() -> None:
    assert Declaration(name="x", api_token_id=id_of(1)).selector == id_of(1)
    assert Declaration(name="x").selector == "x"


@pytest.mark.parametrize("options", [{}, {"name": None}, {"name": None, "api_token_id": None}])
def test_a_selector_is_needed(options: dict[str, Any]) -> None:
    with pytest.raises(InvalidOptionError, match="One of name and api_token_id is needed"):
        declaration_from(options)


@pytest.mark.parametrize("name", ["", "x" * 256, "☃" * 256])
def test_a_name_of_a_wrong_length(name: str) -> None:
    error = refusal_of(name=name)
    assert error.failure["option"] == "name"
    assert f"name has {len(name)} characters" in str(error)


@pytest.mark.parametrize("name", ["x", " ", "*", "x" * 255, "☃" * 255, "a\nb", None])
def test_any_other_name_is_taken(name: str | None) -> None:
    check_name(name)


@pytest.mark.parametrize(
    "value", ["", " ", "x", id_of(1)[1:], id_of(1) + "0", "g" * 24, f" {id_of(1)}", f"{id_of(1)}\n"]
)
def test_an_id_that_is_none(value: str) -> None:
    error = refusal_of(api_token_id=value)
    assert error.failure["option"] == "api_token_id"
    assert f"api_token_id is {value!r}" in str(error)


@given(st.text())
def test_checked_id_never_lets_anything_else_through(text: str) -> None:
    try:
        value = checked_id("x", text)
    except InvalidOptionError:
        return
    assert len(value) == 24
    assert set(value) <= set("0123456789abcdef")


@given(st.from_regex(r"[0-9a-fA-F]{24}", fullmatch=True))
def test_an_id_is_in_lower_case(text: str) -> None:
    assert checked_id("x", text) == text.lower()


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("description", "x" * 32768),
        ("scope", []),
        ("scope", [""]),
        ("scope", ["a b"]),
        ("scope", ["a.get\n"]),
        ("scope", ["a.get", "ä.get"]),
        ("scope", ["a.get,b.get\x00"]),
        ("scope", ["x" * 1025]),
        ("expiration_date", "tomorrow"),
        ("expiration_date", "2027-06-30"),
        ("expiration_date", "2027-06-30T12:00:00"),
        ("expiration_date", "2027-02-30T12:00:00Z"),
        ("expiration_date", " "),
        ("expires_in", ""),
        ("expires_in", "0s"),
        ("expires_in", "0d0h"),
        ("expires_in", "-1d"),
        ("expires_in", "1 day"),
        ("expires_in", "9" * 5000 + "d"),
    ],
)
def test_a_value_that_can_not_be_meant(option: str, value: Any) -> None:
    error = refusal_of(**{option: value})
    assert error.failure == {"kind": "invalid_option", "option": option}
    assert str(error).startswith(f"{option} ")


@pytest.mark.parametrize("date", ["", "2027-01-01T00:00:00Z"])
def test_a_date_and_a_duration_exclude_each_other(date: str) -> None:
    assert "exclude each other" in str(refusal_of(expiration_date=date, expires_in="1d"))


def test_the_longest_description_is_taken() -> None:
    assert declaration_from({"name": "x", "description": "x" * 32767}).description == "x" * 32767


@given(
    st.fixed_dictionaries(
        {"name": st.none() | st.text(max_size=300)},
        optional={
            "api_token_id": st.none() | st.text(max_size=30),
            "description": st.none() | st.text(),
            "scope": st.none() | st.lists(st.text()),
            "expiration_date": st.none() | st.text(),
            "expires_in": st.none() | st.text(),
        },
    )
)
def test_nothing_but_the_promised_exception(options: dict[str, Any]) -> None:
    try:
        declared = declaration_from(options)
    except InvalidOptionError as caught:
        refusal = caught
    else:
        assert (declared.name, declared.description) == (options["name"], options.get("description"))
        return
    assert refusal.failure["option"] in options
