# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Clients of one process share open connections, and nothing else. Another process has its own."""

from __future__ import annotations

import multiprocessing
from typing import TYPE_CHECKING, Any

from ansible_collections.losant.platform.plugins.module_utils._client.client import Client
from ansible_collections.losant.platform.plugins.module_utils._client.connections import connections
from ansible_collections.losant.platform.plugins.module_utils._client.messages import Action
from ansible_collections.losant.platform.plugins.module_utils._client.retry import RetryPolicy
from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret

if TYPE_CHECKING:
    from losant_sandbox.client import Sandbox

LIST = Action("list the API tokens")


def get(sandbox: Sandbox, token: str | None = None, domain: str | None = None) -> None:
    client = Client(
        access_token=Secret(token or sandbox.access_token),
        api_url=sandbox.url,
        losant_domain=domain,
        retry=RetryPolicy(0, 0),
    )
    client.get(sandbox.tokens_path, LIST, {})


def seen(sandbox: Sandbox, what: str) -> list[Any]:
    return [request[what] for request in sandbox.requests()]


def test_clients_share_a_connection_but_no_token_and_no_header(sandbox: Sandbox) -> None:
    other = sandbox.seed_token("x", scope=["all.Application"])
    get(sandbox, domain="example.com")
    get(sandbox, other["token"])
    get(sandbox)
    assert len(set(seen(sandbox, "port"))) == 1
    assert seen(sandbox, "caller")[1] == other["id"]
    assert len(set(seen(sandbox, "caller"))) == 2
    assert [headers.get("losantdomain") for headers in seen(sandbox, "headers")] == ["example.com", None, None]


def test_a_fork_uses_no_connection_of_its_parent(sandbox: Sandbox) -> None:
    """Two processes that write to one socket would get each other's responses."""
    get(sandbox)
    child = multiprocessing.get_context("fork").Process(target=get, args=(sandbox,))
    child.start()
    child.join(60)
    assert child.exitcode == 0
    get(sandbox)
    first, of_child, second = seen(sandbox, "port")
    assert first == second != of_child


def test_what_certificates_are_checked_against_is_not_shared() -> None:
    assert connections(True) is connections(True)
    assert len({id(connections(verify)) for verify in (True, False, "/ca.pem", "/other.pem")}) == 4
