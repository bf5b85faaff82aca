# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import copy
import hashlib
import os
import typing as t
from collections.abc import Sequence

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError
from ansible_collections.losant.platform.plugins.module_utils._module import runner
from ansible_collections.losant.platform.plugins.module_utils._module.operation import Operation, Options

from ._plugin import options_of, readable_errors, refuse_unknown, show_warnings

Result = dict[str, t.Any]

#: What was read, by process and question.
_READ: dict[tuple[int, str], Result] = {}


class LosantLookup(LookupBase):
    """Does what a module does that only reads. Equal questions within a process are asked once."""

    #: The work, and the options that it takes.
    operation: t.ClassVar[Operation]
    #: The key of the module's result whose value the lookup returns. It is a list.
    returned: t.ClassVar[str]

    def run(self, terms: Sequence[t.Any], variables: dict[str, t.Any] | None = None, **kwargs: t.Any) -> list[t.Any]:
        with readable_errors(AnsibleLookupError):
            if terms:
                raise InvalidOptionError("The lookup takes options only, and no terms. To select by name, set name.")
            self.set_options(var_options=variables, direct=kwargs)
            refuse_unknown(self, kwargs)
            result = _read(self.operation, options_of(self, self.operation, self._templar.template))
            return list(copy.deepcopy(result[self.returned]))


def forget() -> None:
    """Read again what is asked for next, as something may have changed."""
    _READ.clear()


def _read(operation: Operation, options: Options) -> Result:
    # Options hold secrets, and nobody needs to keep them.
    question = repr((operation.name, sorted(options.items(), key=lambda item: item[0])))
    key = (os.getpid(), hashlib.sha256(question.encode("utf-8", "surrogateescape")).hexdigest())
    if key not in _READ:
        result = operation.execute(options, True, runner.SYSTEM)
        show_warnings(result["warnings"])
        _READ[key] = result
    return _READ[key]
