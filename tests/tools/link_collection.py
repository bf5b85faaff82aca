# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Links that let the tools work with a checkout wherever it lies.

Ansible wants a collection in a directory ``ansible_collections/NAMESPACE/NAME``: a link in the cache that leads back to
the checkout gives it one. And ansible-test starts no Python whose path has a space.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COLLECTIONS = ROOT / ".cache" / "collections"


def link_collection() -> Path:
    """Create the link if it does not exist; return the directory for ``ANSIBLE_COLLECTIONS_PATH``."""
    link = COLLECTIONS / "ansible_collections" / "losant" / "platform"
    link.parent.mkdir(parents=True, exist_ok=True)
    # Parallel test processes run this at the same moment: the first one creates the link.
    with contextlib.suppress(FileExistsError):
        link.symlink_to(Path("../../../.."), target_is_directory=True)
    return COLLECTIONS


def path_without_spaces(directory: Path) -> Path:
    """Return the directory, or if its path has a space, a link to it in a temporary directory of this user."""
    if " " not in str(directory):
        return directory
    own = Path(tempfile.gettempdir()) / f"losant-platform-{os.getuid()}"
    own.mkdir(mode=0o700, exist_ok=True)
    info = own.lstat()
    if not stat.S_ISDIR(info.st_mode) or info.st_uid != os.getuid():
        sys.exit(f"{own} is somebody else's: move the checkout to a path without spaces")
    link = own / hashlib.sha256(str(directory).encode()).hexdigest()[:12]
    with contextlib.suppress(FileExistsError):
        link.symlink_to(directory, target_is_directory=True)
    return link


if __name__ == "__main__":
    link_collection()
