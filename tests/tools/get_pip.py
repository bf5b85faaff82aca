# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stand-in for the ``get-pip.py`` that ansible-test downloads, for machines that reach a package index only.

ansible-test starts it as ``get_pip.py [pip options] pip==VERSION ... [--no-setuptools] [--no-wheel]`` in a fresh
virtual environment. It installs just that, from the configured index, with the pip that comes with Python.
It runs on each Python that the sanity tests cover.
"""

from __future__ import annotations

import ensurepip
import glob
import os
import runpy
import sys

# Debian takes the wheels out of ensurepip and keeps them here.
WHEEL_DIRS = (os.path.join(os.path.dirname(ensurepip.__file__), "_bundled"), "/usr/share/python-wheels")
NOT_FOR_PIP = ("--no-setuptools", "--no-wheel")


def bundled_pip() -> str:
    """Return the path of the pip wheel that comes with this Python."""
    for directory in WHEEL_DIRS:
        wheels = glob.glob(os.path.join(directory, "pip-*.whl"))
        if wheels:
            return wheels[0]
    sys.exit(f"No pip wheel found in {' or '.join(WHEEL_DIRS)}: is the package for venv installed?")


if __name__ == "__main__":
    sys.path.insert(0, bundled_pip())
    sys.argv = ["pip", "install", *(arg for arg in sys.argv[1:] if arg not in NOT_FOR_PIP)]
    runpy.run_module("pip", run_name="__main__", alter_sys=True)
