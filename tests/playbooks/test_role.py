# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role api_tokens in plays with several hosts: one token for all, and no secret lost, whatever fails."""

from __future__ import annotations

import json
import re
import signal
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible.parsing.yaml.loader import AnsibleLoader

from ansible_collections.losant.platform.tests.support.tokens import accepts

from .conftest import Played, Player

PASSWORD = "correct horse"
#: Runs what ssh is asked to run, on this machine; from the call in the file ``until`` on, the host cannot be reached.
SSH = """#!/bin/sh
cd DIRECTORY
calls=$(($(cat calls) + 1))
echo $calls > calls
[ $calls -ge "$(cat until)" ] && exit 255
for last; do :; done
exec /bin/sh -c "$last"
"""


class Fleet:
    """A play for hosts of which the first is this machine, and the others are behind a connection."""

    def __init__(self, player: Player) -> None:
        self.player = player
        self.directory = player.directory / "play"
        self.files = player.directory / "files"
        for directory in (self.directory, self.files):
            directory.mkdir()

    def hosts(self, *names: str) -> Path:
        """An inventory."""
        lines = [f"{names[0]} ansible_connection=local"]
        for name in names[1:]:
            place = self.player.directory / name
            place.mkdir(exist_ok=True)
            self.reachable(name)
            script = place / "ssh"
            script.write_text(SSH.replace("DIRECTORY", str(place)), encoding="utf-8")
            script.chmod(0o755)
            lines.append(f"{name} ansible_connection=ssh ansible_ssh_executable={script} ansible_pipelining=true")
        lines += ["[all:vars]", 'ansible_python_interpreter="{{ ansible_playbook_python }}"']
        return self.player.write("\n".join(lines), "inventory.ini")

    def reachable(self, name: str, *, until: int = 10**9) -> None:
        """Let a host be reached until a certain call, counted from now."""
        for file, value in (("calls", 0), ("until", until)):
            (self.player.directory / name / file).write_text(str(value), encoding="utf-8")

    def play(self, tokens: list[dict[str, Any]], *options: str, hosts: tuple[str, ...] = ("a",), **play: Any) -> Played:
        """Run the role. ``play``: keywords of the play, and variables of the role without their prefix."""
        return self.player.run(self.playbook(tokens, **play), "--inventory", str(self.hosts(*hosts)), *options)

    def playbook(self, tokens: list[dict[str, Any]], **play: Any) -> Path:
        keywords: dict[str, Any] = {
            name: play.pop(name) for name in ("serial", "strategy", "become", "environment", "tasks") if name in play
        }
        content = {
            "hosts": "all",
            "gather_facts": False,
            "vars": {
                "api_tokens_application_id": self.player.sandbox.application_id,
                "api_tokens_vault_password": PASSWORD,
                "api_tokens_tokens": [{"scope": ["devices.get"], **token} for token in tokens],
                **{f"api_tokens_{name}": value for name, value in play.items()},
            },
            "roles": ["losant.platform.api_tokens"],
            **keywords,
        }
        return self.player.write(json.dumps([content]), "play/playbook.yml")

    def path(self, host: str = "{{ inventory_hostname }}") -> str:
        return str(self.files / host)

    def secret_on(self, host: str) -> str:
        return (self.files / host).read_text(encoding="utf-8")

    def vault(self, file: str = "vault.yml") -> dict[str, str]:
        """What a vault file holds."""
        text = VaultLib([("default", VaultSecret(PASSWORD.encode()))]).decrypt((self.directory / file).read_bytes())
        variables: dict[str, str] = AnsibleLoader(text.decode()).get_single_data()
        return variables

    def write_vault(self, variables: str, file: str = "vault.yml", password: str = PASSWORD) -> None:
        (self.directory / file).write_bytes(VaultLib().encrypt(variables, secret=VaultSecret(password.encode())))

    def tokens(self) -> dict[str, dict[str, Any]]:
        """The tokens by name. No two may have one name."""
        tokens = self.player.sandbox.tokens()
        assert len({token["name"] for token in tokens}) == len(tokens)
        return {token["name"]: token for token in tokens}

    def has(self, *secrets: str) -> bool:
        """Whether a secret stands in clear in any file but a token file."""
        files = [path for path in self.player.directory.rglob("*") if path.is_file() and self.files not in path.parents]
        return any(secret in path.read_text(encoding="utf-8", errors="replace") for path in files for secret in secrets)


