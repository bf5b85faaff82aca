# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import grp
import json
import pwd
import typing as t
from functools import partial

from ansible.module_utils.common.validation import check_type_path

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError, as_losant_error
from ansible_collections.losant.platform.plugins.module_utils._common.key_document import (
    FORMATS,
    KeyDocument,
    read_document,
)
from ansible_collections.losant.platform.plugins.module_utils._common.secret import KeySecret, Secret
from ansible_collections.losant.platform.plugins.module_utils._common.system import System
from ansible_collections.losant.platform.plugins.module_utils._host.errors import problem_of
from ansible_collections.losant.platform.plugins.module_utils._host.sealing import seal, unseal
from ansible_collections.losant.platform.plugins.module_utils._host.token_file import Attributes, TokenFile
from ansible_collections.losant.platform.plugins.module_utils._tokens.jwt import token_id_of

from .operation import Operation, Options, Spec
from .results import Result, failure_result


def token_file_spec() -> Spec:
    """The options of ``token_file``."""
    return {
        "path": {"type": "path", "required": True},
        "token": {"type": "str", "no_log": True},
        "key": {"type": "str", "no_log": False},
        "device_id": {"type": "str"},
        "format": {"type": "str", "default": FORMATS[0], "choices": list(FORMATS)},
        "state": {"type": "str", "default": "present", "choices": ["present", "absent"]},
        "owner": {"type": "str"},
        "group": {"type": "str"},
        "mode": {"type": "raw", "default": "0600"},
    }


def step_spec() -> Spec:
    """What the plugins of the collection ask of a host, one step at a time; see RemoteTokenFile."""
    return {
        "_step": {"type": "str", "choices": list(_STEPS), "no_log": False},
        "_key": {"type": "str", "no_log": True},
        "_content": {"type": "str", "no_log": False},
        "_attributes": {"type": "dict"},
        "_files": {"type": "str", "no_log": True},
    }


def deliver_token(options: Options, check_mode: bool, system: System) -> Result:
    """Ensure that a file is as declared, and return the module's result. Or do one step for another plugin."""
    if options.get("_files"):
        requests = json.loads(options["_files"])
        return {"changed": False, "files": [_attempt(request, check_mode, system) for request in requests]}
    step = options.get("_step")
    option = "token_file" if step else "path"
    file = TokenFile(options["path"], options["owner"], options["group"], options["mode"], system, option=option)
    try:
        return _STEPS[step](file, options, check_mode) if step else _ensure(file, options, check_mode)
    finally:
        file.discard()


def _attempt(request: Options, check_mode: bool, system: System) -> Result:
    """One of several steps. A failure does not end the others."""
    try:
        return deliver_token({**_DEFAULTS, **request, "path": check_type_path(request["path"])}, check_mode, system)
    except Exception as error:  # noqa: BLE001 # whatever it is, the files before it are written
        return failure_result(as_losant_error(error))


class _Seen(t.NamedTuple):
    """A file before or after the task. ``secret``: what it holds, None if it does not exist."""

    secret: Secret | None
    attributes: Attributes

    def result(self) -> Result:
        """What the module returns about it, never the secret."""
        attributes = self.attributes
        document = read_document(self.secret.reveal()) if self.secret is not None else None
        return {
            "key": document.secret.key if document is not None else None,
            "device_id": document.device_id if document is not None else None,
            "format": document.format if document is not None else None,
            "exists": self.secret is not None,
            "token_id": token_id_of(self.secret) if self.secret is not None else None,
            "mode": attributes.get("mode"),
            "uid": attributes.get("owner"),
            "gid": attributes.get("group"),
            "owner": _name(attributes.get("owner"), lambda number: pwd.getpwuid(number).pw_name),
            "group": _name(attributes.get("group"), lambda number: grp.getgrgid(number).gr_name),
        }

    def side(self, path: str, declared: Secret | None) -> Result:
        """One side of the diff."""
        if self.secret is None:
            return {"path": path, "holds": "nothing"}
        holds = "a secret" if declared is None else "the secret" if _same(self.secret, declared) else "something else"
        return {"path": path, "holds": holds, **self.attributes}


