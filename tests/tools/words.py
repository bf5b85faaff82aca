# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keep misspelled words, and the words that this project replaced, out of every file.

``words.txt`` is a dictionary of codespell: ``replaced->better, another,``. codespell looks for its single words, and for
the misspellings that it knows itself. It reads line by line, and knows no phrases: this file looks for those.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DICTIONARY = Path(__file__).with_name("words.txt")
#: Texts of others, and the list of the words themselves.
LEFT_OUT = ("COPYING", "LICENSES/", "tests/tools/words.txt")
#: What codespell takes for a word. Parts of names are words too, as in ``lost_word`` and ``HTTPWord``; an escape is none.
WORD = r"(?<!\\)(?:[A-Z]+(?![a-z])|[A-Z]?[a-z]+(?:'[a-z]+)?)"
#: Names of others that hold a replaced word.
NAMES_OF_OTHERS = r"pytest\.mark\b"  # codespell:ignore mark
#: Names of others that look misspelled, and misspelled names that tests send on purpose.
KNOWN = "nin,wronly,nmae,tiems,hashi"
#: What can be between two words of a phrase: a line break with the indent, the list item or the comment that follows.
GAP = r"(?:[ \t]+|[ \t]*\n[ \t]*(?:#:? ?)?)"


def files_of(root: Path) -> list[str]:
    """List the files that git knows or would add, relative to the root."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    names = sorted(filter(None, listing.stdout.split("\0")))
    return [name for name in names if not name.startswith(LEFT_OUT) and (root / name).is_file()]


def phrases() -> dict[str, str]:
    """Return the entries of the dictionary that are more than a word, each with what to write instead."""
    entries = (line.split("->") for line in DICTIONARY.read_text(encoding="utf-8").splitlines())
    return {phrase: better.strip(" ,") for phrase, better in entries if " " in phrase}


def replaced_phrases(text: str) -> Iterator[tuple[int, str]]:
    """Find the replaced phrases of a text, each with the number of its line, also across a line break."""
    known = phrases()
    alternatives = "|".join(GAP.join(map(re.escape, phrase.split(" "))) for phrase in known)
    for match in re.finditer(rf"\b(?:{alternatives})\b", text, flags=re.IGNORECASE):
        words = re.findall(r"\w+", match[0].lower())
        yield text.count("\n", 0, match.start()) + 1, f"{' '.join(words)} ==> {known[' '.join(words)]}"


def check_words(root: Path, names: list[str]) -> int:
    """Let codespell print the replaced and misspelled words in files and their names; return its exit code."""
    dictionaries = ("--dictionary=-", f"--dictionary={DICTIONARY}")
    words = (f"--regex={WORD}", f"--ignore-regex={NAMES_OF_OTHERS}", f"--ignore-words-list={KNOWN}")
    command = [sys.executable, "-m", "codespell_lib", *dictionaries, *words, "--check-filenames", "--check-hidden"]
    return subprocess.run([*command, *names], cwd=root, check=False).returncode


def check_phrases(root: Path, names: list[str]) -> int:
    """Print the replaced phrases in files; return how many there are."""
    found = 0
    for name in names:
        for line, problem in replaced_phrases((root / name).read_text(encoding="utf-8")):
            print(f"{name}:{line}: {problem}")
            found += 1
    return found


def main(root: Path = ROOT) -> int:
    """Check all files of the repository, and return the exit code."""
    names = files_of(root)
    if not names:
        print(f"git lists no file in {root}.")
        return 1
    found = [check_words(root, names), check_phrases(root, names)]
    return 1 if any(found) else 0


if __name__ == "__main__":
    sys.exit(main())