@pytest.fixture
def fleet(player: Player) -> Fleet:
    return Fleet(player)


def changes(played: Played) -> dict[str, int]:
    """The number of changes on each host, from the recap."""
    return {
        host: int(count) for host, count in re.findall(r"^(\w+) +: ok=.* changed=(\d+) ", played.output, re.MULTILINE)
    }


def failures(played: Played) -> dict[str, int]:
    return {
        host: int(count) for host, count in re.findall(r"^(\w+) +: ok=.* failed=(\d+) ", played.output, re.MULTILINE)
    }


def writes(player: Player) -> list[str]:
    return [request["method"] for request in player.sandbox.requests(writes=True)]


def on_all(fleet: Fleet, **options: Any) -> dict[str, Any]:
    return {"name": "display", "token_file": fleet.path(), **options}


class TestOneTokenForAllHosts:
    def test_each_host_gets_the_secret_of_one_token_once(self, fleet: Fleet) -> None:
        """The example of the README: several hosts in the group."""
        hosts = ("a", "b", "c")
        first = fleet.play([on_all(fleet)], hosts=hosts, recreate="state_change")
        assert first.code == 0, first.output
        [secret] = {fleet.secret_on(host) for host in hosts}
        assert accepts(fleet.player.sandbox, secret)
        assert list(fleet.tokens()) == ["display"]
        assert all(count > 0 for count in changes(first).values())
        before = fleet.player.sandbox.requests()
        again = fleet.play([on_all(fleet)], hosts=hosts, recreate="state_change")
        assert changes(again) == {"a": 0, "b": 0, "c": 0}, again.output
        assert {fleet.secret_on(host) for host in hosts} == {secret}
        assert len(fleet.player.sandbox.requests()) - len(before) == 1
        assert again.output.count("\nTASK [") <= 10

    def test_hosts_can_be_named(self, fleet: Fleet) -> None:
        played = fleet.play([on_all(fleet, hosts=["b"], mode="0640")], hosts=("a", "b"))
        assert played.code == 0, played.output
        assert [path.name for path in fleet.files.iterdir()] == ["b"]
        assert (fleet.files / "b").stat().st_mode & 0o777 == 0o640

    def test_a_host_outside_the_play_is_refused(self, fleet: Fleet) -> None:
        played = fleet.play([on_all(fleet, hosts=["b", "elsewhere"])], hosts=("a", "b"))
        assert "names hosts that are not in the play: elsewhere" in played.output
        assert fleet.player.sandbox.requests() == []

    @pytest.mark.parametrize("keywords", [{"strategy": "free"}, {"serial": 1}], ids=str)
    def test_hosts_out_of_step_get_one_token(self, fleet: Fleet, keywords: dict[str, Any]) -> None:
        hosts = ("a", "b", "c")
        tokens = [on_all(fleet), {"name": "In Vault", "vault_file": "vault.yml"}]
        played = fleet.play(tokens, hosts=hosts, recreate="state_change", **keywords)
        assert played.code == 0, played.output
        assert {accepts(fleet.player.sandbox, fleet.secret_on(host)) for host in hosts} == {True}
        assert list(fleet.vault()) == ["in_vault_token"]
        assert accepts(fleet.player.sandbox, fleet.vault()["in_vault_token"])
        assert sorted(fleet.tokens()) == ["In Vault", "display"]
        assert writes(fleet.player).count("POST") == 2
        again = fleet.play(tokens, hosts=hosts, recreate="state_change", **keywords)
        assert set(changes(again).values()) == {0}, again.output

    def test_two_plays_at_once_lose_nothing(self, fleet: Fleet) -> None:
        tokens = [{"name": "In Vault", "vault_file": "vault.yml"}]
        playbook, inventory = fleet.playbook(tokens, recreate="state_change"), str(fleet.hosts("a"))
        processes = [fleet.player.start(playbook, "--inventory", inventory) for _number in range(2)]
        outputs = [process.communicate(timeout=120)[0] for process in processes]
        assert [process.returncode for process in processes] == [0, 0], outputs
        assert accepts(fleet.player.sandbox, fleet.vault()["in_vault_token"])
        assert list(fleet.tokens()) == ["In Vault"]

    def test_entries_that_differ_between_hosts_are_refused(self, fleet: Fleet) -> None:
        tokens = [on_all(fleet, description="for {{ inventory_hostname }}")]
        played = fleet.play(tokens, hosts=("a", "b"))
        assert "The entries of api_tokens_tokens differ between the hosts a and b." in played.output
        assert failures(played) == {"a": 1, "b": 1}
        assert fleet.player.sandbox.requests() == []

    def test_hosts_that_do_not_run_the_role_are_no_obstacle(self, fleet: Fleet) -> None:
        """The first host of the play skips the role, so another one leads."""
        task = {
            "ansible.builtin.include_role": {"name": "losant.platform.api_tokens"},
            "when": "inventory_hostname != 'a'",
        }
        tokens = [on_all(fleet)]
        text = json.loads(fleet.playbook(tokens, tasks=[task]).read_text(encoding="utf-8"))
        del text[0]["roles"]
        playbook = fleet.player.write(json.dumps(text), "play/playbook.yml")
        played = fleet.player.run(playbook, "--inventory", str(fleet.hosts("a", "b", "c")))
        assert played.code == 0, played.output
        assert len({fleet.secret_on(host) for host in ("a", "b", "c")}) == 1