def _ensure(file: TokenFile, options: Options, check_mode: bool) -> Result:
    secret = _content_of(options)
    if (secret is None or options["state"] == "absent") and not file.has_directory():
        # There is nothing to read or to remove.
        missing = _Seen(None, {})
        return _result(file, secret, missing, missing)
    if not check_mode:
        file.remove_leftovers()
    found = file.inspect()
    before = after = _Seen(found.secret, found.attributes)
    warnings: tuple[str, ...] = ()
    carry_out: t.Callable[[], None] | None = None
    if options["state"] == "absent":
        # With a token, a file that holds anything else is not meant.
        if found.secret is not None and (secret is None or _same(found.secret, secret)):
            file.check_removal()
            after, carry_out = _Seen(None, {}), file.remove
    elif secret is not None and not _same(found.secret, secret):
        file.check()
        after, carry_out, warnings = _Seen(secret, found.wanted), partial(file.write, secret), file.warnings
    elif secret is not None and found.attributes != found.wanted:
        after, carry_out = _Seen(secret, found.wanted), file.fix_attributes
    if carry_out is not None and not check_mode:
        carry_out()
    return {**_result(file, secret, before, after), "changed": carry_out is not None, "warnings": list(warnings)}


def _same(held: Secret | None, wanted: Secret) -> bool:
    """Whitespace at the end means nothing."""
    return held is not None and held.reveal().strip() == wanted.reveal().strip()


def _result(file: TokenFile, secret: Secret | None, before: _Seen, after: _Seen) -> Result:
    return {
        "changed": False,
        "path": file.path,
        **after.result(),
        "diff": {"before": before.side(file.path, secret), "after": after.side(file.path, secret)},
    }


def _content_of(options: Options) -> Secret | None:
    """What the file is to hold: a secret, or the lines of a key file."""
    secret, key, device_id = _secret_of(options), options["key"], options["device_id"]
    if secret is None or key is None:
        return secret
    try:
        return Secret(KeyDocument(options["format"], device_id or "", KeySecret(key, secret.reveal())).text())
    except ValueError:
        raise InvalidOptionError(
            "device_id, key or token is empty, or has characters that mean something else in a key file.", option="key"
        ) from None


def _secret_of(options: Options) -> Secret | None:
    if options["token"] is None:
        return None
    secret = Secret(options["token"].strip())
    if not secret.is_sendable():
        raise InvalidOptionError(
            "token is empty, or holds a space, a line break or another character that no token has. Check how the value"
            " was read.",
            option="token",
        )
    return secret


def _name(number: int | None, look_up: t.Callable[[int], str]) -> str | None:
    if number is None:
        return None
    try:
        return look_up(number)
    except KeyError:
        return str(number)


def _inspect(file: TokenFile, options: Options, check_mode: bool) -> Result:
    found = file.inspect()
    if not check_mode:
        file.remove_leftovers()
    return {
        "changed": False,
        "path": file.path,
        "place": file.place,
        # What the file holds may be a secret, and the result of a module is seen by many.
        "content": seal(found.content, options["_key"]) if found.content is not None else None,
        "attributes": found.attributes,
        "wanted": found.wanted,
        "write_problem": problem_of(file.check),
        "removal_problem": problem_of(file.check_removal),
        "place_warnings": file.warnings,
    }


def _write(file: TokenFile, options: Options, _check_mode: bool) -> Result:
    file.write(Secret(options["token"]))
    return {"changed": True}


def _restore(file: TokenFile, options: Options, _check_mode: bool) -> Result:
    sealed = options["_content"]
    content = unseal(sealed, options["_key"]) if sealed is not None else None
    file.restore(content, options["_attributes"] or None, written=Secret(options["token"]))
    return {"changed": True}


def _fix(file: TokenFile, _options: Options, _check_mode: bool) -> Result:
    file.fix_attributes()
    return {"changed": True}


def _remove(file: TokenFile, _options: Options, _check_mode: bool) -> Result:
    file.remove()
    return {"changed": True}


#: What a step that is one of several can leave out.
_DEFAULTS: Options = {
    "key": None,
    "device_id": None,
    "format": FORMATS[0],
    "owner": None,
    "group": None,
    "_key": None,
    "_content": None,
    "_attributes": None,
}
_STEPS: t.Mapping[str, t.Callable[[TokenFile, Options, bool], Result]] = {
    "inspect": _inspect,
    "write": _write,
    "restore": _restore,
    "fix": _fix,
    "remove": _remove,
}

#: What AnsibleModule checks beyond the single options.
_RESTRICTIONS = {"required_by": {"key": ("device_id", "token")}}
TOKEN_FILE = Operation(
    "token_file", deliver_token, token_file_spec(), _RESTRICTIONS, host_paths=("path",), private_spec=step_spec()
)
