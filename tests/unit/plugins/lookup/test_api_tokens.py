# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lookup ``api_tokens`` is ``api_token_info`` for templates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template

from ansible_collections.losant.platform.plugins.module_utils._client import client as client_module
from ansible_collections.losant.platform.plugins.module_utils._client import imports
from ansible_collections.losant.platform.plugins.plugin_utils._lookup import forget
from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import ids, methods

if TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.losant.platform.tests.unit.plugins.conftest import Task
    from losant_sandbox.client import Sandbox


@pytest.fixture(autouse=True)
def nothing_read() -> Iterator[None]:
    forget()
    yield
    forget()


@pytest.fixture
def variables(sandbox: Sandbox) -> dict[str, Any]:
    """Variables of Ansible that set the connection."""
    return {
        "losant_api_token": trust_as_template("{{ vaulted }}"),
        "vaulted": sandbox.access_token,
        "losant_api_url": sandbox.url,
        "losant_application_id": sandbox.application_id,
        "losant_retry_max_delay": 0,
    }


def evaluate(variables: dict[str, Any], arguments: str = "", after: str = "") -> Any:
    """The value of a template with the lookup."""
    template = f"{{{{ query('losant.platform.api_tokens'{arguments}) {after} }}}}"
    return Templar(loader=DataLoader(), variables=variables).template(trust_as_template(template))


def failure(variables: dict[str, Any], arguments: str = "") -> str:
    with pytest.raises(AnsibleError) as caught:
        evaluate(variables, arguments)
    return str(caught.value)


def test_it_returns_what_the_module_returns(sandbox: Sandbox, variables: dict[str, Any], api_token_info: Task) -> None:
    sandbox.seed(tokens=[{"name": "b", "expirationDate": "2026-11-25T08:00:00Z"}, {"name": "{{ 7 * 7 }}"}])
    questions: list[tuple[str, dict[str, Any]]] = [
        ("", {}),
        (", expires_within='14d', rotate_before='2d'", {"expires_within": "14d", "rotate_before": "2d"}),
        (", sortField='id', sort_direction='desc'", {"sort_field": "id", "sort_direction": "desc"}),
        (", name='nobody'", {"name": "nobody"}),
    ]
    for arguments, options in questions:
        assert evaluate(variables, arguments) == api_token_info(**options)["api_tokens"]
    assert evaluate(variables, after="| map(attribute='name') | sort") == ["b", "{{ 7 * 7 }}"]


def test_equal_questions_are_one_request(sandbox: Sandbox, variables: dict[str, Any], api_token: Task) -> None:
    sandbox.seed_token("x")
    for _time in range(3):
        [token] = evaluate(variables)
        token["name"] = "changed by a template"
    assert evaluate(variables, after="| map(attribute='name')") == ["x"]
    assert len(methods(sandbox)) == 1
    assert evaluate(variables, ", name='y'") == []
    assert len(methods(sandbox)) == 2


def test_an_option_wins_over_a_variable_and_that_over_the_environment(
    sandbox: Sandbox, variables: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    other = sandbox.seed(applications=[{"name": "plant"}])["applications"][0]["id"]
    [token] = sandbox.seed(tokens=[{"name": "x", "applicationId": other}])["tokens"]
    monkeypatch.setenv("LOSANT_API_TOKEN", "nobody")
    monkeypatch.setenv("LOSANT_APPLICATION_ID", other)
    assert evaluate(variables) == []
    assert ids(evaluate(variables, ", application='plant'")) == [token["id"]]
    assert ids(evaluate(variables, f", application_id='{other}'")) == [token["id"]]
    file = tmp_path / "token"
    file.write_text(sandbox.access_token)
    variables["vaulted"] = "nobody"
    assert ids(evaluate(variables, f", access_token_file='{file}', application='plant'")) == [token["id"]]
    assert "Invalid access token" in failure(variables)
    monkeypatch.setenv("LOSANT_API_TOKEN", sandbox.access_token)
    assert ids(evaluate({"losant_api_url": sandbox.url})) == [token["id"]]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (", 'pump'", "The lookup takes options only, and no terms. To select by name, set name."),
        (", nmae='pump'", "Unknown options: nmae. Known are access_token,"),
        (", application_id='plant'", "application_id is 'plant', which is not 24 hexadecimal characters."),
        (", application_id='plant', application='plant'", "mutually exclusive: application_id|application"),
        (", access_token='a', access_token_file='b'", "mutually exclusive: access_token|access_token_file"),
        (", sort_field='scope'", "sort_field"),
        (", page=-1", "page counts from 0"),
        (", filter='a*'", "Add filter_field=name"),
        (", expires_within='soon'", "expires_within"),
        (", application='nobody'", "No application is named 'nobody'"),
        (", retries=101", "retries must be 0 to 100."),
    ],
)
def test_bad_options(variables: dict[str, Any], arguments: str, text: str) -> None:
    assert text in failure(variables, arguments)


def test_what_losant_refuses(sandbox: Sandbox, variables: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    variables["losant_application_id"] = "f" * 24
    message = failure(variables)
    assert f"Could not list the API tokens of application {'f' * 24}: Losant responded 404 NotFound" in message
    assert "Nobody" not in failure({**variables, "vaulted": "Nobody-knows"})
    assert "No access token is set" in failure({"losant_application_id": "f" * 24})
    assert "No application is set" in failure({"losant_api_token": "x"})
    monkeypatch.setattr(client_module, "HAS_REQUESTS", False)
    assert imports.HAS_REQUESTS
    assert "The Python library requests is needed on the controller" in failure(variables)
