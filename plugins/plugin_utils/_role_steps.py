# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import replace

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError
from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret
from ansible_collections.losant.platform.plugins.module_utils._common.system import System
from ansible_collections.losant.platform.plugins.module_utils._module.operation import Options
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.copies import CopyAction

from . import _role_places as places
from . import _role_report as reports
from ._action import CONTROLLER, RUN_ON
from ._role_entries import Entry
from ._role_records import Record, optional_secret, shared_work, to_text
from ._role_task import RoleTask

Result = dict[str, t.Any]

#: Strategies that begin a task when all hosts have finished the one before.
_IN_STEP = ("linear", "debug", "mitogen_linear")


class RoleStep(RoleTask):
    """One step of the role api_tokens, for all entries. The variables of the role are its options.

    So no secret is among the arguments of a task. What a step leaves to the next ones is in its registered result.
    """

    def execute(self, options: Options, check_mode: bool, system: System) -> Result:
        """Do the step, on the controller."""
        self._check_mode = check_mode
        self._system = system
        self._options = options
        step: t.Callable[[], Result] = getattr(self, f"_{options['step']}")
        result = step()
        # A host that cannot be reached is a result, too: the host that leads decides what that means.
        self._unreachable = None
        return {"changed": False, "run": self._run, **result}

    def _check(self) -> Result:
        """Refuse what cannot be meant, on every host, before anything else happens."""
        runs_on = self._templar.template(self._variables.get(RUN_ON, CONTROLLER))
        if runs_on != CONTROLLER:
            raise InvalidOptionError(
                f"The variable {RUN_ON} is {runs_on!r}. The role api_tokens calls Losant on the controller only. Unset the"
                " variable for the role."
            )
        named = sorted({host for entry in self._settings.entries for host in entry.hosts})
        return {"host": self._host, "named": named, "digest": self._digest}

    def _share(self) -> Result:
        """Share the work among the hosts."""
        strategy = str(self._task.get_play().strategy).rpartition(".")[2]
        batch = list(self._variables["ansible_play_batch"])
        named = self._records.of(self._host, "check")["named"]
        part = shared_work(self._host, batch, named, self._takes_part, linear=strategy in _IN_STEP)
        return {"leader": part.leader, "leads": part.leader == self._host, "serves": list(part.serves)}

    def _inspect(self) -> Result:
        """Look at the token files of one host."""
        served = self._options["host"]
        seen = {
            entry.name: places.look_at(entry, self._open, dry=self._check_mode)
            for entry in self._settings.entries
            if served in entry.hosts
        }
        return {"digest": self._digest, **self._hidden(seen)}

    def _plan(self) -> Result:
        """Compare all tokens with their entries, and change nothing."""
        refusal = self._refusal()
        if refusal is not None:
            return {"refusal": refusal, "dry": self._check_mode, "tokens": {}, "holders": []}
        planned = {entry.name: self._tokens.plan(entry, self._found(entry)) for entry in self._settings.entries}
        changed = [name for name, token in planned.items() if token["changed"]]
        holders = set() if self._check_mode else {token.get("holder") for token in planned.values()} - {None}
        diffs = []
        for name in changed:
            label = f"API token {name!r} (DIRECTION)"
            headers = {f"{side}_header": label.replace("DIRECTION", side) for side in ("before", "after")}
            diffs.append({**planned[name]["diff"], **headers})
        return {
            "changed": bool(changed),
            "differs": bool(changed),
            "diff": diffs,
            "warnings": list(reports.texts_of(list(planned.values()))),
            "tokens": {name: _without(token, "diff", "warnings") for name, token in planned.items()},
            "dry": self._check_mode,
            "holders": sorted(holders),
        }

    def _apply(self) -> Result:
        """Create and change tokens. Those whose secrets other tasks deliver are only prepared."""
        plan = self._plan_of_leader
        results: dict[str, Result] = {}
        for entry in self._settings.entries:
            planned = plan["tokens"][entry.name]
            if planned.get("asks") and not self._system.interrupted():
                results[entry.name] = self._tokens.apply(entry, planned, self._found(entry))
        if self._system.interrupted():
            return self._interrupted(results)
        secrets = False
        for result in results.values():
            if "token" in result:
                result["token"] = to_text(Secret(result["token"]))
            secrets = secrets or "token" in result or "secret" in result
        return {
            "changed": any(result["changed"] for result in results.values()),
            "warnings": list(reports.texts_of(list(results.values()), plan.get("warnings", ()))),
            "tokens": {name: _without(result, "diff", "warnings") for name, result in results.items()},
            "hand_over": [
                {"name": entry.name, "token_id": results[entry.name]["prepared_id"]}
                for entry in self._settings.entries
                if entry.to_tasks and results.get(entry.name, {}).get("prepared_id")
            ],
            **({"_ansible_no_log": True} if secrets else {}),
        }

    def _interrupted(self, results: Mapping[str, Result]) -> Result:
        """Take back what can be taken back: nobody gets the result of an interrupted task."""
        texts = []
        tokens = self._tokens_with(replace(self._system, interrupted=lambda: False))
        for entry in self._settings.entries:
            result = results.get(entry.name, {})
            if "error" in result:
                texts.append(result["error"])
            elif result.get("prepared_id"):
                error = tokens.abort(entry, result["prepared_id"]).get("error")
                texts.append(error or f"The new token {result['prepared_id']} of {entry.name!r} was deleted again.")
            elif result.get("created") and "token" in result:
                token_id = result["api_token"]["id"]
                texts.append(
                    f"The new token {token_id} of {entry.name!r} is in force, and its secret is lost: delete it."
                )
        return {"failed": True, "msg": " ".join(dict.fromkeys(["The task was interrupted.", *texts]))}

    def _read(self) -> Result:
        """Read secrets from a host that holds them, for others."""
        held, plan = self._options["host"], self._plan_of_leader["tokens"]
        read = {
            entry.name: places.read_secret(entry, self._open, self._found(entry)[held])
            for entry in self._settings.entries
            if plan[entry.name].get("holder") == held
        }
        return self._hidden(read)

    def _deliver(self) -> Result:
        """Write, copy, fix and remove the token files of one host."""
        done = {}
        for entry in self._settings.entries:
            task = self._task_for(entry, self._options["host"])
            if task is None:
                continue
            done[entry.name] = {"changed": True} if self._check_mode else places.carry_out(task, self._open)
        return {"changed": _changed(done), **self._hidden(done)}

    def _commit(self) -> Result:
        """Bring what is delivered in force, and say what has to be taken back."""
        plan, applied = self._plan_of_leader["tokens"], self._applied
        delivered = self._records.by_served(self._taking_part, "delivered")
        handed = self._variables.get("api_tokens_handed_over") or {}
        results: dict[str, Result] = {}
        for entry in self._settings.entries:
            result, todo = applied.get(entry.name, {}), plan[entry.name].get("todo", {})
            if "error" in result or not plan[entry.name]["changed"]:
                continue
            prepared_id = result.get("prepared_id")
            problems = reports.delivery_problems(entry, todo, delivered, handed, prepared_id)
            if problems:
                hidden = [_hide(text, result) for text in problems]
                error = reports.undelivered(entry, hidden)
                results[entry.name] = {"error": error, "take_back": True, "failure": {"kind": "delivery"}}
            elif prepared_id:
                results[entry.name] = self._tokens.commit(entry, prepared_id)
        if self._system.interrupted():
            # Nobody gets the result, so the message says all.
            texts = [result["error"] for result in results.values() if "error" in result]
            return {"failed": True, "msg": " ".join(["The task was interrupted.", *texts])}
        return {
            "changed": any(result.get("changed") for result in results.values()),
            "warnings": list(reports.texts_of(list(results.values()))),
            "tokens": {name: _without(result, "diff", "warnings") for name, result in results.items()},
            "take_back": sorted(name for name, result in results.items() if result.get("take_back")),
        }

    def _restore(self) -> Result:
        """Give the token files of one host back what they held."""
        served, names = self._options["host"], self._of_leader("committed")["take_back"]
        delivered = self._records.by_served([self._host], "delivered").get(served, {}).get("places", {})
        done = {}
        for entry in self._settings.entries:
            place = delivered.get(entry.name, {})
            written = self._secret_for(entry) if entry.name in names and place.get("written") else None
            if written is not None:
                done[entry.name] = places.restore(entry, self._open, place, written)
        return {"changed": _changed(done), **self._hidden(done)}

    def _abort(self) -> Result:
        """Delete the tokens that were not delivered, when the files are restored."""
        plan, applied = self._plan_of_leader["tokens"], self._applied
        committed = self._of_leader("committed")
        delivered, restored = (self._records.by_served(self._taking_part, task) for task in ("delivered", "restored"))
        results = {}
        for entry in self._settings.entries:
            if entry.name not in committed["take_back"]:
                continue
            prepared_id = applied.get(entry.name, {}).get("prepared_id")
            aborted = self._tokens.abort(entry, prepared_id) if prepared_id else None
            todo = plan[entry.name].get("todo", {})
            failed = committed["tokens"][entry.name]
            what = reports.taken_back(entry, todo, delivered, restored, aborted, prepared_id)
            results[entry.name] = {"error": f"{failed['error']} {what}".strip(), "failure": failed.get("failure", {})}
        return {"changed": bool(results), "tokens": results}

    def _report(self) -> Result:
        """Say what became of all tokens, on every host."""
        share = self._records.of(self._host, "share")
        leader = share["leader"]
        if not leader:
            return {"results": [], "created": []}
        plan = self._plan_of_leader
        refusal = plan.get("refusal") or (
            None if plan else self._records.problem(leader, "plan") or "it did not return"
        )
        if refusal is not None:
            failed = refusal if plan else f"The role could not compare the tokens on {leader}: {refusal}"
            return {"failed": True, "msg": failed, "results": [], "created": []}
        tasks = ("applied", "committed", "aborted")
        stages = [self._of_leader(task) for task in tasks]
        problem = next(filter(None, (self._records.problem(leader, task) for task in tasks)), "the tasks ended early")
        report = reports.report(self._settings.entries, plan, *stages, check_mode=self._check_mode, problem=problem)
        result: Result = {"results": report.results, "created": report.created}
        if any(one.get("_ansible_no_log") for one in report.results):
            result["_ansible_no_log"] = True
        if report.errors and reports.concerned(self._host, leader, self._settings.entries, report.errors):
            failure = next(one["failure"] for one in report.results if one["name"] in report.errors)
            message = reports.message(report.errors, len(report.results))
            result.update(failed=True, msg=message, errors=report.errors, failure=failure)
        return result

    def _refusal(self) -> str | None:
        """Why nothing at all is done: the entries contradict each other, or a vault file is somebody else's."""
        said = {host: self._records.of(host, "check")["digest"] for host in self._taking_part}
        said.update({host: item["digest"] for host, item in self._all_found.items() if "digest" in item})
        differing = [host for host, digest in said.items() if digest != said[self._host]]
        if differing:
            return (
                f"The entries of api_tokens_tokens differ between the hosts {self._host} and {', '.join(differing)}. One entry is"
                " one token for all hosts of the play, so only token_file, owner, group and mode can differ. Nothing was"
                " changed. For a token of its own for each host, list an entry with hosts for each."
            )
        problems = list(self._tokens.refusals())
        resolved: dict[tuple[str, str], str] = {}
        for entry in self._settings.entries:
            for host, seen in self._found(entry).items():
                other = resolved.setdefault((host, seen.get("path", entry.name)), entry.name)
                if other != entry.name:
                    problems.append(
                        f"The entries {other!r} and {entry.name!r} have one token_file on {host}. Nothing was changed."
                    )
        return " ".join(problems) or None

    def _task_for(self, entry: Entry, host: str) -> places.Task | None:
        """What is to be done with the file of an entry on a host."""
        todo = self._plan_of_leader["tokens"][entry.name].get("todo", {})
        if host not in todo or "error" in self._applied.get(entry.name, {}):
            return None
        return places.Task(entry, CopyAction(todo[host]), self._secret_for(entry), self._seen_on(host, entry))

    def _hidden(self, done: Mapping[str, Record]) -> Result:
        """The result for one host, hidden on screen if it holds a secret."""
        return {"places": dict(done), **({"_ansible_no_log": True} if places.holds_secret(done) else {})}


def _changed(done: Mapping[str, Record]) -> bool:
    return any("problem" not in place for place in done.values())


def _without(record: Record, *keys: str) -> Result:
    return {key: value for key, value in record.items() if key not in keys}


def _hide(text: str, result: Record) -> str:
    """An error of the user's tasks without the secret."""
    secret = optional_secret(result.get("secret"))
    return text.replace(secret.reveal(), "********") if secret is not None else text
