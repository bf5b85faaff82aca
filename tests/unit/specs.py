# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules of the collection with their argument specs and their documentation."""

from __future__ import annotations

import contextlib
import functools
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn
from unittest import mock

from ansible.plugins.loader import fragment_loader
from ansible.utils.plugin_docs import get_docstring

from ansible_collections.losant.platform.plugins.module_utils._module import runner as _module

ROOT = Path(__file__).resolve().parents[2]
COLLECTION = "losant.platform"
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py"))

#: Modules that only a role of the collection uses.
PARTS_OF_ROLES = {"api_tokens_step"}

Option = dict[str, Any]


class _RecordedError(Exception):
    """Ends a module once its arguments are known."""


@functools.cache
def arguments_of(module: str) -> dict[str, Any]:
    """What a module hands to AnsibleModule."""
    main = importlib.import_module(f"ansible_collections.{COLLECTION}.plugins.modules.{module}").main
    recorded: dict[str, Any] = {}

    def record(**arguments: Any) -> NoReturn:
        recorded.update(arguments)
        raise _RecordedError

    with mock.patch.object(_module, "AnsibleModule", record), contextlib.suppress(_RecordedError):
        main()
    assert recorded, f"{module} does not construct an AnsibleModule"
    return recorded


def spec_of(module: str) -> dict[str, Option]:
    """The options, with those that only plugins of the collection give: they begin with an underscore."""
    return dict(arguments_of(module)["argument_spec"])


@functools.cache
def documents_of(module: str) -> tuple[dict[str, Any], str, dict[str, Any]]:
    """A module's documentation with its fragments, its examples, and what it documents to return."""
    path = ROOT / "plugins" / "modules" / f"{module}.py"
    doc, examples, returned, _metadata = get_docstring(
        str(path), fragment_loader, collection_name=COLLECTION, plugin_type="module"
    )
    return doc, examples, returned


def options_with_paths(
    spec: dict[str, Option], documented: dict[str, Option], path: str = ""
) -> Iterator[tuple[str, Option, Option]]:
    """Each option of a spec or a documentation with both, those within options included; {} where one is missing."""
    for name in sorted({*spec, *documented}):
        option, document = spec.get(name, {}), documented.get(name, {})
        yield f"{path}{name}", option, document
        yield from options_with_paths(option.get("options") or {}, document.get("suboptions") or {}, f"{path}{name}.")
