# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lists of the README and of the guides are complete, and what they refer to exists."""

from __future__ import annotations

import re

import pytest
import yaml
from cores import CORES, Core

from ansible_collections.losant.platform.plugins.module_utils._module.connection import VARIABLES
from ansible_collections.losant.platform.tests.unit.specs import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
RST = ROOT / "docs" / "docsite" / "rst"
GUIDES = sorted(path.stem for path in RST.glob("guide_*.rst"))
#: Plugins and roles whose pages antsibull-docs writes, each with a label: their directories, and the kind in the label.
PAGES = {
    "plugins/modules/*.py": "module",
    "plugins/lookup/*.py": "lookup",
    "plugins/inventory/*.py": "inventory",
    "roles/*": "role",
}
LABEL = r"ansible_collections\.losant\.platform\.([\w.]*\w)"


def test_the_readme_lists_every_guide() -> None:
    assert sorted(re.findall(r"docs/docsite/rst/(guide_\w+)\.rst", README)) == GUIDES


def test_the_site_lists_every_guide() -> None:
    extra = yaml.safe_load((RST.parent / "extra-docs.yml").read_text(encoding="utf-8"))
    assert sorted(name for section in extra["sections"] for name in section["toctree"]) == GUIDES


def test_references_lead_to_labels_that_exist() -> None:
    """Sphinx only warns, as it does about labels of Ansible's own documentation."""
    guides = {path: path.read_text(encoding="utf-8") for path in RST.glob("*.rst")}
    documents = [path for place in ("plugins/**/*.py", "roles/**/*.yml") for path in ROOT.glob(place)]
    texts = {**guides, **{path: path.read_text(encoding="utf-8") for path in documents}}
    labels = {f"{path.stem}_{kind}" for place, kind in PAGES.items() for path in ROOT.glob(place)}
    labels.update(label for text in guides.values() for label in re.findall(rf"^\.\. _{LABEL}:$", text, re.MULTILINE))
    references = rf"(?::ref:`|:ref:`[^`]*<|\bref: |\bR\([^)]*,\s*){LABEL}"
    found = [(path.name, label) for path, text in texts.items() for label in re.findall(references, text)]
    assert found
    assert [reference for reference in found if reference[1] not in labels] == []


@pytest.mark.parametrize("core", [core for core in CORES if not core.is_prerelease], ids=lambda core: core.name)
def test_the_readme_lists_every_core_with_its_pythons(core: Core) -> None:

    [row] = [line for line in README.splitlines() if re.match(rf"\| (?:[\d., ]+, )?{re.escape(core.name)} \|", line)]
    assert f"| {core.pythons[0]} to {core.pythons[-1]} |" in row


def test_the_guide_for_authentication_lists_the_variable_of_every_option() -> None:
    text = (RST / "guide_authentication.rst").read_text(encoding="utf-8")
    rows = re.findall(r"\* - :ansenvvar:`(\w+)`\n     - :ansopt:`[\w.]+#module:(\w+)`", text)
    assert sorted(rows) == sorted((variable, option) for option, (variable, _check) in VARIABLES.items())


def test_the_guide_for_contributors_places_each_file() -> None:
    utils = ROOT / "plugins" / "module_utils"
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(_[\w/]+)` \| [^|]+ \| (`\w+`(?:, `\w+`)*) \|$", text, flags=re.MULTILINE)
    placed = [f"{package}/{name}" for package, names in rows for name in re.findall(r"`(\w+)`", names)]
    assert sorted(placed) == sorted(str(path.relative_to(utils).with_suffix("")) for path in utils.rglob("*.py"))


def test_the_guide_for_contributors_names_files_that_exist() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = re.findall(r"(?<!/)_(?:module|tokens|applications|host|client|common)/[\w/]+\.py", text)
    assert named
    assert [name for name in named if not (ROOT / "plugins" / "module_utils" / name).is_file()] == []
