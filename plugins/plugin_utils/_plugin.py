# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

"""What lookup and inventory plugins share: options as the modules have them, warnings and errors."""

from __future__ import annotations

import contextlib
import platform
import sys
import typing as t
from collections.abc import Iterable, Iterator

from ansible.errors import AnsibleError
from ansible.module_utils.common.arg_spec import ModuleArgumentSpecValidator
from ansible.plugins import AnsiblePlugin
from ansible.utils.display import Display

from ansible_collections.losant.platform.plugins.module_utils._client.errors import MissingLibraryError
from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError, as_losant_error
from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret
from ansible_collections.losant.platform.plugins.module_utils._module.masking import mask
from ansible_collections.losant.platform.plugins.module_utils._module.operation import Operation, Options

#: Turns a template of the user into its value.
Template = t.Callable[[t.Any], t.Any]

#: How the origins of options begin, in Ansible's words, the strongest first. What follows is the path of ansible.cfg.
_ORIGINS = ("Direct", "var:", "env:")
_VARIABLE = 1


def options_of(
    plugin: AnsiblePlugin,
    operation: Operation,
    template: Template,
    *,
    written: bool = False,
) -> Options:
    """The options of a plugin whose ``set_options`` was called, checked as those of a module.

    :param operation: the work that takes the options; one that the plugin does not have is as if it were not set
    :param template: for variables, and if ``written`` also for the options themselves: Ansible does not template what is
        written in the file of an inventory
    :raises InvalidOptionError: an option cannot be used
    """
    given: dict[str, t.Any] = {}
    ranks: dict[str, int] = {}
    for name in operation.spec:
        if name not in plugin.option_definitions:
            continue
        value, origin = plugin.get_option_and_origin(name)
        ranks[name] = _rank_of(str(origin))
        if value is not None and origin != "default":
            given[name] = template(value) if ranks[name] == _VARIABLE or (written and not ranks[name]) else value
    for pair in operation.alternatives:
        # Two options of the user contradict each other, which is refused below. Of two variables the stronger one counts.
        if set(pair) <= set(given) and any(ranks[name] for name in pair):
            del given[pair[0] if ranks[pair[0]] > ranks[pair[1]] else pair[1]]
    checked = ModuleArgumentSpecValidator(dict(operation.spec), **operation.restrictions).validate(given)
    if checked.error_messages:
        raise InvalidOptionError(f"{checked.errors.msg}.")
    validated: Options = checked.validated_parameters
    if validated.get("access_token") is not None:
        mask(Secret(str(validated["access_token"])))  # Ansible has masked its template, if it was one
    return validated


def refuse_unknown(plugin: AnsiblePlugin, given: Iterable[str]) -> None:
    """Refuse an option that the plugin does not have: Ansible would ignore it.

    :raises InvalidOptionError: there is one
    """
    # The terms of a lookup are documented as an option, but cannot be given as one.
    definitions = {name: option for name, option in plugin.option_definitions.items() if not name.startswith("_")}
    known = {*definitions, *(alias for option in definitions.values() for alias in option.get("aliases") or ())}
    unknown = sorted(str(name) for name in given if name not in known)
    if unknown:
        raise InvalidOptionError(f"Unknown options: {', '.join(unknown)}. Known are {', '.join(sorted(definitions))}.")


def show_warnings(warnings: Iterable[str]) -> None:
    """Show what the user should know."""
    for warning in warnings:
        Display().warning(warning)


@contextlib.contextmanager
def readable_errors(kind: type[AnsibleError]) -> Iterator[None]:
    """Turn every error into one of Ansible that a user can read, after its warnings."""
    try:
        yield
    except AnsibleError:
        raise
    except Exception as error:  # noqa: BLE001 # a user gets no traceback, whatever goes wrong
        failure = as_losant_error(error)
    else:
        return
    show_warnings(failure.warnings)
    raise kind(f"{needs_requests()}." if isinstance(failure, MissingLibraryError) else str(failure))


def needs_requests() -> str:
    """Where the library is missing, and what to do, without a full stop."""
    return (
        f"The Python library requests is needed on the controller, {platform.node()}, in the Python that runs Ansible:"
        f" {sys.executable}. Install it there"
    )


def _rank_of(origin: str) -> int:
    """0 for the strongest."""
    return next((rank for rank, start in enumerate(_ORIGINS) if origin.startswith(start)), len(_ORIGINS))
