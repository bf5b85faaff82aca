# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

"""Many tokens of one owner: one reading, a plan for each declaration, and one batch."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.losant.platform.plugins.module_utils._client.concurrency import concurrently
from ansible_collections.losant.platform.plugins.module_utils._client.errors import RequestError
from ansible_collections.losant.platform.plugins.module_utils._common.errors import LosantError, as_losant_error
from ansible_collections.losant.platform.plugins.module_utils._common.system import System
from ansible_collections.losant.platform.plugins.module_utils._host.files import Files, Request

from .api import TokenApi
from .apply.adoption import not_committed
from .apply.batch import Batch, Progress
from .apply.executor import Applied
from .caller import Caller
from .listing import Listing
from .plan.checks import check_distinct
from .plan.context import Context
from .plan.pruning import prune
from .plan.steps import Plan
from .token import Token
from .work import Outcome, Work


@dataclass(frozen=True)
class Settings:
    """How a batch is carried out.

    ``workers``: how many requests are sent at the same time; ``keep``: the names and globs of tokens that are not pruned,
    None if nothing is; ``progress``: gets how many of how many steps are done
    """

    workers: int
    keep: tuple[str, ...] | None
    progress: Progress


@dataclass(frozen=True)
class Pruned:
    """A token that no declaration concerns. ``error``: why it is not deleted."""

    token: Token
    error: LosantError | None = None


@dataclass(frozen=True)
class Ensured:
    """What resulted or failed, for each declaration in order; and what was pruned.

    ``spared``: how many tokens were not pruned because a declaration failed
    """

    outcomes: tuple[Outcome | LosantError, ...]
    pruned: tuple[Pruned, ...] = ()
    spared: int = 0


def ensure_all(
    works: t.Sequence[Work],
    api: TokenApi,
    caller: Caller,
    system: System,
    files: Files,
    settings: Settings,
    *,
    dry: bool,
) -> Ensured:
    """Read, plan, and unless it is a dry run, apply. An error of one declaration ends no other.

    :raises LosantError: nothing was written, as something concerns them all
    """
    # A host that cannot be reached ends the task here.
    files.together([Request(work.file, "inspect") for work in works if work.file is not None])
    held = [work for work in works if work.has_places]
    errors = _attempt_all(held, lambda work: work.look(api, dry=dry), settings.workers)
    tokens = _read(works, api)
    places = [work.file.place if work.file else None for work in works]
    check_distinct([work.declared for work in works], places, tokens, api.owner.resource)
    # Before the plans, which reserve a place for each file that is to be written: it can end the task.
    prunable = _prunable(works, tokens, api, caller, settings)
    errors.update(
        _attempt_all(
            [work for work in works if work not in errors],
            lambda work: work.make_plan(tokens, api, caller, dry=dry),
            1,
        )
    )
    planned = [work for work in works if work not in errors]
    batch = Batch(api, tokens.names(), system, files, caller.token_id, settings.workers, settings.progress)
    to_apply = [] if dry else [work for work in planned if work.plan.steps]
    # Losant refuses everything after the token in use has ended, so that is done when nothing else is left to do.
    last = [work for work in to_apply if work.plan.ends(caller.token_id)]
    done = {**errors, **_carried_out([work for work in to_apply if work not in last], batch)}
    pruning = [] if _has_errors(done) else prunable
    results = [None] * len(pruning) if dry else batch.apply([(plan, None) for plan in pruning])
    done.update(_carried_out(last, batch))
    return Ensured(
        tuple(_outcome(work, done.get(work)) for work in works),
        tuple(_pruned(plan, result) for plan, result in zip(pruning, results)),
        spared=len(prunable) - len(pruning),
    )


def _carried_out(works: t.Sequence[Work], batch: Batch) -> dict[Work, Applied | LosantError]:
    results = batch.apply([(work.plan, work.file) for work in works])
    return {
        work: work.explained(result) if isinstance(result, LosantError) else result
        for work, result in zip(works, results)
    }


def _has_errors(done: t.Mapping[Work, Applied | LosantError]) -> bool:
    return any(isinstance(result, LosantError) for result in done.values())


def _outcome(work: Work, result: Applied | LosantError | None) -> Outcome | LosantError:
    return result if isinstance(result, LosantError) else work.outcome(result)


def _attempt_all(works: t.Sequence[Work], attempt: t.Callable[[Work], None], workers: int) -> dict[Work, LosantError]:
    """Do a part of the work of each declaration, and return the errors."""

    def error_of(work: Work) -> LosantError | None:
        try:
            attempt(work)
        except BaseException as error:  # noqa: BLE001 # it concerns this declaration alone, whatever it is
            return as_losant_error(error)
        return None

    errors = concurrently(error_of, works, workers)
    return {work: error for work, error in zip(works, errors) if error is not None}


def _read(works: t.Sequence[Work], api: TokenApi) -> Listing:
    try:
        return api.all()
    except RequestError as error:
        if not any(work.declared.prepared_id for work in works if work.declared.phase == "commit"):
            raise
        failure = error
    raise not_committed(failure, f"The prepared {api.owner.resource.noun}s were not changed.")


def _prunable(
    works: t.Sequence[Work], tokens: Listing, api: TokenApi, caller: Caller, settings: Settings
) -> list[Plan]:
    if settings.keep is None:
        return []
    context = Context(api.now(), caller.token_id, lacking=caller.lacking)
    return prune([work.declared for work in works], settings.keep, tokens, context, api.owner)


def _pruned(plan: Plan, result: Applied | LosantError | None) -> Pruned:
    token = t.cast("Token", plan.before)
    return Pruned(token, result if isinstance(result, LosantError) else None)
