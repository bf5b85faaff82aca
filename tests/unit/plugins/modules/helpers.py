# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of modules ask of the sandbox and of results."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any, NoReturn

from ansible_collections.losant.platform.tests.support.tokens import PENDING

if TYPE_CHECKING:
    import pytest

    from ansible_collections.losant.platform.tests.support.running import Result
    from losant_sandbox.client import Json, Sandbox

#: An id that no token of the sandbox has.
UNKNOWN_ID = "575ec7417ae143cd83dc4aff"

#: What only the server can know of a token that is yet to be made.
_SERVER_MADE = (
    "id",
    "api_token_id",
    "creation_date",
    "last_updated",
    "creator_id",
    "creator_type",
    "creator_name",
)


def methods(sandbox: Sandbox) -> list[str]:
    """The methods of the requests seen, in order."""
    return [request["method"] for request in sandbox.requests()]


def writes(sandbox: Sandbox) -> list[tuple[str, str]]:
    """The writes seen, in order, with the end of their paths: an id, or ``tokens``."""
    return [(request["method"], request["path"].rsplit("/", 1)[1]) for request in sandbox.requests(writes=True)]


def bodies(sandbox: Sandbox, method: str) -> list[Any]:
    """What was sent with the requests of a method."""
    return [request["body"] for request in sandbox.requests() if request["method"] == method]


def born(sandbox: Sandbox) -> list[str]:
    """The ids of the tokens that were ever usable, from the oldest to the youngest."""
    usable = [change["usable"].get(sandbox.application_id, []) for change in sandbox.history()]
    return sorted({token["id"] for tokens in usable for token in tokens})


def counts(sandbox: Sandbox) -> list[int]:
    """How many usable tokens there were after each change."""
    return [len(change["usable"][sandbox.application_id]) for change in sandbox.history()]


def named(sandbox: Sandbox) -> dict[str, str]:
    """The names and statuses of all tokens."""
    return {token["name"]: token["status"] for token in sandbox.tokens()}


def posted(sandbox: Sandbox) -> list[Any]:
    """What was sent to make tokens, under the names that they got in the end."""
    return [{**body, "name": PENDING.sub("", body["name"])} for body in bodies(sandbox, "POST")]


def queries(sandbox: Sandbox, *names: str) -> list[dict[str, str]]:
    """The query parameters of these names in the requests seen."""
    return [{k: v for k, v in request["query"].items() if k in names} for request in sandbox.requests()]


def the_token(sandbox: Sandbox) -> Json:
    """The only token there is."""
    (token,) = sandbox.tokens()
    return token


def shown(token: Json) -> Json:
    """A token that was seeded as Losant shows it: without its secret."""
    return {key: value for key, value in token.items() if key != "token"}


def ids(tokens: list[Json]) -> list[str]:
    return [token["id"] for token in tokens]


def text_of(result: Result) -> str:
    """All that a task printed."""
    return json.dumps(result, ensure_ascii=False)


def without_token(result: Result) -> str:
    """All that a task printed but ``token``."""
    return text_of({key: value for key, value in result.items() if key != "token"})


def predictable(result: Result, *, made: bool) -> Result:
    """A result without what only the server can know; ``made`` says that the task created a token."""
    hidden = _SERVER_MADE if made else ("last_updated",)
    token = result["api_token"]
    return {
        **{key: value for key, value in result.items() if key != "token"},
        "api_token": token and {key: value for key, value in token.items() if key not in hidden},
        "warnings": [re.sub(r"\((?:new|[0-9a-f]{24})\)", "(id)", warning) for warning in result["warnings"]],
    }


def break_call(monkeypatch: pytest.MonkeyPatch, place: Any, call: str, code: int) -> None:
    """Let a call of the operating system fail."""

    def broken(*_arguments: Any, **_more: Any) -> NoReturn:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(place, call, broken)


#: What nobody has published about lists, names and errors, whatever they are about: values that are not the default. Without
#: totals, a short page is taken for the last one: then a server must not cap pages below the size that is asked for.
SPARSE: dict[str, Any] = {
    "unset_fields": "null",
    "envelope_type": False,
    "envelope_links": False,
    "list_totals": False,
    "per_page_max": 100,
    "invalid_paging": "error",
    "empty_patch_touches": False,
    "names": "trimmed",
}
GENEROUS: dict[str, Any] = {
    "envelope_etag": True,
    "per_page_max": 1000,
    "glob_match": "partial",
    "glob_case_sensitive": False,
    "glob_characters": "extended",
    "empty_filter_field": "ignore",
    "validator": "new",
    "validation_errors_in_body": True,
    "names": "normalized",
}
UNSORTED: dict[str, Any] = {"sort_case_sensitive": False, "tie_order": "shuffled", "per_page_max": 2}
