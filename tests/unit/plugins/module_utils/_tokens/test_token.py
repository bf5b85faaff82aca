# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.losant.platform.plugins.module_utils._client.errors import BadResponseError
from ansible_collections.losant.platform.plugins.module_utils._tokens.api_token import ApiToken
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import NOW, id_of, token

#: The example of the API's documentation.
EXAMPLE: dict[str, Any] = {
    "id": "575ec7417ae143cd83dc4a95",
    "apiTokenId": "575ec7417ae143cd83dc4a95",
    "creatorId": "575ed70c7ae143cd83dc4aa9",
    "creatorType": "user",
    "creatorName": "Ada",
    "ownerId": "575ec8687ae143cd83dc4a97",
    "ownerType": "application",
    "name": "My API ApiToken",
    "description": "For tests",
    "creationDate": "2016-06-13T04:00:00.000Z",
    "lastUpdated": "2016-06-14T04:00:00.000Z",
    "expirationDate": "2017-06-13T04:00:00.000Z",
    "scope": ["all.Application"],
    "status": "active",
    "token": "the_actual_token_string",
}
TEXTS = ("name", "description", "status", "ownerId", "ownerType", "creatorId", "creatorType", "creatorName")
TIMES = ("creationDate", "lastUpdated", "expirationDate")
OPTIONAL = tuple(field for field in (*TEXTS, *TIMES, "scope") if field != "name")


def test_the_example_is_read() -> None:
    assert ApiToken.from_api(EXAMPLE) == ApiToken(
        id="575ec7417ae143cd83dc4a95",
        name="My API ApiToken",
        description="For tests",
        status="active",
        scope=("all.Application",),
        expiration_date=datetime(2017, 6, 13, 4, tzinfo=UTC),
        creation_date=datetime(2016, 6, 13, 4, tzinfo=UTC),
        last_updated=datetime(2016, 6, 14, 4, tzinfo=UTC),
        owner_id="575ec8687ae143cd83dc4a97",
        owner_type="application",
        creator_id="575ed70c7ae143cd83dc4aa9",
        creator_type="user",
        creator_name="Ada",
    )


def test_the_secret_is_not_part_of_a_token() -> None:
    """Promise 4."""
    read = ApiToken.from_api(EXAMPLE)
    assert "the_actual_token_string" not in f"{read!r} {read.comparable()} {vars(read)}"


@pytest.mark.parametrize("field", OPTIONAL)
def test_an_unset_field_is_null_or_absent(field: str) -> None:
    absent = {name: value for name, value in EXAMPLE.items() if name != field}
    assert ApiToken.from_api(absent) == ApiToken.from_api({**EXAMPLE, field: None})


@pytest.mark.parametrize("wrong", [5, 1.5, True, [], ["x"], {}, {"a": 1}])
@pytest.mark.parametrize("field", [*TEXTS, *TIMES])
def test_a_string_of_another_type_is_refused(field: str, wrong: Any) -> None:
    with pytest.raises(BadResponseError, match=f"an API token whose {field} is not"):
        ApiToken.from_api({**EXAMPLE, field: wrong})


@pytest.mark.parametrize("wrong", ["all.Application", 5, True, {}, {"a": "b"}, [5], ["a", None], [["a"]], [{}]])
def test_a_scope_of_another_type_is_refused(wrong: Any) -> None:
    with pytest.raises(BadResponseError, match="an API token whose scope is not a list of strings"):
        ApiToken.from_api({**EXAMPLE, "scope": wrong})


@pytest.mark.parametrize("wrong", ["tomorrow", "2027-01-01", "2027-01-01T00:00:00", "2027-02-30T00:00:00Z"])
@pytest.mark.parametrize("field", TIMES)
def test_an_invalid_time_is_refused(field: str, wrong: str) -> None:
    with pytest.raises(BadResponseError, match=f"an API token whose {field} is not a time with a zone"):
        ApiToken.from_api({**EXAMPLE, field: wrong})


