# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What can happen in a history."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

Json = dict[str, Any]

#: The names that runs declare.
DECLARED = ("alpha", "beta")
#: The names that other people use, one of which no run declares.
NAMES = (*DECLARED, "gamma")

JUMPS = st.sampled_from(
    [timedelta(minutes=1), timedelta(minutes=61), timedelta(hours=3), timedelta(days=1)]
    + [timedelta(days=days) for days in (17, 30, 100)]
)

#: A window must be shorter than the lifetime, or the run is refused.
_LIFETIMES = st.sampled_from(
    [
        {},
        {"expires_in": "2h"},
        {"expires_in": "2h", "rotate_before": "1h"},
        {"expires_in": "30d"},
        {"expires_in": "30d", "rotate_before": "14d"},
        {"expiration_date": ""},
        {"expiration_date": "2026-12-24T00:00:00Z"},
        {"expiration_date": "2027-06-30T00:00:00Z", "rotate_before": "14d"},
        {"rotate_before": "14d"},
    ]
)
_DELIVERIES = st.sampled_from([{"to_file": False}, {"to_file": True}, {"to_file": True, "return_token": True}])

#: Options of ``api_token``; ``to_file`` stands for ``token_file``, which is the same one for all runs of a name.
DECLARATIONS = st.builds(
    lambda lifetime, delivery, **more: {**lifetime, **delivery, **more},
    lifetime=_LIFETIMES,
    delivery=_DELIVERIES,
    name=st.sampled_from(DECLARED),
    state=st.sampled_from(["present", "present", "present", "present", "absent"]),
    description=st.sampled_from([None, "", "a", "b"]),
    status=st.sampled_from([None, None, "active", "inactive"]),
    scope=st.sampled_from([None, ["devices.get"], ["devices.get", "device.get"]]),
    recreate=st.sampled_from(["never", "state_change", "state_change", "always"]),
    superseded=st.sampled_from(["delete", "delete", "deactivate", "keep"]),
    superseded_after=st.sampled_from([None, None, "2h", "20d"]),
    staged=st.sampled_from(["auto", "auto", "true", "false"]),
    verify=st.sampled_from([None, None, True]),
)

#: Declarations that nearly always have something to write, and so something to go wrong.
BUSY = st.builds(
    lambda options, more: {**options, **more},
    options=DECLARATIONS,
    more=st.sampled_from([{"recreate": "always", "state": "present"}] * 5 + [{"state": "absent"}]),
)

#: The names that a run of many tokens can declare.
MANY_NAMES = (*DECLARED, "delta")
#: Options of ``api_tokens``.
MANY: st.SearchStrategy[Json] = st.builds(
    lambda entries, names, **more: {
        **more,
        "api_tokens": [{**entry, "name": name} for entry, name in zip(entries, names, strict=False)],
    },
    entries=st.lists(BUSY | DECLARATIONS, min_size=1, max_size=len(MANY_NAMES)),
    names=st.permutations(MANY_NAMES),
    prune=st.sampled_from([False, False, True]),
    keep=st.sampled_from([None, [], ["gam*"]]),
)
#: At which request of a run a signal arrives, counted from 0.
INTERRUPTIONS = st.integers(min_value=0, max_value=14)

#: What happens between two phases: a change of the prepared token (None: it is deleted), or the name of an event.
BETWEEN: st.SearchStrategy[str | Json | None] = st.sampled_from(
    ["nothing", "nothing", "an hour", "a run", "another prepare", None, {"status": "inactive"}, {"name": "gamma"}]
)
#: What somebody changes of a declaration between two phases.
REDECLARED = st.sampled_from([{}, {}, {}, {"description": "b"}, {"status": "inactive"}, {"scope": ["device.get"]}])

# ``not_json`` and ``empty`` can come from a gateway that does not forward the request. 403 and 429 are refusals.
_KINDS: st.SearchStrategy[Json] = st.sampled_from(
    [
        {"kind": "reset_before"},
        {"kind": "reset_after"},
        {"kind": "status", "status": 500, "when": "before"},
        {"kind": "status", "status": 502, "when": "after"},
        {"kind": "status", "status": 503, "when": "before", "headers": {"Retry-After": "1"}},
        {"kind": "status", "status": 504, "when": "after"},
        {"kind": "status", "status": 429, "headers": {"Retry-After": "1"}},
        {"kind": "status", "status": 429},
        {"kind": "status", "status": 403},
        {"kind": "cut"},
        {"kind": "empty", "when": "before"},
        {"kind": "empty", "when": "after"},
        {"kind": "not_json", "when": "before"},
        {"kind": "not_json", "when": "after"},
    ]
)
#: One thing goes wrong.
ONE_FAULT: st.SearchStrategy[list[Json]] = st.builds(
    lambda kind, method, skip, times: [{**kind, "method": method, "skip": skip, "times": times}],
    kind=_KINDS,
    method=st.sampled_from(["PATCH", "DELETE", "GET"]),
    skip=st.sampled_from([0, 0, 1, 1, 2]),
    times=st.sampled_from([1, None, None]),
)
#: The one request goes wrong that cannot be repeated.
LOST_CREATION: st.SearchStrategy[list[Json]] = st.builds(
    lambda kind, times: [{**kind, "method": "POST", "times": times}], kind=_KINDS, times=st.sampled_from([1, 2, None])
)
#: From some request on nothing works.
OUTAGE: st.SearchStrategy[list[Json]] = st.builds(
    lambda kind, skip: [{**kind, "method": "*", "skip": skip, "times": None}],
    kind=_KINDS,
    skip=st.integers(min_value=1, max_value=7),
)
#: A write goes wrong, and then reading or rolling back, too.
DOUBLE_FAULT: st.SearchStrategy[list[Json]] = st.builds(
    lambda kind, write, other, also, skip, times: [
        {**kind, "method": write, "skip": skip, "times": times},
        {**other, "method": also, "skip": 2 if also == "GET" else 0, "times": None},
    ],
    kind=_KINDS,
    write=st.sampled_from(["POST", "PATCH", "DELETE"]),
    other=_KINDS,
    also=st.sampled_from(["GET", "DELETE", "PATCH"]),
    skip=st.sampled_from([0, 0, 0, 1]),
    times=st.sampled_from([1, 2, None]),
)
#: Of the faults for one run, the first that matches and is not exhausted is taken.
FAULTS = ONE_FAULT | LOST_CREATION | DOUBLE_FAULT | OUTAGE

#: Fields of a token that somebody else creates, in days from now; None: it never expires.
OTHER_TOKENS = st.fixed_dictionaries(
    {
        "name": st.sampled_from(NAMES),
        "status": st.sampled_from(["active", "active", "inactive"]),
        "days": st.sampled_from([None, 10, 40, -1]),
    }
)
#: What somebody else does to an existing token; None: deletes it.
CHANGES: st.SearchStrategy[Json | None] = st.none() | st.one_of(
    st.sampled_from([{"status": "active"}, {"status": "inactive"}, {"description": "c"}]),
    st.builds(lambda name: {"name": name}, st.sampled_from(NAMES)),
)
#: What somebody else writes into a token file; None: removes it.
FILE_CONTENTS = st.sampled_from([None, "", "garbage"])