class TestCopies:
    def test_a_host_that_lacks_the_secret_gets_it_from_another(self, fleet: Fleet) -> None:
        hosts = ("a", "b", "c")
        fleet.play([on_all(fleet)], hosts=hosts)
        secret = fleet.secret_on("a")
        (fleet.files / "a").unlink()
        (fleet.files / "c").unlink()
        written = len(writes(fleet.player))
        played = fleet.play([on_all(fleet)], "-vvv", hosts=hosts, recreate="state_change")
        assert played.code == 0, played.output
        assert {fleet.secret_on(host) for host in hosts} == {secret}
        assert len(writes(fleet.player)) == written
        assert secret.partition(".")[0] not in played.output
        assert changes(played)["b"] == 0
        assert 0 not in (changes(played)["a"], changes(played)["c"])

    def test_a_secret_that_no_host_holds_is_not_replaced_unless_allowed(self, fleet: Fleet) -> None:
        hosts = ("a", "b")
        fleet.play([on_all(fleet)], hosts=hosts)
        for host in hosts:
            (fleet.files / host).unlink()
        played = fleet.play([on_all(fleet)], hosts=hosts)
        assert "no host holds its secret" in played.output
        assert f"{fleet.path('b')} on b does not exist" in played.output
        assert failures(played) == {"a": 1, "b": 1}
        replaced = fleet.play([on_all(fleet)], hosts=hosts, recreate="state_change")
        assert replaced.code == 0, replaced.output
        assert fleet.secret_on("a") == fleet.secret_on("b")
        assert list(fleet.tokens()) == ["display"]

    def test_a_file_with_the_secret_of_another_token_is_refused(self, fleet: Fleet) -> None:
        other = fleet.player.sandbox.seed_token("other", scope=["devices.get"])
        (fleet.files / "b").write_text(other["token"], encoding="utf-8")
        played = fleet.play([on_all(fleet)], hosts=("a", "b"))
        assert "holds the secret of another token" in played.output
        assert fleet.secret_on("b") == other["token"]
        assert list(fleet.tokens()) == ["other"]

    def test_the_files_are_removed_with_the_token(self, fleet: Fleet) -> None:
        hosts = ("a", "b")
        fleet.play([on_all(fleet)], hosts=hosts)
        (fleet.files / "b").write_text("somebody's own", encoding="utf-8")
        played = fleet.play([on_all(fleet, state="absent")], hosts=hosts)
        assert played.code == 0, played.output
        assert fleet.tokens() == {}
        assert [path.name for path in fleet.files.iterdir()] == ["b"]


