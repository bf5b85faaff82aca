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
from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret
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
    unset = dict.fromkeys(["token_id", "description", "status", "scope", "expiration_date", "expires_in"])
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
        token_id=id_of(10),
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
def test_single_options(options: dict[str, Any], declared: Declaration) -> None:
    assert declaration_from({"name": "x", **options}) == declared


@pytest.mark.parametrize(
    "suffix", ["~pending:", "~pending:x", "~superseded:", "~superseded:never", "~superseded:2026Z"]
)
@pytest.mark.parametrize("name", ["", "x ", "x", "x ~pending:a "])
def test_a_name_that_ends_in_a_suffix_is_refused(name: str, suffix: str) -> None:
    error = refusal_of(name=f"{name}{suffix}")
    assert error.failure["option"] == "name"
    assert suffix in str(error)
    assert "Choose another name." in str(error)


@pytest.mark.parametrize("name", ["~pending", "x ~pending:a b", "x ~superseded:never ", "x pending:a", "~Pending:x"])
def test_a_name_without_a_suffix_at_its_end(name: str) -> None:
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
def test_options_about_time_and_retirement(options: dict[str, Any], declared: dict[str, Any]) -> None:
    assert declaration_from({"name": "x", **options}) == Declaration(name="x", **declared)


@pytest.mark.parametrize("window", ["1d", "24h", "2d"])
def test_a_window_that_is_not_shorter_than_the_lifetime(window: str) -> None:
    error = refusal_of(rotate_before=window, expires_in="1d")
    assert error.failure["option"] == "rotate_before"


@pytest.mark.parametrize("option", ["rotate_before", "superseded_after"])
@pytest.mark.parametrize("value", ["", "1", "1y", "-1d", "1.5d", "9" * 50 + "w"])
def test_an_invalid_duration_is_refused(option: str, value: str) -> None:
    assert refusal_of(**{option: value}).failure["option"] == option


@pytest.mark.parametrize("name", ["", "x" * 256, "☃" * 256])
def test_a_name_of_a_wrong_length_is_refused(name: str) -> None:
    error = refusal_of(name=name)
    assert error.failure["option"] == "name"
    assert f"name has {len(name)} characters" in str(error)


@pytest.mark.parametrize("name", ["x", " ", "*", "x" * 255, "☃" * 255, "a\nb", None])
def test_any_other_name_is_accepted(name: str | None) -> None:
    check_name(name)


@pytest.mark.parametrize(
    "value", ["", " ", "x", id_of(1)[1:], id_of(1) + "0", "g" * 24, f" {id_of(1)}", f"{id_of(1)}\n"]
)
def test_an_invalid_id_is_refused(value: str) -> None:
    error = refusal_of(api_token_id=value)
    assert error.failure["option"] == "api_token_id"
    assert f"api_token_id is {value!r}" in str(error)


@given(st.text())
def test_checked_id_accepts_nothing_else(text: str) -> None:
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
def test_a_value_that_cannot_be_meant_is_refused(option: str, value: Any) -> None:
    error = refusal_of(**{option: value})
    assert error.failure == {"kind": "invalid_option", "option": option}
    assert str(error).startswith(f"{option} ")


def test_the_longest_description_is_accepted() -> None:
    assert declaration_from({"name": "x", "description": "x" * 32767}).description == "x" * 32767


class TestHeldToken:
    @pytest.mark.parametrize("value", ["s3cr3t", "  s3cr3t\n"], ids=["plain", "with spaces"])
    def test_it_is_a_secret_without_the_spaces_around_it(self, value: str) -> None:
        assert declaration_from({"name": "x", "held_token": value}).held_token == Secret("s3cr3t")

    @pytest.mark.parametrize("value", ["", " ", "\n"], ids=repr)
    def test_an_empty_one_is_declared_too(self, value: str) -> None:
        """A store that holds nothing does not hold the secret."""
        assert declaration_from({"name": "x", "held_token": value}).held_token == Secret("")

    def test_a_declaration_does_not_show_it(self) -> None:
        """Promise 4."""
        assert "s3cr3t" not in repr(declaration_from({"name": "x", "held_token": "s3cr3t"}))


@given(
    st.fixed_dictionaries(
        {"name": st.none() | st.text(max_size=300)},
        optional={
            "api_token_id": st.none() | st.text(max_size=30),
            "description": st.none() | st.text(),
            "scope": st.none() | st.lists(st.text()),
            "expiration_date": st.none() | st.text(),
            "expires_in": st.none() | st.text(),
            "held_token": st.none() | st.text(),
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
