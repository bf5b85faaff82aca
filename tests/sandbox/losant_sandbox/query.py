# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The advanced device query: a good part of its fields and operators."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from .call import Call
from .schema import ID
from .switches import Switches
from .validation import check, refusal


def _only(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False, **more}


def _operators(value: dict[str, Any], listed: dict[str, Any]) -> dict[str, Any]:
    several = {"type": "array", "maxItems": 100, "items": listed}
    return {**dict.fromkeys(("$eq", "$ne", "$gt", "$lt", "$gte", "$lte"), value), "$in": several, "$nin": several}


def _tag_text() -> dict[str, Any]:
    several = {"type": "array", "maxItems": 100, "items": {"type": "string", "maxLength": 255}}
    lists = [_only({name: several}, required=[name]) for name in ("$in", "$nin")]
    return {"oneOf": [{"type": "string", "maxLength": 255}, {"type": "null"}, *lists]}


_ID_OR_NULL = {"oneOf": [ID, {"type": "null"}]}
_ID_FIELD = {"oneOf": [_ID_OR_NULL, _only(_operators(_ID_OR_NULL, ID), minProperties=1, maxProperties=1)]}
_VALUE: dict[str, Any] = {"type": ["string", "number", "boolean", "null"]}
_PART = {"type": "string", "minLength": 1}
_FIELD = {
    "oneOf": [
        _VALUE,
        _only(
            {
                **_operators(_VALUE, {"type": ["string", "number", "boolean"]}),
                **dict.fromkeys(("$startsWith", "$endsWith", "$contains"), _PART),
                "$ci": {"type": "boolean"},
            }
        ),
    ]
}
_TAG = {
    "oneOf": [
        {"type": "null"},
        _only({"$tagKey": _tag_text(), "$tagValue": _tag_text()}, minProperties=1),
        _only({}, patternProperties={"^[0-9a-zA-Z_-]{1,255}": _tag_text()}),
    ]
}
_TAGS = {"oneOf": [_TAG, *(_only({name: _TAG}, required=[name]) for name in ("$eq", "$ne"))]}
_QUERIES: dict[str, Any] = {"type": "array", "maxItems": 100, "items": {"$ref": "#"}}
_TOGETHER = dict.fromkeys(("$and", "$or", "$nor"), _QUERIES)
# The schema advancedDeviceQuery.
DEVICE_QUERY = _only(
    {
        **_TOGETHER,
        **dict.fromkeys(("id", "gatewayId", "parentId", "ancestorId"), _ID_FIELD),
        **dict.fromkeys(("name", "deviceClass", "attributeName", "connectionStatus"), _FIELD),
        **dict.fromkeys(("creationDate", "lastUpdated", "deletedAt"), _FIELD),
        "tags": _TAGS,
    }
)
# The schema advancedApplicationKeyQuery.
KEY_QUERY = _only(
    {
        **_TOGETHER,
        **dict.fromkeys(("id", "deviceIds"), _ID_FIELD),
        **dict.fromkeys(("creationDate", "lastUpdated", "status", "key", "name", "description"), _FIELD),
        **dict.fromkeys(("filterType", "pubTopics", "subTopics", "addressFilterType", "addresses"), _FIELD),
        "deviceTags": _TAGS,
    }
)

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "$gt": lambda value, wanted: value > wanted,
    "$lt": lambda value, wanted: value < wanted,
    "$gte": lambda value, wanted: value >= wanted,
    "$lte": lambda value, wanted: value <= wanted,
    "$startsWith": lambda value, wanted: value.startswith(wanted),
    "$endsWith": lambda value, wanted: value.endswith(wanted),
    "$contains": lambda value, wanted: wanted in value,
}


def query_of(call: Call, switches: Switches) -> Any:
    """The query that a request holds as JSON."""
    try:
        return json.loads(call.value("query") or "")
    except (ValueError, RecursionError):
        raise refusal("query is the wrong type", switches) from None


def check_query(query: Any, rules: dict[str, Any], switches: Switches) -> None:
    try:
        check(query, rules, "query", switches)
    except RecursionError:
        raise refusal("query is the wrong type", switches) from None


def matches(item: dict[str, Any], query: dict[str, Any]) -> bool:
    return all(_part_matches(item, key, value) for key, value in query.items())


def _part_matches(item: dict[str, Any], key: str, wanted: Any) -> bool:
    if key == "$and":
        return all(matches(item, part) for part in wanted)
    if key == "$or":
        return any(matches(item, part) for part in wanted)
    if key == "$nor":
        return not any(matches(item, part) for part in wanted)
    if key in ("tags", "deviceTags"):
        return _tags_match(item.get(key) or [], wanted)
    return _values_match(_values(item, key), wanted)


def _values(item: dict[str, Any], key: str) -> list[Any]:
    """A field's values; those of a list count one by one, and a missing value is None."""
    if key == "ancestorId":
        return list(item.get("ancestorIds") or [None])
    if key == "attributeName":
        return [attribute["name"] for attribute in item["attributes"]] or [None]
    if key == "connectionStatus":
        return [(item.get("connectionInfo") or {}).get("connected")]
    value = item.get(key)
    return (value or [None]) if isinstance(value, list) else [value]


def _values_match(values: list[Any], wanted: Any) -> bool:
    if not isinstance(wanted, dict):
        return wanted in values
    if wanted.get("$ci"):
        values, wanted = _lower(values), _lower(wanted)
    return all(_operator_matches(values, name, value) for name, value in wanted.items() if name != "$ci")


def _lower(value: Any) -> Any:
    if isinstance(value, str):
        return value.lower()
    if isinstance(value, list):
        return [_lower(item) for item in value]
    if isinstance(value, dict):
        return {key: _lower(item) for key, item in value.items()}
    return value


def _operator_matches(values: list[Any], operator: str, wanted: Any) -> bool:
    if operator == "$eq":
        return wanted in values
    if operator == "$ne":
        return wanted not in values
    if operator == "$in":
        return any(value in wanted for value in values)
    if operator == "$nin":
        return not any(value in wanted for value in values)
    # Only values of one type have an order, and null has none.
    alike = [value for value in values if value is not None and type(value) is type(wanted)]
    return any(_COMPARE[operator](value, wanted) for value in alike)


def _tags_match(tags: list[dict[str, str]], wanted: Any) -> bool:
    """None: no tags. `{"$tagKey", "$tagValue"}`: one tag matches both. `{key: value}`: a tag for each."""
    if wanted is None:
        return not tags
    if "$eq" in wanted:
        return _tags_match(tags, wanted["$eq"])
    if "$ne" in wanted:
        return not _tags_match(tags, wanted["$ne"])
    if "$tagKey" in wanted or "$tagValue" in wanted:
        return any(
            _string_matches(tag["key"], wanted.get("$tagKey"))
            and _string_matches(tag["value"], wanted.get("$tagValue"))
            for tag in tags
        )
    return all(
        any(tag["key"] == key and _string_matches(tag["value"], value) for tag in tags) for key, value in wanted.items()
    )


def _string_matches(text: str, wanted: Any) -> bool:
    if wanted is None:
        return True
    if isinstance(wanted, dict):
        return text in wanted["$in"] if "$in" in wanted else text not in wanted.get("$nin", [])
    return bool(text == wanted)
