from __future__ import annotations

import typing as t


def devices_named(api: t.Any, names: t.Any) -> t.Any:
    raise NotImplementedError


def devices_with_ids(api: t.Any, ids: t.Any) -> t.Any:
    raise NotImplementedError


def only_one(name: str, found: t.Any, option: str) -> t.Any:
    raise NotImplementedError
