# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A callback that writes all that Ansible hands to callbacks into the file named by DUMP_EVERYTHING.

What it hands over about the task itself, with the arguments, goes into a second file, whose name ends in ``.task_fields``.
"""

from __future__ import annotations

import os
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: dump_everything
type: aggregate
short_description: Write all that callbacks get
description: Writes all that Ansible hands to callbacks.
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "dump_everything"
    CALLBACK_NEEDS_ENABLED = True

    def v2_on_any(self, *args: Any, **kwargs: Any) -> None:
        path = os.environ["DUMP_EVERYTHING"]
        with open(path, "a", encoding="utf-8") as dump, open(f"{path}.task_fields", "a", encoding="utf-8") as task_dump:
            for thing in (*args, *kwargs.values()):
                # What a class keeps to itself is not handed to callbacks: ansible-core 2.21 has the uncensored result there.
                names = [name for name in dir(thing) if "__" not in name]
                values = {name: value for name in names if not callable(value := getattr(thing, name, None))}
                task_dump.write(f"{[values.pop(name, None) for name in ('task_fields', '_task_fields')]!r}\n")
                dump.write(f"{thing!r} {values!r}\n")
