# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import os
from urllib.parse import urlsplit

from .imports import requests, urllib3

_SCHEMES = ("http", "https", "socks4", "socks4a", "socks5", "socks5h")


class ProxyUrlError(ValueError):
    """The URL of a proxy cannot be used. Its text never holds that URL, which can hold a password.

    ``source``: where the URL is from, in words
    """

    def __init__(self, source: str) -> None:
        super().__init__()
        self.source = source


def proxies_for(url: str) -> dict[str, str]:
    """The proxies that the environment names for a URL, by scheme. Requests would look for them before every request.

    :raises ProxyUrlError: the one for this URL cannot be used, with which requests would fail in one of many ways
    """
    proxies: dict[str, str] = requests.utils.get_environ_proxies(url)
    proxy = requests.utils.select_proxy(url, proxies)
    if proxy and not _is_usable(proxy):
        raise ProxyUrlError(_source_of(url))
    return proxies


def _is_usable(proxy: str) -> bool:
    try:
        whole = requests.utils.prepend_scheme_if_needed(proxy, "http")  # type: ignore[no-untyped-call]
        address = urllib3.util.parse_url(whole)
        # As urllib3 does when it connects.
        (address.host or "").encode("idna")
        # What requests sends in the header Proxy-Authorization.
        "".join(requests.utils.get_auth_from_url(proxy)).encode("latin-1")
    except Exception:  # noqa: BLE001 # TypeErrors, ValueErrors and others of urllib and urllib3
        return False
    return bool(address.host) and address.scheme in _SCHEMES


def _source_of(url: str) -> str:
    """The name of the environment variable that the proxy is from."""
    for name in (f"{urlsplit(url).scheme}_proxy", "all_proxy"):
        found = next((variable for variable in (name, name.upper()) if os.environ.get(variable)), None)
        if found:
            return found
    return "the settings of the system"
