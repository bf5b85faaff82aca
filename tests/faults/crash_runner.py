# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a module in a process of its own that is killed right before or right after one of its requests.

Reads a JSON object from its input: ``module``, ``options``, ``moment``, ``directory`` for what the module writes for itself, ``collections``,
``index`` of the request, and ``when``.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import requests


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def arm(index: int, when: str) -> None:
    """Let the process be killed at a request, which is counted from 0."""
    send = requests.Session.send
    count = iter(range(index + 1))

    def deadly(session: requests.Session, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        mine = next(count) == index
        if mine and when == "before":
            die()
        response = send(session, request, **options)
        if mine:
            die()
        return response

    requests.Session.send = deadly  # type: ignore[method-assign, assignment]


def main() -> None:
    wanted: dict[str, Any] = json.load(sys.stdin)
    from ansible.plugins.loader import init_plugin_loader

    init_plugin_loader([wanted["collections"]])
    import pytest
    from ansible.module_utils.testing import patch_module_args

    from ansible_collections.losant.platform.tests.support.environment import isolate, set_time
    from ansible_collections.losant.platform.tests.support.running import main_of

    moment = datetime.fromisoformat(wanted["moment"])
    arm(wanted["index"], wanted["when"])
    with pytest.MonkeyPatch.context() as patch, patch_module_args(wanted["options"]):
        isolate(patch, Path(wanted["directory"]))
        set_time(patch, lambda: moment)
        main_of(wanted["module"])()


if __name__ == "__main__":
    main()
