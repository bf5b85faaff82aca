# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

"""What the tasks of the role api_tokens leave to each other: results that they register, on each host of the play."""

from __future__ import annotations

import base64
import typing as t
from collections.abc import Callable, Iterator, Mapping, Sequence

from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret

Record = Mapping[str, t.Any]
_NOTHING: Record = {}


def to_text(secret: Secret | bytes | None) -> str | None:
    """A secret as a hidden result holds it. In another form, nothing that masks secrets can damage it."""
    if secret is None:
        return None
    content = secret.reveal().encode("utf-8") if isinstance(secret, Secret) else secret
    return base64.b64encode(content).decode("ascii")


def content_from(text: str | None) -> bytes | None:
    """What ``to_text`` was given."""
    return base64.b64decode(text) if text is not None else None


def secret_from(text: str) -> Secret:
    """The secret that ``to_text`` was given."""
    return Secret(base64.b64decode(text).decode("utf-8"))


def optional_secret(text: str | None) -> Secret | None:
    """The secret that ``to_text`` was given, if there was one."""
    return secret_from(text) if text is not None else None


class Records:
    """The results of earlier tasks. Those of another run of the role in the same play do not count.

    :param hostvars: the variables of all hosts
    :param run: what identifies this run
    """

    def __init__(self, hostvars: Mapping[str, t.Any], run: str) -> None:
        self._hostvars = hostvars
        self.run = run

    def of(self, host: str, task: str) -> Record:
        """What a task has registered on a host. Empty if it was skipped, or did not return."""
        record = self._registered(host, task)
        return record if record.get("run") == self.run else _NOTHING

    def problem(self, host: str, task: str) -> str | None:
        """Why a task failed on a host, in a way that nobody foresaw."""
        record = self._registered(host, task)
        if record.get("failed") or record.get("unreachable"):
            return str(record.get("msg", "the task failed"))
        return None

    def by_served(self, hosts: Sequence[str], task: str) -> dict[str, Record]:
        """What the items of a task that loops over hosts say, by the host that each one served."""
        return {str(item["api_tokens_host"]): item for host in hosts for item in self._items(host, task)}

    def _items(self, host: str, task: str) -> Iterator[Record]:
        for item in self._registered(host, task).get("results") or ():
            # One that failed in an unforeseen way has no run.
            if "api_tokens_host" in item and item.get("run", self.run) == self.run and not item.get("skipped"):
                yield item

    def _registered(self, host: str, task: str) -> Record:
        try:
            record = self._hostvars[host][f"api_tokens_{task}"]
        except KeyError:
            return _NOTHING
        return record if isinstance(record, Mapping) else _NOTHING


def unforeseen(item: Record) -> str | None:
    """Why an item of a loop has no result of ours; None if it has one."""
    if "run" in item:
        return None
    return str(item.get("msg", "the task did not return"))


class Share(t.NamedTuple):
    """The part of one host: who leads, and the hosts whose files this one handles. ``leader``: empty if it has no part."""

    leader: str
    serves: tuple[str, ...]


def shared_work(
    host: str, batch: Sequence[str], named: Sequence[str], takes_part: Callable[[str], bool], *, linear: bool
) -> Share:
    """Decide what one host does: the first one leads. With tasks in step, each handles its own files, in parallel.

    :param batch: the active hosts of the batch
    :param named: the hosts with files
    :param takes_part: whether a host of the batch runs the role; known only if the tasks are in step
    """
    if not linear:
        # Nobody knows how far another host is, so one does everything.
        return Share(host, tuple(named)) if batch and batch[0] == host else Share("", ())
    # To look at one host takes time, so each looks at as few as possible.
    leader = next(name for name in batch if takes_part(name))
    own = [host] if host in named else []
    if host != leader:
        return Share(leader, tuple(own))
    others = [name for name in named if name != host and not (name in batch and takes_part(name))]
    return Share(leader, (*own, *others))
