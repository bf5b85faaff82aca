# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run demo.yml against a sandbox, and show what the sandbox saw. `make demo` calls it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from losant_sandbox.client import Json, Sandbox

PLAYBOOK = Path(__file__).with_name("demo.yml")
CONSUMER = Path(__file__).with_name("consumer.py")
FLEET = Path(__file__).with_name("fleet")
GATEWAY = Path(__file__).with_name("gateway.yml")
#: Stands for the ssh client.
SSH = Path(__file__).resolve().with_name("ssh.sh")


def main() -> int:
    say("Starting a sandbox: a server on this machine that speaks the Losant API. No account is needed.")
    with Sandbox.start() as sandbox, tempfile.TemporaryDirectory(prefix="losant-demo-") as directory:
        sandbox.seed(
            tokens=[
                {"name": "reporting", "scope": ["data.timeSeriesQuery"]},
                {"name": "old-partner", "status": "inactive"},
            ],
            devices=[{"name": "boiler"}, {"name": "pump"}, {"name": "valve"}],
        )
        token_file = Path(directory, "token")
        say(f"It serves {sandbox.url}, with one application, two tokens and three devices.")
        say("Starting a program that calls the sandbox all the time, with the token in the file.")
        url = f"{sandbox.url}/applications/{sandbox.application_id}/devices"
        consumer = subprocess.Popen([sys.executable, str(CONSUMER), url, str(token_file)])
        say(f"Running ansible-playbook {os.path.relpath(PLAYBOOK)}")
        inventory = write_inventory(Path(directory))
        command = ["ansible-playbook", "--inventory", str(inventory), str(PLAYBOOK)]
        code = subprocess.run(command, env=environment(sandbox, token_file), check=False).returncode
        consumer.terminate()
        consumer.wait()
        if code == 0:
            show_requests(sandbox)
            code = report_on_consumer(sandbox.requests()) or show_fleet(sandbox, environment(sandbox, token_file))
        if code == 0:
            code = show_gateway(inventory, environment(sandbox, token_file))
    say('The sandbox is stopped. Next: README.md, "Your first playbook".' if code == 0 else "The demo failed.")
    return code


def write_inventory(directory: Path) -> Path:
    """Write an inventory with a second host: this machine again, behind a stand-in for ssh, with a Python that has no libraries."""
    host = directory / "gateway"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(host)], check=True)
    variables = {
        "ansible_connection": "ssh",
        "ansible_ssh_executable": str(SSH),
        "ansible_pipelining": True,
        "ansible_python_interpreter": str(host / "bin" / "python"),
        "gateway_directory": str(host),
    }
    inventory = directory / "inventory.json"
    inventory.write_text(json.dumps({"all": {"hosts": {"gateway": variables}}}), encoding="utf-8")
    return inventory


def environment(sandbox: Sandbox, token_file: Path) -> dict[str, str]:
    """Return what ansible-playbook needs to find the sandbox, and to print no more than a newcomer needs."""
    return {
        **os.environ,
        "LOSANT_API_URL": sandbox.url,
        "LOSANT_API_TOKEN": sandbox.access_token,
        "LOSANT_APPLICATION_ID": sandbox.application_id,
        "DEMO_TOKEN_FILE": str(token_file),
        "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml",
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "ANSIBLE_NOCOWS": "true",
        "ANSIBLE_FORCE_COLOR": str(sys.stdout.isatty()),
    }


def show_requests(sandbox: Sandbox) -> None:
    """Show the requests of the tasks. Those with the new tokens are the program's."""
    say("The requests of the tasks, in this order:")
    admin = sandbox.state()["callers"][0]["id"]
    for request in sandbox.requests():
        if request["caller"] == admin:
            path = request["path"].replace(f"/applications/{sandbox.application_id}", "")
            name = (request["body"] or {}).get("name", "")
            print(f"    {request['method']:6} {path:33} {request['status']}  {name}", flush=True)


def report_on_consumer(requests: list[Json]) -> int:
    """Report on the calls of the program while its token was rotated; return 0 if none of them failed."""
    # From the moment the token is deactivated on purpose, its calls fail, as they should.
    end = next(request["index"] for request in requests if (request["body"] or {}).get("status") == "inactive")
    calls = [request for request in requests if request["index"] < end and request["path"].endswith("/devices")]
    tokens = {request["caller"] for request in calls}
    failed = [request for request in calls if request["status"] != 200]
    say(
        f"The program called {len(calls)} times until its token was deactivated, with {len(tokens)} tokens one after"
        f" the other. Calls that failed: {len(failed) or 'none'}."
    )
    return 1 if failed or len(tokens) != 2 else 0


def show_fleet(sandbox: Sandbox, variables: dict[str, str]) -> int:
    """Show devices as an inventory, and declare the tokens of several applications; return the exit code."""
    seed_fleet(sandbox)
    say(
        "Now two more applications, each with devices, and a token that nobody declared. Their devices as an inventory:"
    )
    source = FLEET / "losant_devices.yml"
    code = subprocess.run(["ansible-inventory", "-i", str(source), "--graph"], env=variables, check=False).returncode
    if code == 0:
        playbook = FLEET / "fleet.yml"
        say(f"Running ansible-playbook {os.path.relpath(playbook)}, whose hosts are the applications")
        command = ["ansible-playbook", "-i", str(FLEET / "losant_applications.yml"), str(playbook)]
        code = subprocess.run(command, env=variables, check=False).returncode
    return code


def show_gateway(inventory: Path, variables: dict[str, str]) -> int:
    """Give the second host a device and an access key; return the exit code."""
    say(
        "Last, the second host as an edge gateway: its device, and an access key of its own that is replaced every 90 days."
    )
    command = ["ansible-playbook", "--inventory", str(inventory), str(GATEWAY)]
    return subprocess.run(command, env=variables, check=False).returncode


def seed_fleet(sandbox: Sandbox) -> None:
    """Add two applications."""
    plants = sandbox.seed(applications=[{"name": "Plant Berlin"}, {"name": "Plant Lyon"}])["applications"]
    classes = {"gateway": "gateway", "press": "peripheral", "oven": "peripheral"}
    for plant in plants:
        sandbox.seed(
            tokens=[{"name": "forgotten", "applicationId": plant["id"]}],
            devices=[
                {
                    "name": f"{name}-{line}",
                    "applicationId": plant["id"],
                    "deviceClass": device_class,
                    "tags": [{"key": "line", "value": line}],
                }
                for line in ("a", "b")
                for name, device_class in classes.items()
            ],
        )


def say(text: str) -> None:
    print(f"\n==> {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
