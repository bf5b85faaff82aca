# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tasks of the runs: what the collection offers, on this machine and on a host, with each way to pass the access token."""

from __future__ import annotations

from typing import Any

from .traces import COMMAND_LINE, ENVIRONMENT, FILE, OPTION, TASK_ENVIRONMENT

Task = dict[str, Any]
Play = dict[str, Any]

#: Groups of tasks. A run plays some of them.
CONTROLLER, HOST, ASYNC, USER, OTHER_MODULE = "controller", "host", "async", "user", "other module"

_TOKEN = "losant.platform.api_token"
_INFO = "losant.platform.api_token_info"
_FILE = "losant.platform.token_file"
_KEY = "losant.platform.access_key"
_KEYS = "losant.platform.access_keys"
#: Text that each run has to show, so that a run which shows nothing is noticed.
SHOWN = "readable-change"
_CONNECTION = {
    "application_id": "{{ lookup('ansible.builtin.env', 'LOSANT_APPLICATION_ID') }}",
    "api_url": "{{ lookup('ansible.builtin.env', 'LOSANT_API_URL') }}",
}
_PLACE = "{{ delivered }}/{{ inventory_hostname }}"


def plays(groups: tuple[str, ...]) -> list[Play]:
    """The plays of some groups, for both hosts or for one of them."""
    return [play for group in groups for play in _GROUPS[group]()]


def _play(hosts: str, tasks: list[Task], **more: Any) -> Play:
    return {
        "hosts": hosts,
        "gather_facts": False,
        "module_defaults": {"group/losant.platform.losant": _CONNECTION},
        "tasks": tasks,
        **more,
    }


