# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field, replace

from ansible_collections.losant.platform.plugins.module_utils._tokens.token import Token

from .masking import mask
from .results import Result

Spec = t.Dict[str, t.Any]
Options = t.Mapping[str, t.Any]
#: Does the work of a module. Its options, whether it is check mode, and the system go in; its result comes out.
Execute = t.Callable[..., Result]


def _never(_options: Options) -> bool:
    return False


@dataclass(frozen=True)
class Operation:
    """What a module and its action plugin have in common.

    ``name``: of the module; ``spec``: the options; ``restrictions``: what AnsibleModule checks beyond the single options;
    ``host_paths``: the options that are paths on the task's host, with a dot before a suboption; ``returns_secret``: whether a
    secret can be in the result; ``private_spec``: options that only plugins of the collection give; ``alternatives``: pairs
    of options that stand for each other; ``delivers``: ``execute`` takes the files of the task's host as ``files``;
    ``shows_progress``: it takes what shows a line to the user as ``show``; ``kind``: of the credentials whose secrets it
    delivers.
    """

    name: str
    execute: Execute
    spec: t.Mapping[str, t.Any]
    restrictions: t.Mapping[str, t.Any]
    host_paths: tuple[str, ...] = ()
    returns_secret: t.Callable[[Options], bool] = _never
    private_spec: t.Mapping[str, t.Any] = field(default_factory=dict)
    alternatives: tuple[tuple[str, str], ...] = ()
    delivers: bool = False
    shows_progress: bool = False
    kind: type[Token] | None = None

    @property
    def full_name(self) -> str:
        """The name of the module with that of the collection."""
        return f"losant.platform.{self.name}"

    def mask_delivered(self, text: str | None) -> None:
        """Make Ansible mask what goes to a file on a host, if it can."""
        if text is not None:
            for secret in (self.kind or Token).secrets_in(text):
                mask(secret)


def with_alternatives(operation: Operation, spec: Spec, pair: tuple[str, str]) -> Operation:
    """The work of a module with further options, two of which stand for each other and exclude each other."""
    restrictions = dict(operation.restrictions)
    exclusive = [pair, *restrictions.pop("mutually_exclusive", ())]
    return replace(
        operation,
        spec={**spec, **operation.spec},
        restrictions={**restrictions, "mutually_exclusive": exclusive},
        alternatives=(pair, *operation.alternatives),
    )