class TestFailures:
    @pytest.fixture(params=[1, 2, 3], ids=["before", "at-delivery", "in-delivery"])
    def calls(self, request: pytest.FixtureRequest) -> int:
        """The call at which a host cannot be reached any more: it is inspected, inspected again, written to."""
        value: int = request.param
        return value

    def test_a_host_that_cannot_be_reached_leaves_all_as_before(self, fleet: Fleet, calls: int) -> None:
        hosts = ("a", "b", "c")
        fleet.play([on_all(fleet)], hosts=hosts)
        [secret], [token] = {fleet.secret_on(host) for host in hosts}, fleet.player.sandbox.tokens()
        inventory = str(fleet.hosts(*hosts))
        fleet.reachable("b", until=calls)
        other = {"name": "Other", "vault_file": "vault.yml"}
        playbook = fleet.playbook([on_all(fleet, recreate="always"), other])
        played = fleet.player.run(playbook, "--inventory", inventory)
        assert failures(played) == {"a": 1, "b": 1, "c": 1}, played.output
        assert re.search(r"\bb[:.] Could not reach the host with token_file", played.output)
        assert {fleet.secret_on(host) for host in hosts} == {secret}
        assert fleet.tokens()["display"]["id"] == token["id"]
        assert accepts(fleet.player.sandbox, secret)
        assert ("not restored on b" in played.output) == (calls == 3)
        # The failure of one token stops no other.
        assert sorted(fleet.tokens()) == ["Other", "display"]
        assert accepts(fleet.player.sandbox, fleet.vault()["other_token"])

    def test_a_place_that_cannot_be_written_is_refused_before_anything_is_created(self, fleet: Fleet) -> None:
        (fleet.files / "b").mkdir()
        for options in ([], ["--check"]):
            played = fleet.play([on_all(fleet)], *options, hosts=("a", "b"))
            assert "is a directory" in played.output
            assert failures(played) == {"a": 1, "b": 1}
        assert writes(fleet.player) == []

    @pytest.mark.parametrize(
        "fault", [{"kind": "status", "status": 403}, {"kind": "reset_after", "times": None}], ids=str
    )
    def test_a_commit_that_fails_leaves_all_as_before(self, fleet: Fleet, fault: dict[str, Any]) -> None:
        hosts = ("a", "b")
        fleet.play([on_all(fleet)], hosts=hosts)
        [secret], [token] = {fleet.secret_on(host) for host in hosts}, fleet.player.sandbox.tokens()
        fleet.player.sandbox.fault(method="PATCH", **fault)
        played = fleet.play([on_all(fleet, recreate="always")], hosts=hosts, environment={"LOSANT_RETRIES": "0"})
        kept = {fleet.secret_on(host) for host in hosts}
        if fault["kind"] == "status":
            assert failures(played) == {"a": 1, "b": 1}
            assert kept == {secret}
            assert list(fleet.tokens()) == ["display"]
            assert fleet.tokens()["display"]["id"] == token["id"]
        # Whatever is known of the request, what the hosts hold works.
        assert [accepts(fleet.player.sandbox, held) for held in kept] == [True]

    @pytest.mark.parametrize("options", [[], ["--check"]], ids=["run", "check"])
    def test_a_failed_declaration_leaves_no_secret_in_clear(self, fleet: Fleet, options: list[str]) -> None:
        token = {"name": "In Vault", "vault_file": "vault.yml"}
        fleet.play([token])
        secret, content = fleet.vault()["in_vault_token"], (fleet.directory / "vault.yml").read_bytes()
        playbook = fleet.playbook([{**token, "scope": ["devices.post"]}])
        # Ansible puts a socket there, so the path has to be short.
        with tempfile.TemporaryDirectory() as temporary:
            played = fleet.player.run(playbook, "--inventory", str(fleet.hosts("a")), *options, TMPDIR=temporary)
            assert list(Path(temporary).iterdir()) == []
        assert "differs in fields that Losant cannot change" in played.output
        assert not fleet.has(secret)
        assert (fleet.directory / "vault.yml").read_bytes() == content


