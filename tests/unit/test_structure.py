# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The shape of the code: packages as floors, imports that go downwards only, files and functions of a moderate length."""

from __future__ import annotations

import ast
import functools
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
#: Above all packages: what plugins that run on the controller share. Only plugins import it.
PLUGIN_UTILS = PLUGINS / "plugin_utils"
PLUGIN_UTILS_PREFIX = f"{COLLECTION}plugins.plugin_utils."

#: The packages, and which of them each may import.
FLOORS: dict[str, set[str]] = {
    "_common": set(),
    "_client": {"_common"},
    "_host": {"_common"},
    "_applications": {"_client", "_common"},
    "_devices": {"_client", "_common"},
    "_tokens": {"_host", "_client", "_common"},
    "_module": {"_tokens", "_applications", "_devices", "_host", "_client", "_common"},
}
#: The parts of the domain. The other files of the package are the words that both use, and what leads to both.
PLAN, APPLY = "_tokens/plan/", "_tokens/apply/"
LEADS_TO_PARTS = {"_tokens/service.py", "_tokens/batch.py", "_tokens/work.py"}
#: What a plan must not reach: whatever asks Losant, reads files, the clock or chance.
IMPURE = {APPLY, "_tokens/api.py", "_tokens/service.py", "_host/", "_common/system.py"}
IMPURE_LIBRARIES = {"io", "os", "pathlib", "random", "secrets", "socket", "subprocess", "tempfile", "time"}
#: All that the pure part knows of the client: the error for a token that Losant describes wrongly.
ERRORS_OF_CLIENT = {"_client/errors.py"}
#: What is installed beside Python, and imported in one file that can do without.
LIBRARIES = {"requests", "urllib3"}
HTTP_LIBRARIES = {"aiohttp", "http", "httpx", "socket"}
GUARDED = "_client/imports.py"

#: From a module down to a file that imports no other of the collection.
MAX_LEVELS = 16
#: The same, for packages.
MAX_LEVELS_OF_PACKAGES = 5
MAX_LINES = 400
MAX_FUNCTION_LINES = 45
MAX_MAIN_LINES = 30
MAX_ACTION_LINES = 30
PRIVATE_NOTE = "# PRIVATE to losant.platform: it can change in any release."
#: What a plugin holds for ansible-doc, which does not count.
DOCUMENTATION = {"DOCUMENTATION", "EXAMPLES", "RETURN"}

