# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

Item = t.TypeVar("Item")
Result = t.TypeVar("Result")


def in_parallel(
    work: t.Callable[[Item], Result],
    items: t.Iterable[Item],
    workers: int,
    on_done: t.Callable[[int], None] = lambda done: None,
) -> list[Result]:
    """Do the same work for each item in several threads, and return the results in the order of the items.

    The first exception is raised when the work that has begun is finished. What has not begun then is left.

    :param workers: how many threads; with one, or for one item, the caller's own thread does the work
    :param on_done: gets the number of finished items, in the caller's thread
    """
    waiting = list(items)
    if workers < 2 or len(waiting) < 2:
        results = []
        for item in waiting:
            results.append(work(item))
            on_done(len(results))
        return results
    with ThreadPoolExecutor(min(workers, len(waiting))) as pool:
        futures = [pool.submit(work, item) for item in waiting]
        try:
            _await(futures, on_done)
        except BaseException:
            for future in futures:
                future.cancel()
            raise
    return [future.result() for future in futures]


def _await(futures: t.Sequence[Future[Result]], on_done: t.Callable[[int], None]) -> None:
    pending: set[Future[Result]] = set(futures)
    while pending:
        finished, pending = wait(pending, return_when=FIRST_COMPLETED)
        for future in finished:
            future.result()
        on_done(len(futures) - len(pending))
