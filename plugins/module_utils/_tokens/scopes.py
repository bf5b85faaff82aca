# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import difflib
import typing as t

from .known_scopes import KNOWN_SCOPES


def scope_warnings(scopes: t.Iterable[str], families: t.Iterable[str] = tuple(KNOWN_SCOPES)) -> list[str]:
    """A warning for each scope that Losant is not known to take. Its list grows, so the API decides.

    :param families: of :data:`KNOWN_SCOPES`, those that the token takes; the first wins among equally near names
    """
    known = [scope for family in families for scope in KNOWN_SCOPES[family]]
    return [_warning(scope, known) for scope in scopes if scope not in known]


def _warning(scope: str, known: list[str]) -> str:
    family = next((family for family, scopes in KNOWN_SCOPES.items() if scope in scopes), None)
    if family is not None:
        return f"The scope {scope!r} is of the {family} family, which this kind of token is not known to take; Losant decides."
    nearest = difflib.get_close_matches(scope, known, n=1, cutoff=0.6)
    # Losant's scopes are case-sensitive, and mistakes of case are the most common.
    nearest = [entry for entry in known if entry.lower() == scope.lower()][:1] or nearest
    hint = f" The nearest known one is {nearest[0]!r}." if nearest else ""
    return f"The scope {scope!r} is not among those that this collection knows; Losant decides.{hint}"