FILES = sorted(PLUGINS.rglob("*.py"))
UTILS_FILES = sorted(UTILS.rglob("*.py"))
#: Plugins whose main() runs them; the others are classes that Ansible loads.
MODULES = sorted((PLUGINS / "modules").glob("*.py"))
ACTIONS = sorted((PLUGINS / "action").glob("*.py"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def short(path: Path) -> str:
    """The path of a file in module_utils, which begins with its package."""
    return path.relative_to(UTILS).as_posix()


def is_below(path: Path, *places: str) -> bool:
    """Whether a file of module_utils is one of some files, or in one of some directories."""
    return any(short(path) == place or (place.endswith("/") and short(path).startswith(place)) for place in places)


@functools.cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imports_of(path: Path) -> Iterator[str]:
    """The full names of what a file imports, wherever in it."""
    package = ".".join(path.relative_to(ROOT).parent.parts)
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if node.level:
                base = package.split(".")[: len(package.split(".")) - node.level + 1]
                module = COLLECTION + ".".join([*base, *([module] if module else [])])
            yield from (f"{module}.{alias.name}" for alias in node.names)


def libraries_of(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imports_of(path)} - {"__future__"}


def utils_of(path: Path) -> set[Path]:
    """The files of module_utils that a file imports."""
    found = set()
    for name in imports_of(path):
        if name.startswith(UTILS_PREFIX):
            parts = name.removeprefix(UTILS_PREFIX).split(".")
            candidates = [UTILS.joinpath(*parts[:-1]).with_suffix(".py"), UTILS.joinpath(*parts).with_suffix(".py")]
            existing = [candidate for candidate in candidates if candidate.is_file()]
            assert existing, f"{name_of(path)} imports {name}, which does not exist"
            found.add(existing[0])
    return found


DIRECT = {path: utils_of(path) for path in FILES}


def reached_from(*paths: Path) -> set[Path]:
    """The files of module_utils that some files lead to, themselves included."""
    found: set[Path] = set()
    waiting = [*paths]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += DIRECT[path]
    return found


@functools.cache
def level_of(path: Path) -> int:
    return 1 + max((level_of(other) for other in DIRECT[path]), default=0)


def package_of(path: Path) -> str:
    return short(path).partition("/")[0]


def functions_of(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def test_the_packages_are_the_floors() -> None:
    assert sorted(path.name for path in UTILS.iterdir() if path.suffix == ".py" or path.name.startswith("_")) == sorted(
        FLOORS
    )
    assert {package_of(path) for path in UTILS_FILES} == set(FLOORS)
    assert [path for path in UTILS_FILES if is_below(path, PLAN)]
    assert [path for path in UTILS_FILES if is_below(path, APPLY)]


@pytest.mark.parametrize("path", UTILS_FILES, ids=short)
def test_imports_go_downwards_only(path: Path) -> None:
    above = {
        short(other) for other in DIRECT[path] if package_of(other) not in {package_of(path), *FLOORS[package_of(path)]}
    }
    assert above == set()


def test_imports_are_relative_within_a_package_and_absolute_across() -> None:
    for path in UTILS_FILES:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ImportFrom):
                module = (node.module or "").removeprefix(UTILS_PREFIX)
                assert node.level < len(path.relative_to(UTILS).parts), short(path)
                assert node.level or module.split(".")[0] != package_of(path), f"{short(path)} imports {module}"


@pytest.mark.parametrize("path", [path for path in UTILS_FILES if is_below(path, PLAN)], ids=short)
def test_a_plan_is_pure(path: Path) -> None:
    reached = reached_from(path)
    assert {short(other) for other in reached if is_below(other, *IMPURE)} == set()
    assert {short(other) for other in reached if package_of(other) == "_client"} <= ERRORS_OF_CLIENT
    assert (
        set().union(*map(libraries_of, reached)) & {"ansible", *IMPURE_LIBRARIES, *HTTP_LIBRARIES, *LIBRARIES} == set()
    )


def test_a_plan_reads_no_clock_and_no_file() -> None:
    for path in reached_from(*[path for path in UTILS_FILES if is_below(path, PLAN)]):
        called = [node.func for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call)]
        names = {call.attr for call in called if isinstance(call, ast.Attribute)}
        names |= {call.id for call in called if isinstance(call, ast.Name)}
        # The time of a plan is a field of its context, which nobody calls.
        assert not names & {"now", "utcnow", "today", "fromtimestamp", "open"}, short(path)


def test_the_words_of_the_domain_lead_to_neither_of_its_parts() -> None:
    words = [path for path in UTILS_FILES if path.parent == UTILS / "_tokens" and short(path) not in LEADS_TO_PARTS]
    assert words
    assert {short(path) for path in reached_from(*words) if is_below(path, PLAN, APPLY)} == set()


def test_no_imports_go_in_circles() -> None:
    for path in UTILS_FILES:
        assert path not in reached_from(*DIRECT[path]), short(path)


def test_imports_have_few_levels() -> None:
    assert max(map(level_of, FILES)) <= MAX_LEVELS


def test_packages_have_few_levels() -> None:
    def level(package: str) -> int:
        return 1 + max(map(level, FLOORS[package]), default=0)

    assert 1 + max(map(level, FLOORS)) <= MAX_LEVELS_OF_PACKAGES


def test_no_file_of_module_utils_is_unused() -> None:
    plugins = [path for path in FILES if UTILS not in path.parents]
    assert reached_from(*plugins) - {*plugins} == {*UTILS_FILES}


def test_a_task_for_tokens_loads_nothing_of_access_keys() -> None:
    plugins = [path for path in (*MODULES, *ACTIONS) if "api_token" in path.stem]
    assert plugins
    reached = set(map(short, reached_from(*plugins, *PLUGIN_UTILS.glob("*.py")) & {*UTILS_FILES}))
    assert "_tokens/api_token.py" in reached
    assert {name for name in reached if "key" in name} == set()


def test_one_file_imports_the_library_for_http() -> None:
    assert [name_of(path) for path in FILES if libraries_of(path) & LIBRARIES] == [name_of(UTILS / GUARDED)]


def test_only_the_client_knows_http() -> None:
    knowing = [path for path in FILES if libraries_of(path) & (LIBRARIES | HTTP_LIBRARIES)]
    assert [name_of(path) for path in knowing if UTILS / "_client" not in path.parents] == []


def test_the_library_for_http_can_be_missing() -> None:
    guards = [node for node in tree_of(UTILS / GUARDED).body if isinstance(node, ast.Try)]
    guarded = {
        alias.name for guard in guards for node in guard.body if isinstance(node, ast.Import) for alias in node.names
    }
    assert guarded >= LIBRARIES
    assert all(
        isinstance(guard.handlers[0].type, ast.Name) and guard.handlers[0].type.id == "ImportError" for guard in guards
    )


def test_only_what_ansible_sees_imports_ansible() -> None:
    importing = [path for path in UTILS_FILES if "ansible" in libraries_of(path)]
    assert importing
    assert {package_of(path) for path in importing} == {"_module"}


def test_files_import_only_utils_of_the_collection() -> None:
    own = [(path, name) for path in FILES for name in imports_of(path) if name.startswith("ansible_collections.")]
    others = {(name_of(path), name) for path, name in own if not name.startswith((UTILS_PREFIX, PLUGIN_UTILS_PREFIX))}
    assert others == set()


def test_only_plugins_of_the_controller_import_what_they_share() -> None:
    importing = [path for path in FILES if any(name.startswith(PLUGIN_UTILS_PREFIX) for name in imports_of(path))]
    assert importing
    assert {path.parent.name for path in importing} <= {"action", "lookup", "inventory", "plugin_utils"}


def test_modules_run_on_hosts_that_have_no_plugins_of_the_controller() -> None:
    reached = reached_from(*MODULES)
    controllers = {name for path in reached for name in imports_of(path) if name.startswith("ansible.")}
    assert controllers
    assert [name for name in controllers if not name.startswith("ansible.module_utils.")] == []


def test_an_action_plugin_is_a_declaration() -> None:
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in ACTIONS}
    assert lengths
    assert {name: lines for name, lines in lengths.items() if lines > MAX_ACTION_LINES} == {}


