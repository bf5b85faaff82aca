# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from functools import partial

from ansible_collections.losant.platform.plugins.module_utils._client.client import Client
from ansible_collections.losant.platform.plugins.module_utils._common.durations import format_duration
from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError
from ansible_collections.losant.platform.plugins.module_utils._common.key_document import FORMATS
from ansible_collections.losant.platform.plugins.module_utils._host.destination import Destination
from ansible_collections.losant.platform.plugins.module_utils._host.files import Files
from ansible_collections.losant.platform.plugins.module_utils._host.key_file import KeyFile, in_words_of_key_files
from ansible_collections.losant.platform.plugins.module_utils._tokens.access_key import AccessKey
from ansible_collections.losant.platform.plugins.module_utils._tokens.declaration import Declaration, checked_id
from ansible_collections.losant.platform.plugins.module_utils._tokens.key_declaration import key_declaration_from
from ansible_collections.losant.platform.plugins.module_utils._tokens.key_owner import application_keys
from ansible_collections.losant.platform.plugins.module_utils._tokens.owner import Owner
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.key_checks import check_lists
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.steps import Plan
from ansible_collections.losant.platform.plugins.module_utils._tokens.work import Work

from .application import application_id_of, for_application
from .connection import Connection
from .declaring import PHASES, Copies, Declaring, Finish
from .key_devices import Devices, named_devices
from .operation import Operation, Options, Spec
from .single import ensure_one, may_return_secret

#: What AnsibleModule checks beyond the single options.
ACCESS_KEY_RESTRICTIONS: t.Mapping[str, t.Any] = {
    "required_one_of": [("name", "access_key_id", "key")],
    "mutually_exclusive": [("held_key", "key_file")],
}


def access_key_spec() -> Spec:
    """The options of ``access_key`` beside those of the connection and of the application."""
    tag: Spec = {"key": {"type": "str", "no_log": False}, "value": {"type": "str"}}
    filters = ["all", "whitelist", "blacklist"]
    return {
        "name": {"type": "str"},
        "access_key_id": {"type": "str", "aliases": ["applicationKeyId", "id"]},
        "key": {"type": "str", "no_log": False},
        "state": {"type": "str", "default": Declaration.state, "choices": ["present", "absent"]},
        "description": {"type": "str"},
        "status": {"type": "str", "choices": ["active", "inactive"]},
        "device_ids": {"type": "list", "elements": "str", "aliases": ["deviceIds"]},
        "devices": {"type": "list", "elements": "str"},
        "device_tags": {"type": "list", "elements": "dict", "aliases": ["deviceTags"], "options": tag},
        "filter_type": {"type": "str", "choices": [*filters, "none"], "aliases": ["filterType"]},
        "pub_topics": {"type": "list", "elements": "str", "aliases": ["pubTopics"]},
        "sub_topics": {"type": "list", "elements": "str", "aliases": ["subTopics"]},
        "address_filter_type": {"type": "str", "choices": filters, "aliases": ["addressFilterType"]},
        "addresses": {"type": "list", "elements": "str"},
        "recreate": {"type": "str", "default": Declaration.recreate, "choices": ["never", "state_change", "always"]},
        "rotate_after": {"type": "str"},
        "superseded": {"type": "str", "default": Declaration.superseded, "choices": ["delete", "deactivate", "keep"]},
        "superseded_after": {"type": "str", "default": format_duration(Declaration.superseded_after)},
        "verify": {"type": "bool", "default": Declaration.verify},
        "device_id": {"type": "str", "aliases": ["deviceId"]},
        "key_file": {"type": "path", "no_log": False},
        "format": {"type": "str", "default": FORMATS[0], "choices": list(FORMATS)},
        "owner": {"type": "str"},
        "group": {"type": "str"},
        "mode": {"type": "raw", "default": "0600"},
        "return_secret": {"type": "bool", "no_log": False},
        "held_key": {"type": "str", "no_log": False},
        "staged": {"type": "str", "default": "auto", "choices": ["auto", "true", "false"]},
        "phase": {"type": "str", "default": Declaration.phase, "choices": list(PHASES)},
        "prepared_id": {"type": "str"},
    }


def keys_of(options: Options, connection: Connection) -> Owner:
    """The application that the options mean, as the owner of access keys; with the errors of ``owner_of``."""
    return application_keys(application_id_of(options, connection))


def _begin(options: Options, files: Files, copies: Copies) -> Finish:
    ids = options["device_ids"]
    # Whatever needs no request is checked before one is sent.
    key_declaration_from(options, ids, None)
    if options["device_id"] is not None:
        checked_id("device_id", options["device_id"])
    file = _opened(options, files)

    def finish(devices: Devices) -> Work:
        device_ids = devices.ids_for(options)
        device_id = _device_of(options, device_ids)
        declared = key_declaration_from(options, device_ids, device_id)
        return Work(
            declared,
            options["staged"],
            # To remove a key, nobody has to know its device.
            KeyFile(file, options["format"], device_id) if file is not None else None,
            copies,
            check=partial(_check, devices, declared.device_ids or ()),
        )

    return finish


def _device_of(options: Options, device_ids: t.Sequence[str] | None) -> str | None:
    """The device that uses the key.

    :raises InvalidOptionError: it is needed, and the options do not say which one it is
    """
    if options["state"] == "absent":
        return None
    if options["device_id"] is not None:
        device_id = checked_id("device_id", options["device_id"])
        if device_ids and device_id not in map(str.lower, device_ids):
            raise InvalidOptionError(
                f"device_id is {device_id}, and the key works only for {', '.join(device_ids)}. Add the device, or correct"
                " device_id.",
                option="device_id",
            )
        return device_id
    if device_ids is not None and len(device_ids) == 1:
        return device_ids[0].lower()
    for option in ("key_file", "verify"):
        if options[option]:
            raise InvalidOptionError(
                f"{option} needs the device that uses the key. Set device_id, or restrict the key to just one device with"
                " device_ids or devices.",
                option="device_id",
            )
    return None


def _opened(options: Options, files: Files) -> Destination | None:
    if options["key_file"] is None:
        return None
    with in_words_of_key_files():
        return files.open(options["key_file"], options["owner"], options["group"], options["mode"])


def _check(devices: Devices, device_ids: t.Sequence[str], planned: Plan) -> None:
    check_lists(planned)
    if planned.creates:
        devices.check_exist(device_ids)


def _look_up(entries: t.Sequence[Options], client: Client, owner: Owner) -> Devices:
    return named_devices(entries, client, owner.id)


DECLARING = Declaring(AccessKey, ACCESS_KEY_RESTRICTIONS, _begin, _look_up)
ACCESS_KEY = for_application(
    Operation(
        "access_key",
        partial(ensure_one, declaring=DECLARING, find_owner=keys_of),
        access_key_spec(),
        ACCESS_KEY_RESTRICTIONS,
        host_paths=("key_file",),
        delivers=True,
        kind=AccessKey,
        returns_secret=partial(may_return_secret, declaring=DECLARING),
    )
)