class TestInterruptions:
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
    def test_secrets_that_nobody_would_get_are_taken_back_or_named(self, fleet: Fleet, number: signal.Signals) -> None:
        """Nobody reads the result of a run that is stopped: of one token that is in force, one prepared, one half created."""
        sandbox = fleet.player.sandbox
        sandbox.fault("delay", method="POST", seconds=2, when="after", skip=2)
        tokens = [{"name": "bare"}, on_all(fleet), {"name": "last"}, {"name": "never"}]
        process = fleet.player.start(fleet.playbook(tokens), "--inventory", str(fleet.hosts("a", "b")))
        end = time.monotonic() + 100
        while writes(fleet.player).count("POST") < 3:
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < end
            time.sleep(0.05)
        process.send_signal(number)
        played = fleet.player.finish(process)
        assert list(fleet.tokens()) == ["bare"], played.output
        [token] = sandbox.tokens()
        assert f"The new token {token['id']} of 'bare' is in force, and its secret is lost" in played.output
        assert played.output.count("was deleted again.") == 2
        assert list(fleet.files.iterdir()) == []


class TestVault:
    def test_a_vault_file_belongs_to_one_token(self, fleet: Fleet) -> None:
        token = {"name": "In Vault", "vault_file": "vaults/losant.yml", "vault_variable": "losant_token"}
        (fleet.directory / "vaults").mkdir()
        check = fleet.play([token], "--check", vault_id="production")
        assert check.code == 0, check.output
        assert writes(fleet.player) == []
        first = fleet.play([token], "--diff", vault_id="production")
        assert first.code == 0, first.output
        file = fleet.directory / token["vault_file"]
        assert file.read_bytes().startswith(b"$ANSIBLE_VAULT;1.2;AES256;production\n")
        assert file.stat().st_mode & 0o777 == 0o600
        held = fleet.vault(token["vault_file"])
        assert list(held) == ["losant_token"]
        assert held["losant_token"] not in first.output
        file.chmod(0o640)
        again = fleet.play([token])
        assert changes(again) == {"a": 0}, again.output
        replaced = fleet.play([{**token, "recreate": "always"}])
        assert replaced.code == 0, replaced.output
        assert fleet.vault(token["vault_file"]) != held
        assert file.stat().st_mode & 0o777 == 0o640
        absent = fleet.play([{**token, "state": "absent"}])
        assert absent.code == 0, absent.output
        assert not file.exists()
        assert fleet.tokens() == {}

    @pytest.mark.parametrize("options", [[], ["--check"]], ids=["run", "check"])
    def test_a_vault_file_with_other_content_is_refused_before_anything_is_written(
        self, fleet: Fleet, options: list[str]
    ) -> None:
        fleet.write_vault("kept: as it is\n", "second.yml")
        content = (fleet.directory / "second.yml").read_bytes()
        tokens = [{"name": "One", "vault_file": "vault.yml"}, {"name": "Two", "vault_file": "second.yml"}]
        played = fleet.play(tokens, *options)
        assert "second.yml holds other variables than two_token: kept" in played.output
        assert (fleet.directory / "second.yml").read_bytes() == content
        assert not (fleet.directory / "vault.yml").exists()
        assert fleet.player.sandbox.requests() == []

    @pytest.mark.parametrize("options", [[], ["--check"]], ids=["run", "check"])
    def test_two_entries_for_one_variable_are_refused(self, fleet: Fleet, options: list[str]) -> None:
        names = [{"name": "my token", "vault_file": "one.yml"}, {"name": "My_Token", "vault_file": "two.yml"}]
        played = fleet.play(names, *options)
        assert "Two entries of api_tokens_tokens have the variable my_token_token" in played.output
        assert fleet.player.sandbox.requests() == []


