# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""python -m losant_sandbox: serves until it is stopped."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import shlex
import signal
import sys
from pathlib import Path

from aiohttp import web

from .app import Server
from .state import APPLICATION_ID

_LONGEST_LINE = 2**16


def main() -> int:
    options = _parser().parse_args()
    return asyncio.run(_serve(options))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="losant_sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=0, help="port to listen on (default: any free one)")
    parser.add_argument("--ready-file", type=Path, help="file to write URL, port, pid and access token to when ready")
    parser.add_argument("--max-seconds", type=float, help="stop after this time at the latest")
    return parser


async def _serve(options: argparse.Namespace) -> int:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    server = Server()
    runner = web.AppRunner(
        server.application(),
        access_log=None,
        shutdown_timeout=0.5,
        # Room for long device queries and access tokens with many scopes.
        max_line_size=_LONGEST_LINE,
        max_field_size=_LONGEST_LINE,
    )
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, options.host, options.port).start()
        except OSError as error:
            sys.stderr.write(f"losant_sandbox: cannot listen: {error}\n")
            return 1
        port = runner.addresses[0][1]
        host = f"[{options.host}]" if ":" in options.host else options.host
        url = f"http://{host}:{port}"
        _announce(options.ready_file, url, port, server.access_token)
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(stop.wait(), options.max_seconds)
    finally:
        await runner.cleanup()
        if options.ready_file is not None:
            options.ready_file.unlink(missing_ok=True)
    return 0


def _announce(ready_file: Path | None, url: str, port: int, access_token: str) -> None:
    """Show where the sandbox is: to a program in the ready file, to a person in lines for a shell."""
    lines = [url]
    if ready_file is None:
        lines += _exports(url, access_token)
    else:
        _write_ready_file(ready_file, url, port, access_token)
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def _exports(url: str, access_token: str) -> list[str]:
    """What a user pastes into a shell: the access token, and the variables that the collection reads."""
    variables = {"LOSANT_API_URL": url, "LOSANT_API_TOKEN": access_token, "LOSANT_APPLICATION_ID": APPLICATION_ID}
    return [
        "",
        "The sandbox runs until Ctrl-C. To use it, paste these lines into another shell:",
        "",
        *(f"export {name}={shlex.quote(value)}" for name, value in variables.items()),
    ]


def _write_ready_file(path: Path, url: str, port: int, access_token: str) -> None:
    """Write the file as a whole, and for its owner only, as a token is in it."""
    ready = {
        "url": url,
        "port": port,
        "pid": os.getpid(),
        "access_token": access_token,
        "application_id": APPLICATION_ID,
    }
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump(ready, stream)
    draft.replace(path)


if __name__ == "__main__":
    raise SystemExit(main())
