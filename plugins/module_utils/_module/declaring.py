# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

"""How the options of the modules for one kind of credential become work."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.losant.platform.plugins.module_utils._client.client import Client
from ansible_collections.losant.platform.plugins.module_utils._host.files import Files
from ansible_collections.losant.platform.plugins.module_utils._tokens.owner import Owner
from ansible_collections.losant.platform.plugins.module_utils._tokens.token import Token
from ansible_collections.losant.platform.plugins.module_utils._tokens.work import FoundFile, Work

from .operation import Options

#: The phases of a task.
PHASES = ("all", "prepare", "commit", "abort")
#: What was found out with requests about what the options of all entries name.
Names = t.Any
#: Makes the work, once that is known.
Finish = t.Callable[[Names], Work]
Copies = t.Sequence[FoundFile]


def _look_up_nothing(_options: t.Sequence[Options], _client: Client, _owner: Owner) -> Names:
    return None


@dataclass(frozen=True)
class Declaring:
    """How options become work.

    ``restrictions``: what AnsibleModule checks beyond the single options; ``begin``: checks the options of one entry without
    a request, and returns what makes the work; ``look_up``: asks Losant once what the options of all entries name.
    """

    kind: type[Token]
    restrictions: t.Mapping[str, t.Any]
    begin: t.Callable[[Options, Files, Copies], Finish]
    look_up: t.Callable[[t.Sequence[Options], Client, Owner], Names] = _look_up_nothing