DELIVER = """
- name: Put it in the store
  ansible.builtin.copy:
    content: "{{ api_tokens_secret }}"
    dest: "DIRECTORY/{{ api_tokens_token.name }}"
    mode: "0600"
  diff: false
- name: Note the id
  ansible.builtin.copy:
    content: "{{ api_tokens_token_id }}"
    dest: "DIRECTORY/id"
    mode: "0600"
- name: Refuse
  ansible.builtin.fail:
    msg: "The store refused {{ api_tokens_token.name }}."
  when: api_tokens_token.description is defined
"""


class TestDeliveryByTheUser:
    def test_a_secret_is_handed_over_between_prepare_and_commit(self, fleet: Fleet) -> None:
        store, ident = fleet.files / "elsewhere", fleet.files / "id"
        fleet.player.write(DELIVER.replace("DIRECTORY", str(fleet.files)), "play/deliver.yml")
        held = f"{{{{ lookup('ansible.builtin.file', '{store}', errors='ignore') }}}}"
        token = {"name": "elsewhere", "held_token": held, "recreate": "state_change"}
        first = fleet.play([token], "--diff", hosts=("a", "b"), deliver="deliver.yml")
        assert first.code == 0, first.output
        [current] = fleet.player.sandbox.tokens()
        assert current["name"] == "elsewhere"
        assert ident.read_text(encoding="utf-8") == current["id"]
        assert accepts(fleet.player.sandbox, store.read_text(encoding="utf-8"))
        again = fleet.play([token], hosts=("a", "b"), deliver="deliver.yml")
        assert changes(again) == {"a": 0, "b": 0}, again.output
        store.write_text("lost", encoding="utf-8")
        rotated = fleet.play([token], deliver="deliver.yml")
        assert rotated.code == 0, rotated.output
        [renewed] = fleet.player.sandbox.tokens()
        assert ident.read_text(encoding="utf-8") == renewed["id"] != current["id"]
        assert accepts(fleet.player.sandbox, store.read_text(encoding="utf-8"))

    def test_a_failure_of_the_user_s_tasks_takes_the_token_back(self, fleet: Fleet) -> None:
        fleet.player.write(DELIVER.replace("DIRECTORY", str(fleet.files)), "play/deliver.yml")
        old = fleet.player.sandbox.seed_token("refused", scope=["devices.get"], description="x")
        tokens = [{"name": "refused", "description": "x", "recreate": "always"}, {"name": "taken"}]
        played = fleet.play(tokens, deliver="deliver.yml")
        assert failures(played) == {"a": 1}
        assert (
            "Could not deliver the secret of API token 'refused'. Refuse: The store refused refused." in played.output
        )
        assert {name: token["id"] for name, token in fleet.tokens().items()}["refused"] == old["id"]
        assert sorted(fleet.tokens()) == ["refused", "taken"]
        secret = fleet.secret_on("refused")
        assert not accepts(fleet.player.sandbox, secret)
        assert secret not in played.output

    def test_check_mode_hands_nothing_over(self, fleet: Fleet) -> None:
        fleet.player.write(DELIVER.replace("DIRECTORY", str(fleet.files)), "play/deliver.yml")
        played = fleet.play([{"name": "elsewhere"}], "--check", deliver="deliver.yml")
        assert played.code == 0, played.output
        assert changes(played)["a"] > 0
        assert list(fleet.files.iterdir()) == []
        assert writes(fleet.player) == []


