# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

"""The token files of one task, where many are handled together."""

from __future__ import annotations

import typing as t

from ansible_collections.losant.platform.plugins.module_utils._common.errors import LosantError
from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret
from ansible_collections.losant.platform.plugins.module_utils._common.system import System

from .destination import Destination, RemoteDestination
from .remote_file import Call, RemoteTokenFile
from .token_file import TokenFile

#: Has the module ``token_file`` do one step for each of several files. A result or an error comes out for each.
CallForAll = t.Callable[[t.Sequence[t.Mapping[str, t.Any]]], t.Sequence[t.Union[t.Mapping[str, t.Any], LosantError]]]


class Request(t.NamedTuple):
    """One step for one file. ``step``: as in the module ``token_file``; ``secret``: what to write."""

    file: Destination
    step: str
    secret: Secret | None = None


class Files(t.Protocol):
    """Opens token files on the task's host."""

    def open(self, path: str, owner: str | None, group: str | None, mode: t.Any) -> Destination:
        """One file."""

    def together(self, requests: t.Sequence[Request]) -> None:
        """Do one step for several files. Its result counts when the file is asked to do that step; it never fails."""


class LocalFiles:
    """Files on this machine. There is nothing to gain from handling them together."""

    def __init__(self, system: System) -> None:
        self._system = system

    def open(self, path: str, owner: str | None, group: str | None, mode: t.Any) -> Destination:
        return TokenFile(path, owner, group, mode, self._system)

    def together(self, requests: t.Sequence[Request]) -> None:
        """Each file does its step when it is asked to."""


class RemoteFiles:
    """Files on a host that is reached through calls of the module ``token_file``: one call for all files of a step."""

    def __init__(self, call: Call, call_for_all: CallForAll) -> None:
        self._call = call
        self._call_for_all = call_for_all

    def open(self, path: str, owner: str | None, group: str | None, mode: t.Any) -> Destination:
        return RemoteTokenFile(self._call, path, owner, group, mode)

    def together(self, requests: t.Sequence[Request]) -> None:
        files = [t.cast(RemoteDestination, request.file) for request in requests]
        asked = [file.request(request.step, request.secret) for file, request in zip(files, requests)]
        for file, result in zip(files, self._call_for_all(asked) if asked else ()):
            file.expect(result)
