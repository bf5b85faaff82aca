# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The shape of the code: three floors, and imports that go downwards only."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = ROOT / "plugins"
UTILS = PLUGINS / "module_utils"
SANDBOX = ROOT / "tests" / "sandbox"
COLLECTION = "ansible_collections.losant.platform."
UTILS_PREFIX = f"{COLLECTION}plugins.module_utils."

#: The lowest floor: HTTP. No Ansible, no domain. Only this floor knows of requests.
CLIENT_FLOOR = {"_client", "_errors", "_failures", "_listing", "_retry", "_version"}
#: Where the domain begins: all that is below it is the domain or the client floor.
DOMAIN_ENTRY = "_tokens"
#: The pure part of the domain: of the client floor it may know the errors.
PURE = {"_plan", "_steps", "_refusals", "_kin", "_heir", "_marks", "_rotation", "_file_state", "_declaration", "_token"}
#: What only writes and reads files of the host: of the client floor it may know the errors.
LOCAL = {"_token_file", "_lock"}
HTTP_LIBRARIES = {"requests", "urllib3", "http", "socket", "httpx", "aiohttp"}
#: Plugins whose main() runs them; the others are classes that Ansible loads.
MODULES = sorted((PLUGINS / "modules").glob("*.py"))
FILES = sorted(PLUGINS.rglob("*.py"))
MAX_LINES = 400
#: What a plugin holds for ansible-doc, which does not count.
DOCUMENTATION = {"DOCUMENTATION", "EXAMPLES", "RETURN"}
MAX_MAIN_LINES = 30
PRIVATE_NOTE = "# PRIVATE to losant.platform: it can change in any release."


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imports_of(path: Path) -> Iterator[str]:
    """The full names of what a file imports, wherever in it."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0 or SANDBOX in path.parents, f"{name_of(path)} has a relative import"
            yield from (f"{node.module}.{alias.name}" if node.module else alias.name for alias in node.names)


def libraries_of(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imports_of(path)}


def utils_of(path: Path) -> set[str]:
    """The files of module_utils that a file imports."""
    names = (name.removeprefix(UTILS_PREFIX) for name in imports_of(path) if name.startswith(UTILS_PREFIX))
    return {name.partition(".")[0] for name in names}


def below(*names: str) -> set[str]:
    """The files of module_utils that these lead to, themselves included."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += utils_of(UTILS / f"{name}.py")
    return found


ALL_UTILS = {path.stem for path in UTILS.glob("*.py")}
DOMAIN_FLOOR = below(DOMAIN_ENTRY) - CLIENT_FLOOR
TOP_FLOOR = ALL_UTILS - CLIENT_FLOOR - DOMAIN_FLOOR


def test_each_floor_has_files() -> None:
    assert ALL_UTILS >= CLIENT_FLOOR
    assert PURE | {"_apply", "_token_file"} <= DOMAIN_FLOOR
    assert {"_module", "_options", "_lock", "_masking", "_api_token"} <= TOP_FLOOR
    assert [path for path in FILES if path.parent == PLUGINS / "action"]


@pytest.mark.parametrize("name", sorted(CLIENT_FLOOR))
def test_the_client_floor_knows_nothing_above_it(name: str) -> None:
    assert utils_of(UTILS / f"{name}.py") <= CLIENT_FLOOR
    assert "ansible" not in libraries_of(UTILS / f"{name}.py")


@pytest.mark.parametrize("name", sorted(DOMAIN_FLOOR))
def test_the_domain_knows_neither_ansible_nor_http(name: str) -> None:
    assert not libraries_of(UTILS / f"{name}.py") & {"ansible", *HTTP_LIBRARIES}
    assert utils_of(UTILS / f"{name}.py") <= DOMAIN_FLOOR | CLIENT_FLOOR


@pytest.mark.parametrize("name", sorted(PURE))
def test_the_pure_part_leads_to_no_client(name: str) -> None:
    assert below(name) & CLIENT_FLOOR == {"_errors"}


@pytest.mark.parametrize("name", sorted(LOCAL))
def test_what_is_local_leads_to_no_client(name: str) -> None:
    assert below(name) - {name} <= {"_errors"}
    assert not libraries_of(UTILS / f"{name}.py") & {"ansible", *HTTP_LIBRARIES}


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_only_the_client_floor_imports_a_library_for_http(path: Path) -> None:
    if path.stem not in CLIENT_FLOOR:
        assert not libraries_of(path) & HTTP_LIBRARIES


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_files_import_of_the_collection_only_module_utils(path: Path) -> None:
    own = {name for name in imports_of(path) if name.startswith("ansible_collections.")}
    assert all(name.startswith(UTILS_PREFIX) for name in own)
    assert utils_of(path) <= ALL_UTILS


def test_no_file_of_module_utils_is_left_over() -> None:
    entries = {name for path in FILES if path.parent != UTILS for name in utils_of(path)}
    assert below(*entries) == ALL_UTILS


def test_no_imports_go_round_in_circles() -> None:
    for name in ALL_UTILS:
        assert name not in below(*utils_of(UTILS / f"{name}.py"))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_main_is_short(path: Path) -> None:
    [main] = [node for node in tree_of(path).body if isinstance(node, ast.FunctionDef) and node.name == "main"]
    assert main.end_lineno is not None
    assert main.end_lineno - main.lineno + 1 <= MAX_MAIN_LINES


def is_data(path: Path) -> bool:
    """Whether a file defines nothing but values: it is as long as the facts are many."""
    return all(isinstance(node, (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign)) for node in tree_of(path).body)


def documentation_lines(path: Path) -> int:
    """The lines of a plugin that are documentation in YAML: as long as the plugin has options and results."""
    return sum(
        (node.end_lineno or node.lineno) - node.lineno + 1
        for node in tree_of(path).body
        if isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id in DOCUMENTATION for target in node.targets)
    )


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_no_file_is_long(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) - documentation_lines(path) <= MAX_LINES or is_data(path)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_private_files_say_so(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert (PRIVATE_NOTE in lines[:8]) == path.name.startswith("_")


@pytest.mark.parametrize("path", sorted(UTILS.rglob("*.py")), ids=name_of)
def test_module_utils_are_private(path: Path) -> None:
    assert path.name.startswith("_")


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_files_run_on_old_pythons(path: Path) -> None:
    """Annotations are not evaluated, so that they may be newer than the Python that runs a module."""
    assert "__future__.annotations" in set(imports_of(path))


@pytest.mark.parametrize("path", sorted(SANDBOX.rglob("*.py")), ids=name_of)
def test_the_sandbox_stands_alone(path: Path) -> None:
    assert not libraries_of(path) & {"ansible", "ansible_collections", "plugins"}


def test_the_guide_for_contributors_places_each_file() -> None:
    table = [line for line in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").splitlines() if "| " in line]
    placed = re.findall(r"`(_\w+)`", " ".join(table))
    assert sorted(placed) == sorted(path.stem for path in UTILS.glob("_*.py") if path.stem != "__init__")