class TestResults:
    def test_what_is_created_is_named_on_every_host(self, fleet: Fleet) -> None:
        fleet.player.sandbox.seed_token("existing", scope=["devices.get"])
        that = [
            "api_tokens_created == ['bare', 'display']",
            "api_tokens_results.results | map(attribute='name') == ['bare', 'existing', 'display']",
            "api_tokens_results.results | selectattr('token', 'defined') | map(attribute='name') == ['bare']",
            "api_tokens_results.results | map(attribute='changed') == [true, false, true]",
            "api_tokens_results.results[2].api_token.name == 'display'",
        ]
        secret = "SECRET {{ api_tokens_results.results[0].token | b64encode }}"
        tasks = [{"ansible.builtin.assert": {"that": that}}, {"ansible.builtin.debug": {"msg": secret}}]
        tokens = [{"name": "bare"}, {"name": "existing"}, on_all(fleet)]
        played = fleet.play(tokens, "-v", "--diff", hosts=("a", "b"), tasks=tasks)
        assert played.code == 0, played.output
        headers = {fleet.secret_on("a").partition(".")[0], fleet.player.sandbox.access_token.partition(".")[0]}
        assert not [header for header in headers if header in played.output]
        assert not fleet.has(fleet.secret_on("a"))

    def test_check_mode_predicts_and_writes_nothing(self, fleet: Fleet) -> None:
        tokens = [{"name": "bare"}, on_all(fleet), {"name": "In Vault", "vault_file": "vault.yml"}]
        tasks = [{"ansible.builtin.debug": {"msg": "NAMES {{ api_tokens_created | join('+') }}"}}]
        diffs = []
        for options in (["--check"], []):
            played = fleet.play(tokens, *options, "--diff", hosts=("a", "b"), tasks=tasks)
            assert played.code == 0, played.output
            assert "NAMES bare+display+In Vault" in played.output
            assert all(count > 0 for count in changes(played).values())
            diffs.append([line for line in played.output.splitlines() if re.match(r"[-+]", line)])
            if options:
                assert writes(fleet.player) == []
                assert list(fleet.files.iterdir()) == []
        assert diffs[0] == diffs[1]

    @pytest.mark.parametrize("options", [["--tags", "tokens"], ["--skip-tags", "other"]], ids=str)
    def test_the_role_works_with_tags(self, fleet: Fleet, options: list[str]) -> None:
        fleet.player.write(DELIVER.replace("DIRECTORY", str(fleet.files)), "play/deliver.yml")
        playbook = fleet.playbook([{"name": "elsewhere"}], deliver="deliver.yml")
        text = json.loads(playbook.read_text(encoding="utf-8"))
        text[0]["roles"] = [{"role": "losant.platform.api_tokens", "tags": ["tokens"]}]
        playbook = fleet.player.write(json.dumps(text), "play/playbook.yml")
        played = fleet.player.run(playbook, "--inventory", str(fleet.hosts("a", "b")), *options)
        assert played.code == 0, played.output
        assert accepts(fleet.player.sandbox, fleet.secret_on("elsewhere"))
        assert list(fleet.tokens()) == ["elsewhere"]

    def test_the_connection_comes_from_module_defaults(self, fleet: Fleet) -> None:
        playbook = fleet.playbook([{"name": "bare"}])
        text = json.loads(playbook.read_text(encoding="utf-8"))
        options = {"access_token": fleet.player.sandbox.access_token, "api_url": fleet.player.sandbox.url}
        text[0]["module_defaults"] = {"group/losant.platform.losant": options}
        playbook = fleet.player.write(json.dumps(text), "play/playbook.yml")
        wrong = {"LOSANT_API_TOKEN": "wrong", "LOSANT_API_URL": "http://127.0.0.1:9"}
        played = fleet.player.run(playbook, "--inventory", str(fleet.hosts("a")), **wrong)
        assert played.code == 0, played.output
        assert list(fleet.tokens()) == ["bare"]

    def test_the_role_can_run_twice_in_a_play(self, fleet: Fleet) -> None:
        task = {
            "ansible.builtin.include_role": {"name": "losant.platform.api_tokens"},
            "vars": {"api_tokens_tokens": [{"name": "second", "scope": ["devices.get"]}]},
        }
        report = {"ansible.builtin.debug": {"msg": "NAMES {{ api_tokens_created | join('+') }}"}}
        played = fleet.play([{"name": "first"}], tasks=[report, task, report, {**task}, report])
        assert played.code == 0, played.output
        assert re.findall(r"NAMES ([\w+]*)", played.output) == ["first", "second", ""]

    def test_the_role_calls_losant_from_the_controller_only(self, fleet: Fleet) -> None:
        playbook = fleet.playbook([{"name": "bare"}])
        played = fleet.player.run(playbook, "--inventory", str(fleet.hosts("a")), "-e", "losant_run_on=host")
        assert "The role api_tokens calls Losant on the controller only" in played.output
        assert fleet.player.sandbox.requests() == []
