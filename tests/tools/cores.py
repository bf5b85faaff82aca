# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which ansible-core is tested with which Python, and which of these pairs this machine can run."""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
import sys
from pathlib import Path


@dataclasses.dataclass(frozen=True)
class Core:
    """A series of ansible-core, the controller Pythons it runs on, and what its ansible-test asks for.

    ``pip`` is the version of pip it installs; ``no_sanity`` are its sanity tests that can't run from a package index alone.
    """

    name: str
    requirement: str
    pythons: tuple[str, ...]
    pip: str
    is_prerelease: bool = False
    no_sanity: tuple[str, ...] = ()


CORES = (
    Core("2.19", "ansible-core==2.19.*", ("3.11", "3.12", "3.13"), pip="24.2"),
    Core("2.21", "ansible-core==2.21.*", ("3.12", "3.13", "3.14"), pip="25.2"),
    Core("2.22", "ansible-core==2.22.0rc1", ("3.13", "3.14"), pip="25.2", is_prerelease=True, no_sanity=("pylint",)),
)


@dataclasses.dataclass(frozen=True)
class Plan:
    """The main core, on the Python in use; the other cores, each with a Python found; and why some are left out."""

    main: Core
    others: tuple[tuple[Core, str], ...]
    left_out: tuple[str, ...]


def real_path() -> str:
    """Return PATH without pyenv's shims, and with the Pythons behind them.

    A shim stands for every Python that pyenv has, and then refuses to start those that are not selected.
    """
    directories = [p for p in os.environ.get("PATH", "").split(os.pathsep) if Path(p).name != "shims"]
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    directories += [str(path) for path in sorted(pyenv.glob("versions/3.*/bin"))]
    return os.pathsep.join(directories)


def find_python(version: str) -> str | None:
    """Return the path of a Python of this version that can make virtual environments."""
    path = shutil.which(f"python{version}", path=real_path())
    if path is None:
        return None
    test = subprocess.run([path, "-c", "import ensurepip, venv"], capture_output=True, check=False)
    return path if test.returncode == 0 else None


def make_plan() -> Plan:
    """Choose the newest released core for the running Python, and one Python for each other core."""
    running = f"{sys.version_info.major}.{sys.version_info.minor}"
    fitting = [core for core in CORES if running in core.pythons and not core.is_prerelease]
    if not fitting:
        known = sorted({version for core in CORES for version in core.pythons})
        sys.exit(f"No tested ansible-core runs on Python {running}. Choose another: make PYTHON=python{known[-1]}")
    main = fitting[-1]
    others, left_out = [], []
    for core in CORES:
        if core is main:
            continue
        python = next(filter(None, map(find_python, core.pythons)), None)
        if python:
            others.append((core, python))
        else:
            left_out.append(f"{core.requirement}: no Python {' or '.join(core.pythons)} with venv found")
    return Plan(main, tuple(others), tuple(left_out))