@pytest.mark.parametrize(
    "wrong",
    ["", "x", 5, [], {}, "575ec7417ae143cd83dc4a9", "575ec7417ae143cd83dc4a951", "../../../etc/passwd/../a"],
)
def test_an_invalid_id_is_refused(wrong: Any) -> None:
    with pytest.raises(BadResponseError, match="an API token whose id is not 24 hexadecimal characters"):
        ApiToken.from_api({**EXAMPLE, "id": wrong})


def test_an_id_under_another_name_is_not_one() -> None:
    data = {name: value for name, value in EXAMPLE.items() if name != "id"}
    assert data["apiTokenId"]
    with pytest.raises(BadResponseError, match="whose id is not set"):
        ApiToken.from_api(data)


@pytest.mark.parametrize("data", [{}, {"id": id_of(1)}, {"name": "x"}, {"id": id_of(1), "name": None}])
def test_a_token_needs_an_id_and_a_name(data: dict[str, Any]) -> None:
    with pytest.raises(BadResponseError):
        ApiToken.from_api(data)


def test_a_token_with_an_id_and_a_name_alone() -> None:
    assert ApiToken.from_api({"id": id_of(1), "name": "x"}) == ApiToken(id=id_of(1), name="x", scope=())


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*EXAMPLE]), ANYTHING))
def test_nothing_but_the_promised_exception(changes: dict[str, Any]) -> None:
    with contextlib.suppress(BadResponseError):
        assert ApiToken.from_api({**EXAMPLE, **changes}).comparable()


@pytest.mark.parametrize(
    ("existing", "label"),
    [(token(), f"API token 'x' ({id_of(1)})"), (ApiToken(id="", name="x"), "API token 'x' (new)")],
    ids=["existing", "planned"],
)
def test_messages_name_a_token_by_name_and_id(existing: ApiToken, label: str) -> None:
    assert existing.label == label


@pytest.mark.parametrize(
    ("expires", "expected"),
    [
        (None, False),
        (timedelta(milliseconds=-1), True),
        (timedelta(0), True),
        (timedelta(milliseconds=1), False),
        (timedelta(days=365), False),
    ],
)
def test_a_token_is_expired_from_its_date_on(expires: timedelta | None, expected: bool) -> None:
    """Promise 8."""
    assert token(expiration_date=None if expires is None else NOW + expires).is_expired(NOW) is expected


@pytest.mark.parametrize("status", ["active", "inactive"])
def test_the_status_is_reported_as_it_is(status: str) -> None:
    """Promise 8: an inactive one is reported as inactive."""
    assert ApiToken.from_api({**EXAMPLE, "status": status}).status == status


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"description": None}, {"description": ""}),
        ({"scope": ("a.b", "c.d")}, {"scope": ("c.d", "a.b")}),
        ({"scope": ("a.b", "a.b")}, {"scope": ("a.b",)}),
        (
            {"expiration_date": NOW},
            {"expiration_date": NOW.astimezone(timezone(timedelta(hours=2)))},
        ),
        ({"expiration_date": NOW}, {"expiration_date": NOW + timedelta(microseconds=999)}),
        ({"last_updated": NOW}, {"last_updated": None}),
        ({"creator_name": "Ada"}, {"creator_name": "Bob"}),
    ],
)
def test_values_of_the_same_meaning_are_equal(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert token(1, **one).comparable() == token(2, **other).comparable()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "X"),
        ("description", " "),
        ("status", "inactive"),
        ("scope", ("a.c",)),
        ("scope", ()),
        ("expiration_date", NOW + timedelta(milliseconds=1)),
        ("expiration_date", None),
    ],
)
def test_values_of_another_meaning_differ(field: str, value: Any) -> None:
    one = token(scope=("a.b",), expiration_date=NOW).comparable()
    other = token(**{"name": "x", "scope": ("a.b",), "expiration_date": NOW, field: value}).comparable()
    assert [name for name in one if one[name] != other[name]] == [field]
