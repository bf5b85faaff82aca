# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs demo.yml against a sandbox, and tells what the sandbox saw. `make demo` calls it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from losant_sandbox.client import Sandbox

PLAYBOOK = Path(__file__).with_name("demo.yml")


def main() -> int:
    say("Starting a sandbox: a server on this machine that speaks the Losant API. No account is needed.")
    with Sandbox.start() as sandbox:
        sandbox.seed(
            tokens=[
                {"name": "reporting", "scope": ["data.timeSeriesQuery"]},
                {"name": "old-partner", "status": "inactive"},
            ],
            devices=[{"name": "boiler"}, {"name": "pump"}, {"name": "valve"}],
        )
        say(f"It serves {sandbox.url}, with one application, two tokens and three devices.")
        say(f"Running ansible-playbook {os.path.relpath(PLAYBOOK)}")
        code = subprocess.run(["ansible-playbook", str(PLAYBOOK)], env=environment(sandbox), check=False).returncode
        if code == 0:
            say("What the sandbox was asked, in this order:")
            for request in sandbox.requests():
                caller = "the access token" if request["caller"] == admin(sandbox) else "the new token"
                path = request["path"].replace(f"/applications/{sandbox.application_id}", "")
                print(f"    {request['method']:6} {path:33} {request['status']}  with {caller}", flush=True)
            say("The third request is all that the second declaration sent: one GET, and no write.")
    say('The sandbox is stopped. Next: README.md, "Your first playbook".' if code == 0 else "The demo failed.")
    return code


def environment(sandbox: Sandbox) -> dict[str, str]:
    """What ansible-playbook needs to find the sandbox, and to print no more than a newcomer needs."""
    return {
        **os.environ,
        "LOSANT_API_URL": sandbox.url,
        "LOSANT_API_TOKEN": sandbox.access_token,
        "LOSANT_APPLICATION_ID": sandbox.application_id,
        "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml",
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "ANSIBLE_NOCOWS": "true",
        "ANSIBLE_FORCE_COLOR": str(sys.stdout.isatty()),
    }


def admin(sandbox: Sandbox) -> str:
    """The id that stands for the access token in the log of requests."""
    caller: str = sandbox.state()["callers"][0]["id"]
    return caller


def say(text: str) -> None:
    print(f"\n==> {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
