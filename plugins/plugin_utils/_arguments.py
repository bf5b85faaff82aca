# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t


class Arguments(dict[str, t.Any]):
    """The arguments of a task, for validators, which copy them first. Copies share the strings, as nobody changes them.

    Ansible remembers where a string is from, and copies all of that, too. With many entries, it takes longer than all checks.
    """

    def __deepcopy__(self, _memo: dict[int, t.Any]) -> dict[str, t.Any]:
        copied: dict[str, t.Any] = _copied(dict(self))
        return copied


def _copied(value: t.Any) -> t.Any:
    if isinstance(value, dict):
        return {name: _copied(part) for name, part in value.items()}
    return [_copied(part) for part in value] if isinstance(value, list) else value
