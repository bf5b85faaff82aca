# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks of the guides, as they stand there."""

from __future__ import annotations

import textwrap
from pathlib import Path

RST = Path(__file__).resolve().parents[2] / "docs" / "docsite" / "rst"


def playbooks(guide: str) -> list[str]:
    """The code blocks of a guide that are whole playbooks: they begin with three dashes."""
    return [text for text in _blocks(guide) if text.startswith("---\n")]


def inventories(guide: str) -> list[str]:
    """The code blocks of a guide that are whole inventory files: they name a plugin."""
    return [text for text in _blocks(guide) if "\nplugin: " in f"\n{text}"]


def file_of(guide: str, name: str) -> str:
    """The code block of a guide that begins with a comment that names a file."""
    [text] = [text for text in _blocks(guide) if text.startswith(f"# {name}\n")]
    return text


def _blocks(guide: str) -> list[str]:
    """The code blocks of a guide in YAML."""
    blocks = (RST / f"{guide}.rst").read_text(encoding="utf-8").split(".. code-block:: yaml+jinja\n")[1:]
    return list(map(_block, blocks))


def _block(rest: str) -> str:
    """The indented lines at the beginning of a text."""
    lines: list[str] = []
    for line in rest.splitlines():
        if line and not line.startswith(" "):
            break
        lines.append(line)
    return textwrap.dedent("\n".join(lines)).strip() + "\n"
