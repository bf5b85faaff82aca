# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The check of words finds each word and phrase of its dictionary, and lets clean files pass.

No replaced word is written here: they come from the dictionary, as this file is checked too.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import words

ENTRIES = [line.split("->")[0] for line in words.DICTIONARY.read_text(encoding="utf-8").splitlines()]
PHRASES = list(words.phrases())
#: A replaced word of one syllable, as a part of names.
WORD = next(entry for entry in ENTRIES if " " not in entry)


def repository(directory: Path, **files: str) -> Path:
    """Create a git repository with files that are not committed yet."""
    subprocess.run(["git", "init", "--quiet"], cwd=directory, check=True)  # noqa: S607 - any git will do
    for name, text in files.items():
        (directory / f"{name}.py").write_text(text, encoding="utf-8")
    return directory


def test_clean_files_pass(tmp_path: Path) -> None:
    assert words.main(repository(tmp_path, tokens='"""Create a token."""\n\npytest.mark\nprint("\\new")\n')) == 0


def test_each_replaced_word_and_phrase_is_found(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert words.main(repository(tmp_path, replaced="\n".join(ENTRIES))) == 1
    printed = capfd.readouterr().out
    assert [entry for entry in ENTRIES if f": {entry} ==> " not in printed] == []


@pytest.mark.parametrize("name", [f"find_{WORD}_of", f"{WORD.title()}Token", f"API{WORD.title()}", WORD.upper()])
def test_a_part_of_a_name_is_found(tmp_path: Path, name: str) -> None:
    assert words.main(repository(tmp_path, tokens=f"def {name}(): ...\n")) == 1


def test_the_name_of_a_file_is_found(tmp_path: Path) -> None:
    assert words.main(repository(tmp_path, **{f"test_{WORD}": ""})) == 1


def test_a_misspelling_is_found(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    misspelled = "recei" + "eve"
    assert words.main(repository(tmp_path, tokens=f"# {misspelled}\n")) == 1
    assert f"{misspelled} ==> receive" in capfd.readouterr().out


@pytest.mark.parametrize("gap", ["\n", "\n    ", "\n# ", "  \n    #: ", "\t"])
def test_a_phrase_is_found_across_lines(gap: str) -> None:
    first, *rest = PHRASES[0].split(" ")
    text = f"A line.\n# {first.title()}{gap}{' '.join(rest)}.\n"
    assert list(words.replaced_phrases(text)) == [(2, f"{PHRASES[0]} ==> {words.phrases()[PHRASES[0]]}")]


def test_a_phrase_is_whole_words() -> None:
    assert list(words.replaced_phrases(f"pre{PHRASES[0]} {PHRASES[0]}ed\n")) == []


def test_a_place_without_files_fails(tmp_path: Path) -> None:
    assert words.main(repository(tmp_path)) == 1