def _passing(passed: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The options and the keywords of a task that pass the access token."""
    token = f"{{{{ lookup('ansible.builtin.file', access_tokens ~ '/{passed}') }}}}"
    return {
        OPTION: ({"access_token": token}, {}),
        ENVIRONMENT: ({}, {}),
        FILE: ({"access_token_file": f"{{{{ access_tokens }}}}/{FILE}"}, {}),
        TASK_ENVIRONMENT: ({}, {"environment": {"LOSANT_API_TOKEN": token}}),
        COMMAND_LINE: ({"access_token": "{{ access_token_variable }}"}, {}),
    }[passed]


def _tasks_with(passed: str, name: str) -> list[Task]:
    """A creation, two failures, a dry run and a list, each with the access token passed in this way."""
    options, keywords = _passing(passed)
    token = {"name": name, "scope": ["devices.get"], **options}
    created = {**token, "token_file": f"{_PLACE}-{name}"}
    return [
        {"name": "Create", _TOKEN: created, **keywords, "register": "created"},
        {"name": "Refuse", _TOKEN: {**token, "scope": ["devices.post"]}, **keywords, "ignore_errors": True},
        {"name": "Misspell", _TOKEN: {**token, "nmae": "x"}, **keywords, "ignore_errors": True},
        {"name": "Predict", _TOKEN: {**token, "recreate": "always"}, **keywords, "check_mode": True},
        {"name": "List", _INFO: options, **keywords},
    ]


def _rotation(name: str, **more: Any) -> Task:
    token = {"name": name, "token_file": f"{_PLACE}-{name}", "return_token": True, "recreate": "always", **more}
    return {"name": "Rotate", _TOKEN: token, "register": "rotated"}


def _controller() -> list[Play]:
    name = "{{ inventory_hostname }}"
    returned = {"name": f"returned-{name}", "scope": ["devices.get"]}
    tasks = [
        *_tasks_with(OPTION, f"option-{name}"),
        *_tasks_with(ENVIRONMENT, f"environment-{name}"),
        *_tasks_with(FILE, f"file-{name}"),
        *_tasks_with(TASK_ENVIRONMENT, f"task-{name}"),
        _rotation(f"option-{name}"),
        {"name": "Return", _TOKEN: returned, "register": "returned"},
        {
            "name": "Loop",
            _TOKEN: {**returned, "name": f"{{{{ item }}}}-{name}"},
            "loop": ["one", "two"],
            "register": "looped",
        },
        {
            "name": "Repeat",
            _TOKEN: {**returned, "name": f"until-{name}"},
            "register": "repeated",
            "until": "repeated is success",
        },
        {"name": "Prepare", _TOKEN: {**returned, "name": f"phase-{name}", "phase": "prepare"}, "register": "prepared"},
        {
            "name": "Commit",
            _TOKEN: {
                **returned,
                "name": f"phase-{name}",
                "phase": "commit",
                "prepared_id": "{{ prepared.prepared_id }}",
                "held_token": "{{ prepared.token }}",
            },
            "register": "committed",
        },
        *_token_file_tasks(f"{_PLACE}-written"),
        *_key_tasks(f"key-{name}"),
        {"name": "Hold", _TOKEN: {**returned, "held_token": "{{ returned.token }}"}, "register": "held"},
        {
            "name": "Hold another",
            _TOKEN: {**returned, "held_token": "{{ looped.results[0].token }}"},
            "ignore_errors": True,
        },
        {"name": "Use what is registered", "ansible.builtin.assert": {"that": _USABLE, "quiet": True}},
        {"name": "Describe", _TOKEN: {"name": returned["name"], "description": SHOWN}},
    ]
    return [_play("all", tasks)]


_USABLE = [
    "created.created and created.token is undefined",
    "held is not changed",
    "rotated.created and rotated.token is defined",
    "prepared.token is defined and committed is success",
    "looped.results[1].token != looped.results[0].token",
    "repeated.token != returned.token",
    "read.token_id == returned.api_token.id",
    "read_key.key == rotated_key.key and keys.secrets | length == 1",
]


def _token_file_tasks(path: str) -> list[Task]:
    written = {"path": path, "token": "{{ returned.token }}"}
    nowhere = {**written, "path": f"{path}/none/none"}
    # Refused: the file holds the secret of another live token.
    taken = {"name": "taken-{{ inventory_hostname }}", "scope": ["devices.get"], "token_file": path}
    return [
        {"name": "Deliver", _FILE: written},
        {"name": "Read", _FILE: {"path": path}, "register": "read"},
        {"name": "Refuse a directory that does not exist", _FILE: nowhere, "ignore_errors": True},
        {"name": "Refuse the file of another token", _TOKEN: taken, "ignore_errors": True},
    ]


def _key_tasks(name: str) -> list[Task]:
    """The same for access keys."""
    key = {"name": name, "device_tags": [{"key": "site"}], "device_id": "ab" * 12}
    in_file = {**key, "key_file": f"{_PLACE}-{name}"}
    written = {"path": f"{_PLACE}-{name}-written", "device_id": key["device_id"], "format": "json"}
    return [
        {"name": "Create a key", _KEY: in_file},
        {"name": "Change the format", _KEY: {**in_file, "format": "toml"}},
        {"name": "Refuse a key", _KEY: {**in_file, "device_tags": [{"key": "another"}]}, "ignore_errors": True},
        {
            "name": "Rotate a key",
            _KEY: {**in_file, "recreate": "always", "return_secret": True},
            "register": "rotated_key",
        },
        {
            "name": "Deliver a key",
            _FILE: {**written, "key": "{{ rotated_key.key }}", "token": "{{ rotated_key.secret }}"},
        },
        {"name": "Read a key", _FILE: {"path": written["path"]}, "register": "read_key"},
        {"name": "Return keys", _KEYS: {"access_keys": [{**key, "name": f"many-{name}"}]}, "register": "keys"},
    ]


def _host() -> list[Play]:
    """What ``losant_run_on: host`` runs on the host. The environment of the controller does not reach it."""
    options = _passing(OPTION)[0]
    tasks = [
        *_tasks_with(OPTION, "option-run"),
        *_tasks_with(TASK_ENVIRONMENT, "task-run")[:2],
        *_tasks_with(FILE, "file-run")[:1],
        _rotation("option-run", **options),
        {"name": "Hold", _TOKEN: {"name": "option-run", "held_token": "{{ rotated.token }}", **options}},
        {"name": "Describe", _TOKEN: {"name": "file-run", "description": SHOWN, **options}},
    ]
    return [_play("there", tasks, vars={"losant_run_on": "host"})]


def _async() -> list[Play]:
    options = _passing(OPTION)[0]
    token = {"name": "async", "scope": ["devices.get"], "token_file": f"{_PLACE}-async", **options}
    tasks = [{"name": "Create it in the background", _TOKEN: token, "async": 60, "poll": 1}]
    return [_play("there", tasks, vars={"losant_run_on": "host"})]


def _user() -> list[Play]:
    """What Ansible shows because a playbook asks for it."""
    token = {"name": "shown-{{ inventory_hostname }}", "scope": ["devices.get"]}
    tasks = [
        {"name": "Return", _TOKEN: {**token, **_passing(COMMAND_LINE)[0]}, "register": "returned"},
        {"name": "Print", "ansible.builtin.debug": {"var": "returned.token"}},
        {"name": "Describe", _TOKEN: {"name": token["name"], "description": SHOWN}},
    ]
    return [_play("here", tasks)]


def _other_module() -> list[Play]:
    """The access token in the environment of a task of Ansible."""
    keywords = _passing(TASK_ENVIRONMENT)[1]
    tasks = [
        {"name": "Ping", "ansible.builtin.ping": {}, **keywords},
        {"name": "Print", "ansible.builtin.debug": {"msg": SHOWN}},
    ]
    return [_play("there", tasks)]


_GROUPS = {
    CONTROLLER: _controller,
    HOST: _host,
    ASYNC: _async,
    USER: _user,
    OTHER_MODULE: _other_module,
}
