# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What scenarios do when nothing goes wrong is what is recorded."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.losant.platform.tests.faults import comparing
from ansible_collections.losant.platform.tests.faults.cells import undisturbed_key
from ansible_collections.losant.platform.tests.faults.observation import look
from ansible_collections.losant.platform.tests.faults.playing import play
from ansible_collections.losant.platform.tests.faults.scenarios import prepare
from ansible_collections.losant.platform.tests.support.times import START

if TYPE_CHECKING:
    from collections.abc import Callable

    from ansible_collections.losant.platform.tests.faults.recording import Recording
    from losant_sandbox.client import Sandbox


def test_it_is_as_recorded(
    running_sandbox: Sandbox, tmp_path: Path, recording: Recording, record_property: Callable[[str, Any], None]
) -> None:
    scenario, mode = recording.scenario, recording.mode
    prepared = prepare(running_sandbox, scenario, mode, tmp_path)
    seen = look(running_sandbox, prepared, play(prepared, START, tmp_path))
    different = comparing.check(undisturbed_key(scenario, mode), seen, record_property)
    if different:
        pytest.fail("\n".join(different), pytrace=False)
