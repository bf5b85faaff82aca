# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What nobody has published about the API: each unknown is a switch, with the likely behaviour as its default."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from types import NoneType, UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints


@dataclass
class Switches:
    # How a response shows description and expirationDate when they are not set.
    unset_fields: Literal["absent", "null"] = "absent"
    # Whether entities and lists carry these keys.
    envelope_type: bool = True
    envelope_links: bool = True
    envelope_etag: bool = False
    # Whether responses carry the header Date; a gateway can remove it.
    date_header: Literal["present", "absent"] = "present"
    # Whether lists show totalCount, perPage and page (items and count are always shown).
    list_totals: bool = True
    # The largest perPage; more is capped silently. None: no maximum.
    per_page_max: int | None = None
    # What a page or perPage that is not a valid number does: stand for the default, or a 400.
    invalid_paging: Literal["default", "error"] = "default"
    # Whether a filter without `*` must match the whole value or a part of it.
    glob_match: Literal["exact", "partial"] = "exact"
    glob_case_sensitive: bool = True
    # Whether only `*` is special in a filter, or `?` and `[...]` too.
    glob_characters: Literal["star", "extended"] = "star"
    # An empty `filterField=`: the declared values do not list it.
    empty_filter_field: Literal["error", "ignore"] = "error"
    # Collation of names: by character code, or without regard to case.
    sort_case_sensitive: bool = True
    # Order among equal sort keys: creation order, or reversed on every odd page (so that pages overlap).
    tie_order: Literal["stable", "shuffled"] = "stable"
    # Whether several tags of tagFilter must all match, or any.
    tag_filter: Literal["and", "or"] = "and"
    # How a composite state shows an attribute of the device that has no value.
    empty_attributes: Literal["absent", "null"] = "absent"
    # The response to a token that is inactive or deleted.
    inactive_token_status: Literal[401, 403] = 401
    deleted_token_status: Literal[401, 403] = 401
    # `<title> was not found` for a token, and for an access key.
    token_not_found_title: str = "API Token"
    key_not_found_title: str = "Application Key"
    # An application that does not exist, or is not the one the caller belongs to.
    unknown_application_status: Literal[404, 403] = 404
    foreign_application_status: Literal[404, 403] = 404
    # An instance that does not exist, or that a token of another one asks for.
    unknown_instance_status: Literal[404, 403] = 404
    # The most API tokens an application can have (None: no limit), and the error beyond that.
    token_limit: int | None = None
    token_limit_status: int = 400
    token_limit_type: str = "Validation"
    token_limit_message: str = "API token limit has been reached"
    # What `scope: []` grants: nothing, or the default.
    empty_scope: Literal["keep", "default"] = "keep"
    # What a token without a scope gets if it is not an application's: all that its owner can do, or as an application's.
    default_scope: Literal["owner", "all.Application"] = "owner"
    # Scopes of the organization, instance and user families on an application token.
    other_scope_families: Literal["reject", "accept"] = "reject"
    # An expirationDate that has passed when the token is created.
    past_expiration: Literal["accept", "reject"] = "accept"
    # Whether PATCH with `{}` moves lastUpdated.
    empty_patch_touches: bool = True
    # Whether a token can delete or patch itself; "forbid" responds 403.
    self_delete: Literal["allow", "forbid"] = "allow"
    self_patch: Literal["allow", "forbid"] = "allow"
    # Whether a token can grant scopes that it lacks; "forbid" responds 403.
    escalation: Literal["allow", "forbid"] = "allow"
    # Whether the names of an application's tokens must differ.
    unique_names: bool = False
    # The same for its access keys.
    unique_key_names: bool = False
    # What the server does to the name of a token, a device or an access key before it keeps it: nothing, no spaces
    # around it, or Unicode's form NFC.
    names: Literal["exact", "trimmed", "normalized"] = "exact"
    # Whether a filter of topics, or of addresses, that lists none is a 400.
    topics_required: bool = True
    addresses_required: bool = False
    # Whether an access key can be created for devices that the application does not have.
    key_devices: Literal["any", "own"] = "any"
    # Whether a device needs one of the tags that an access key is restricted to, or all of them.
    key_tags: Literal["or", "and"] = "or"
    # Whether an access key shows the filters and lists that nobody set (as unset_fields says), or what they stand for:
    # no filter, empty lists.
    key_defaults: Literal["unset", "shown"] = "unset"
    # Whether a device's class can be changed to or from "system"; "forbid" responds 400.
    system_class: Literal["forbid", "allow"] = "forbid"
    # Whether a gateway or a parent must be a device of the application.
    device_relations: Literal["any", "own"] = "own"
    # The form of secrets.
    token_format: Literal["jwt", "opaque"] = "jwt"
    # Whose messages validation errors have; "new" also takes a date-time without a zone.
    validator: Literal["old", "new"] = "old"
    # Whether validation errors carry the list `validationErrors` (the new validator has one).
    validation_errors_in_body: bool = False

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def set(self, values: dict[str, Any]) -> None:
        """Set the switches given; all or none. Raises ValueError for an unknown name or value."""
        kinds = get_type_hints(type(self))
        names = {field.name for field in fields(self)}
        for name, value in values.items():
            if name not in names:
                raise ValueError(f"switch {name!r} does not exist")
            if not _is_allowed(value, kinds[name]):
                raise ValueError(f"switch {name!r} cannot be {value!r}")
        for name, value in values.items():
            setattr(self, name, value)


def _is_allowed(value: Any, kind: Any) -> bool:
    if get_origin(kind) is Literal:
        return any(repr(value) == repr(choice) for choice in get_args(kind))
    if get_origin(kind) is UnionType:
        return any(_is_allowed(value, part) for part in get_args(kind))
    if kind is NoneType:
        return value is None
    # A truth value is an int to Python, and none here.
    return isinstance(value, kind) and isinstance(value, bool) == (kind is bool)
