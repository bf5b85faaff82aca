# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks a value against a schema and phrases the first error as one of the API's two validators would."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from jsonschema import Draft7Validator, FormatChecker  # type: ignore[import-untyped]
from jsonschema.exceptions import ValidationError  # type: ignore[import-untyped]

from . import schema
from .call import MISSING
from .clock import parse_time
from .response import ApiError
from .scopes import FAMILIES
from .switches import Switches

_SAME_IN_BOTH = {
    "type": "is the wrong type",
    "minLength": "has less length than allowed",
    "maxLength": "has longer length than allowed",
    "maxItems": "has more items than allowed",
    "uniqueItems": "must be unique",
    "pattern": "pattern mismatch",
    "format": "must be date-time format",
    "minimum": "is less than minimum",
    "maximum": "is more than maximum",
}


def check(value: Any, rules: dict[str, Any], name: str, switches: Switches) -> None:
    """Raise the API's 400 if `value`, called `name` in the message, breaks the rules."""
    if value is MISSING or value is None:
        raise refusal(f"{name} is required", switches)
    validator = Draft7Validator(rules, format_checker=_formats(switches.validator))
    errors = sorted(validator.iter_errors(value), key=_depth)
    messages = [message for error in errors for message in _messages(error, name, switches.validator)]
    if messages:
        raise refusal(messages[0], switches, messages)


def check_choice(value: str | None, choices: tuple[str, ...], name: str, switches: Switches) -> None:
    """A query parameter with declared values."""
    if value is not None:
        check(value, {"type": "string", "enum": list(choices)}, name, switches)


def check_token_post(value: Any, families: tuple[str, ...], switches: Switches) -> None:
    if switches.other_scope_families == "accept":
        families = tuple(FAMILIES)
    check(value, schema.token_post(families), "apiToken", switches)


def check_token_patch(value: Any, switches: Switches) -> None:
    check(value, schema.TOKEN_PATCH, "apiToken", switches)


def kept_body(body: dict[str, Any], kind: str, switches: Switches) -> dict[str, Any]:
    """The body with the name, if any, that the server keeps. A name of nothing but spaces has no characters once trimmed."""
    if body.get("name") is None or switches.names == "exact":
        return body
    if switches.names == "normalized":
        return {**body, "name": unicodedata.normalize("NFC", body["name"])}
    name = body["name"].strip()
    if not name:
        raise refusal(f"{kind}.name has less length than allowed", switches)
    return {**body, "name": name}


def refusal(message: str, switches: Switches, messages: list[str] | None = None) -> ApiError:
    more: dict[str, Any] = {}
    if switches.validation_errors_in_body and switches.validator == "new":
        more["validationErrors"] = [{"type": "Validation", "message": text} for text in messages or [message]]
    return ApiError(400, "Validation", message, **more)


@lru_cache(maxsize=2)
def _formats(kind: str) -> FormatChecker:
    def is_time(value: object) -> bool:
        return not isinstance(value, str) or parse_time(value, zone_required=kind == "old") is not None

    formats = FormatChecker(formats=())
    formats.checks("date-time")(is_time)
    return formats


def _depth(error: ValidationError) -> int:
    """A value is checked before its parts, and otherwise in the order of the schema."""
    return len(error.absolute_path)


def _messages(error: ValidationError, name: str, kind: str) -> Iterator[str]:
    path = ".".join([name, *(str(step) for step in error.absolute_path)])
    keyword = str(error.validator)
    if keyword == "required":
        # The value of the keyword lists every name; each missing one has its own error.
        [missing] = [key for key in error.validator_value if error.message.startswith(repr(key))]
        yield f"{path}.{missing} is required"
    elif keyword == "additionalProperties":
        yield from _additional(error, path, kind)
    elif keyword == "enum":
        yield f"{path} {_choices(error.validator_value, kind)}"
    elif keyword == "oneOf":
        yield f"{path} {_alternatives(error.validator_value, kind)}"
    else:
        yield f"{path} {_SAME_IN_BOTH[keyword]}"


def _additional(error: ValidationError, path: str, kind: str) -> Iterator[str]:
    if kind == "old":
        yield f"{path} has additional properties"
        return
    known = error.schema["properties"]
    for key in error.instance:
        if key not in known:
            yield f"{path}.{key} is an additional property"


def _choices(choices: list[str], kind: str) -> str:
    return "must be an enum value" if kind == "old" else f"must be one of: {', '.join(choices)}"


def _alternatives(alternatives: list[dict[str, Any]], kind: str) -> str:
    """The new validator writes out the values of a choice between lists of values; for other choices it cannot."""
    if kind == "new" and all("enum" in alternative for alternative in alternatives):
        return _choices([choice for alternative in alternatives for choice in alternative["enum"]], kind)
    return "no (or more than one) schemas match"
