# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations


class ModuleDocFragment:
    """The options of the connection for lookup and inventory plugins: those of the fragment ``_connection``, as Ansible configures plugins."""

    DOCUMENTATION = r"""
options:
  access_token:
    description:
      - The token that authenticates to Losant.
      - One of O(access_token) and O(access_token_file) is required. They are mutually exclusive. An option of the plugin wins
        over both variables, and a variable of Ansible wins over both environment variables.
      - It is never printed. Keep it in Ansible Vault, in a file or in the environment.
    type: str
    secret: true
    aliases: [auth_token]
    env:
      - name: LOSANT_API_TOKEN
    vars:
      - name: losant_api_token
    ini:
      - section: losant
        key: api_token
  access_token_file:
    description:
      - The path of a file on the controller that holds the access token and nothing else. Whitespace around the token is
        ignored.
    type: path
    env:
      - name: LOSANT_API_TOKEN_FILE
    vars:
      - name: losant_api_token_file
    ini:
      - section: losant
        key: api_token_file
  api_url:
    description:
      - The URL of the Losant API. Set it for a private installation of Losant.
      - Plain C(http) to any host but the local one shows the access token to the network, so the plugin warns.
    type: str
    default: https://api.losant.com
    env:
      - name: LOSANT_API_URL
    vars:
      - name: losant_api_url
    ini:
      - section: losant
        key: api_url
  losant_domain:
    description:
      - The domain that the requests are for, in a white-label installation. It is rarely needed.
    type: str
    aliases: [losantdomain]
    env:
      - name: LOSANT_DOMAIN
    vars:
      - name: losant_domain
    ini:
      - section: losant
        key: domain
  timeout:
    description:
      - The number of seconds that one request can take. A fraction is allowed.
    type: float
    default: 30
    env:
      - name: LOSANT_TIMEOUT
    vars:
      - name: losant_timeout
    ini:
      - section: losant
        key: timeout
  retries:
    description:
      - The number of further tries of a request that failed, if another try can help. 0 to 100.
      - Requests are tried again after a lost connection, and after a response with the status 429, 500, 502, 503 or 504.
    type: int
    default: 5
    env:
      - name: LOSANT_RETRIES
    vars:
      - name: losant_retries
    ini:
      - section: losant
        key: retries
  retry_max_delay:
    description:
      - The longest wait between two tries, in seconds. A fraction is allowed.
      - The first wait is one second at most, and the limit doubles with each try. Each wait is drawn at random below its
        limit.
      - If Losant asks for a delay with C(Retry-After), the plugin waits for that time, but no longer than this.
    type: float
    default: 60
    env:
      - name: LOSANT_RETRY_MAX_DELAY
    vars:
      - name: losant_retry_max_delay
    ini:
      - section: losant
        key: retry_max_delay
  validate_certs:
    description:
      - Whether the TLS certificate of the API is checked.
    type: bool
    default: true
    env:
      - name: LOSANT_VALIDATE_CERTS
    vars:
      - name: losant_validate_certs
    ini:
      - section: losant
        key: validate_certs
  ca_path:
    description:
      - A file, or a directory, of certificate authorities to trust instead of the usual ones.
    type: path
    env:
      - name: LOSANT_CA_PATH
    vars:
      - name: losant_ca_path
    ini:
      - section: losant
        key: ca_path
requirements:
  - requests (Python library) on the controller, in the Python that runs Ansible
notes:
  - Proxies are taken from the usual environment variables, E(HTTPS_PROXY), E(HTTP_PROXY) and E(NO_PROXY).
  - The plugin decides by Losant's clock, which is in each of its responses. If the clock of the controller is wrong by more than
    a minute, the decisions are correct, and the plugin warns about the clock.
"""
