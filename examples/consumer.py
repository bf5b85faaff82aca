# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A program that uses a token, like a dashboard: it reads the token from its file before each call.

Usage: consumer.py URL TOKEN_FILE
"""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path

import requests

#: Seconds between two calls.
PAUSE = 0.02


def main(url: str, token_file: Path) -> None:
    with requests.Session() as session:
        session.trust_env = False
        while True:
            try:
                token = token_file.read_text(encoding="utf-8")
            except FileNotFoundError:
                token = ""
            if token:
                session.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=10)
            time.sleep(PAUSE)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_frame: sys.exit(0))
    main(sys.argv[1], Path(sys.argv[2]))
