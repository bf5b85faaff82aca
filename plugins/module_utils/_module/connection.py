# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import os
import typing as t
from contextlib import contextmanager

from ansible.module_utils.basic import AnsibleFallbackNotFound
from ansible.module_utils.common.validation import check_type_bool, check_type_float, check_type_int

from ansible_collections.losant.platform.plugins.module_utils._client.client import Client
from ansible_collections.losant.platform.plugins.module_utils._client.concurrency import MAX_CONCURRENCY
from ansible_collections.losant.platform.plugins.module_utils._client.retry import RetryPolicy
from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError, LosantError
from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret
from ansible_collections.losant.platform.plugins.module_utils._common.system import System

from .operation import Operation, Options, Spec, with_alternatives

#: The environment variables of options, and how each must be readable.
VARIABLES: t.Mapping[str, tuple[str, t.Callable[[t.Any], t.Any]]] = {
    "access_token": ("LOSANT_API_TOKEN", str),
    "access_token_file": ("LOSANT_API_TOKEN_FILE", str),
    "api_url": ("LOSANT_API_URL", str),
    "losant_domain": ("LOSANT_DOMAIN", str),
    "timeout": ("LOSANT_TIMEOUT", check_type_float),
    "retries": ("LOSANT_RETRIES", check_type_int),
    "retry_max_delay": ("LOSANT_RETRY_MAX_DELAY", check_type_float),
    "validate_certs": ("LOSANT_VALIDATE_CERTS", check_type_bool),
    "ca_path": ("LOSANT_CA_PATH", str),
    "application_id": ("LOSANT_APPLICATION_ID", str),
    "instance_id": ("LOSANT_INSTANCE_ID", str),
}
#: Two ways to give the access token.
ACCESS_TOKENS = ("access_token", "access_token_file")
_MAX_TOKEN_BYTES = 64 * 1024


def connection_spec() -> Spec:
    """The options of the connection, the same for every plugin; the doc fragment ``_connection`` describes them."""
    return {
        # The environment counts only if neither of these two is set, so it is read in access_token_of.
        "access_token": {"type": "str", "no_log": True, "aliases": ["auth_token"]},
        "access_token_file": {"type": "path", "no_log": False},
        "api_url": {"type": "str", "default": "https://api.losant.com", **fallback("api_url")},
        "losant_domain": {"type": "str", "aliases": ["losantdomain"], **fallback("losant_domain")},
        "timeout": {"type": "float", "default": 30, **fallback("timeout")},
        "retries": {"type": "int", "default": 5, **fallback("retries")},
        "retry_max_delay": {"type": "float", "default": 60, **fallback("retry_max_delay")},
        "validate_certs": {"type": "bool", "default": True, **fallback("validate_certs")},
        "ca_path": {"type": "path", **fallback("ca_path")},
    }


def with_connection(operation: Operation) -> Operation:
    """The work of a module that calls Losant, with the options of the connection."""
    return with_alternatives(operation, connection_spec(), ACCESS_TOKENS)


def access_token_of(options: Options, environ: t.Mapping[str, str]) -> Secret:
    """The access token: an option wins over the environment.

    :raises InvalidOptionError: none is set, or the file cannot be read
    """
    for source in (options, {name: environ.get(variable) for name, (variable, _check) in VARIABLES.items()}):
        if source.get("access_token") is not None:
            return Secret(str(source["access_token"]).strip())
        if source.get("access_token_file") is not None:
            return _read_token(os.path.expanduser(str(source["access_token_file"])))
    raise InvalidOptionError(
        "No access token is set. Set access_token or access_token_file, or one of the environment variables"
        " LOSANT_API_TOKEN and LOSANT_API_TOKEN_FILE.",
        option="access_token",
    )


class Connection(t.NamedTuple):
    """A client, and the token that it authenticates with."""

    client: Client
    access_token: Secret


@contextmanager
def connected(options: Options, *, read_only: bool, system: System) -> t.Iterator[Connection]:
    """The connection that the options describe. A failure shows what the client warns about.

    :raises InvalidOptionError: an option's value cannot be used
    """
    _check_environment(options, os.environ)
    access_token = access_token_of(options, os.environ)
    client = Client(
        access_token=access_token,
        api_url=options["api_url"],
        losant_domain=options["losant_domain"],
        timeout=_checked("timeout", options, more_than=0),
        retry=RetryPolicy(_checked_retries(options), _checked("retry_max_delay", options)),
        validate_certs=options["validate_certs"],
        ca_path=options["ca_path"],
        read_only=read_only,
        system=system,
    )
    try:
        yield Connection(client, access_token)
    except LosantError as error:
        error.warnings = (*client.warnings(), *error.warnings)
        raise


def checked_concurrency(options: Options) -> int:
    """How many requests are sent at a time.

    :raises InvalidOptionError: the option cannot be used
    """
    concurrency = int(options["concurrency"])
    if not 1 <= concurrency <= MAX_CONCURRENCY:
        raise InvalidOptionError(f"concurrency must be 1 to {MAX_CONCURRENCY}.", option="concurrency")
    return concurrency


def fallback(option: str) -> Spec:
    """The part of an option's spec that reads its environment variable."""
    return {"fallback": (_from_environment, [option])}


def _from_environment(option: str) -> str:
    variable, check = VARIABLES[option]
    try:
        check(os.environ[variable])
    except (KeyError, TypeError, ValueError):
        # An unusable value would be reported under the option's name only, so _check_environment reports it.
        raise AnsibleFallbackNotFound from None
    return os.environ[variable]


def _check_environment(options: Options, environ: t.Mapping[str, str]) -> None:
    """Refuse a variable that would count and cannot be used."""
    for option, spec in connection_spec().items():
        variable, check = VARIABLES[option]
        if variable not in environ or options[option] != spec.get("default"):
            continue
        try:
            check(environ[variable])
        except (TypeError, ValueError):
            raise InvalidOptionError(
                f"The environment variable {variable} is {environ[variable]!r}, which {option} cannot be.",
                option=option,
            ) from None


def _read_token(path: str) -> Secret:
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read(_MAX_TOKEN_BYTES).strip()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not a text file"
        raise InvalidOptionError(
            f"Could not read access_token_file {path}: {reason}.", option="access_token_file"
        ) from None
    if not text:
        raise InvalidOptionError(f"access_token_file {path} is empty.", option="access_token_file")
    return Secret(text)


def _checked(option: str, options: Options, more_than: float | None = None) -> float:
    value = float(options[option])
    # nan is refused, too: no comparison with it is true.
    if not (0 <= value < 86400) or value == more_than:
        least = "more than 0 seconds" if more_than is not None else "0 seconds or more"
        raise InvalidOptionError(f"{option} must be {least} and less than a day.", option=option)
    return value


def _checked_retries(options: Options) -> int:
    retries = int(options["retries"])
    if not 0 <= retries <= 100:
        raise InvalidOptionError("retries must be 0 to 100.", option="retries")
    return retries
