# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from concurrent.futures import ThreadPoolExecutor

Argument = t.TypeVar("Argument")
Result = t.TypeVar("Result")

#: The most requests at a time. As many connections are kept open.
MAX_CONCURRENCY = 32


def concurrently(
    work: t.Callable[[Argument], Result], arguments: t.Iterable[Argument], concurrency: int
) -> t.Iterator[Result]:
    """Yield the results of one piece of work for each argument, in the order of the arguments.

    The first error ends the rest: work that has begun is finished, other work is not begun.

    :param concurrency: how many pieces are done at a time; with 1, each only when its result is asked for
    """
    if concurrency == 1:
        yield from map(work, arguments)
        return
    with ThreadPoolExecutor(concurrency) as pool:
        yield from pool.map(work, arguments)