def test_main_is_short() -> None:
    lengths = {name_of(path): dict(functions_of(path))["main"] for path in MODULES}
    assert {name: lines for name, lines in lengths.items() if lines > MAX_MAIN_LINES} == {}


def test_no_function_is_long() -> None:
    lengths = {(name_of(path), name): lines for path in FILES for name, lines in functions_of(path)}
    assert {name: lines for name, lines in lengths.items() if lines > MAX_FUNCTION_LINES} == {}


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


def test_no_file_is_long() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) - documentation_lines(path) for path in FILES}
    assert [name_of(path) for path, lines in lengths.items() if lines > MAX_LINES and not is_data(path)] == []


def test_private_files_say_so() -> None:
    saying = [path for path in FILES if PRIVATE_NOTE in path.read_text(encoding="utf-8").splitlines()[:8]]
    assert saying == [path for path in FILES if UTILS in path.parents or path.name.startswith("_")]


def test_packages_are_private_and_their_files_have_plain_names() -> None:
    for path in UTILS_FILES:
        package, *inside = path.relative_to(UTILS).parts
        assert package.startswith("_"), short(path)
        assert not any(part.startswith("_") for part in inside), short(path)


def test_packages_need_no_init_file() -> None:
    """Ansible's loaders for modules and for plugins both find packages without one."""
    assert list(PLUGINS.rglob("__init__.py")) == []


def test_files_run_on_old_pythons() -> None:
    """Annotations are not evaluated, so they can be newer than the Python that runs a module."""
    assert [name_of(path) for path in FILES if "__future__.annotations" not in set(imports_of(path))] == []


def test_the_sandbox_stands_alone() -> None:
    imported = {(name_of(path), name) for path in sorted(SANDBOX.rglob("*.py")) for name in imports_of(path)}
    assert imported
    others = (f"{COLLECTION}plugins.", "ansible.", "plugins.")
    assert [entry for entry in imported if f"{entry[1]}.".startswith(others)] == []


def test_the_guide_for_contributors_places_each_file() -> None:
    rows: dict[str, list[str]] = {}
    for line in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) == 5 and re.fullmatch(r"`_\w+(/\w+)?`", cells[1]):
            rows[cells[1].strip("`")] = re.findall(r"`(\w+)`", cells[3])
    placed = {f"{package}/{name}.py" for package, names in rows.items() for name in names}
    assert placed == set(map(short, UTILS_FILES))
