# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations


class ModuleDocFragment:
    """The options of the connection; ``connection_spec()`` in module_utils/_module/connection.py is their argument spec."""

    DOCUMENTATION = r"""
options:
  access_token:
    description:
      - The token that authenticates to Losant. An API token of the application, or of a user, is enough, unless the
        notes of the module ask for another one.
      - If not set, the environment variable E(LOSANT_API_TOKEN) is used.
      - One of O(access_token) and O(access_token_file) is required. They are mutually exclusive. An option of the task wins
        over both environment variables.
      - It is never printed. Keep it in Ansible Vault, in a file or in the environment, not in a playbook.
    type: str
    aliases: [auth_token]
  access_token_file:
    description:
      - The path of a file that holds the access token and nothing else. Whitespace around the token is ignored.
      - The file is on the controller.
      - If not set, the environment variable E(LOSANT_API_TOKEN_FILE) is used.
    type: path
  api_url:
    description:
      - The URL of the Losant API. Set it for a private installation of Losant.
      - Plain C(http) to any host but the local one shows the access token to the network, so the task warns.
      - If not set, the environment variable E(LOSANT_API_URL) is used.
    type: str
    default: https://api.losant.com
  losant_domain:
    description:
      - The domain that the requests are for, in a white-label installation. It is rarely needed.
      - If not set, the environment variable E(LOSANT_DOMAIN) is used.
    type: str
    aliases: [losantdomain]
  timeout:
    description:
      - The number of seconds that one request can take. A fraction is allowed.
      - If not set, the environment variable E(LOSANT_TIMEOUT) is used.
    type: float
    default: 30
  retries:
    description:
      - The number of further tries of a request that failed, if another try is safe and can help. 0 to 100.
      - Requests that read, update or delete are tried again after a lost connection, and after a response with the status
        429, 500, 502, 503 or 504.
      - A request that creates is tried again only if Losant cannot have carried it out. That is so if no connection was
        opened, after a 429, and after a 503 with C(Retry-After).
      - If not set, the environment variable E(LOSANT_RETRIES) is used.
    type: int
    default: 5
  retry_max_delay:
    description:
      - The longest wait between two tries, in seconds. A fraction is allowed.
      - The first wait is one second at most, and the limit doubles with each try. Each wait is drawn at random below its
        limit, so that many tasks do not come back in the same moment.
      - If Losant asks for a delay with C(Retry-After), the task waits for that time, but no longer than this.
      - If not set, the environment variable E(LOSANT_RETRY_MAX_DELAY) is used.
    type: float
    default: 60
  validate_certs:
    description:
      - Whether the TLS certificate of the API is checked.
      - If not set, the environment variable E(LOSANT_VALIDATE_CERTS) is used.
    type: bool
    default: true
  ca_path:
    description:
      - A file, or a directory, of certificate authorities to trust instead of the usual ones.
      - If not set, the environment variable E(LOSANT_CA_PATH) is used.
    type: path
requirements:
  - requests (Python library) on the controller, in the Python that runs Ansible
notes:
  - Losant is called on the controller, whatever host the task is for. The environment variables are those of the controller, and
    C(environment) of the task wins over them. Only files are handled on the host, which needs nothing but Python.
  - The variable C(losant_run_on=host) has the module run on the host instead, for a controller that cannot reach Losant. Then the
    host needs the Python library requests, and files and environment variables are those of the host.
  - The modules decide by Losant's clock, which is in each of its responses. If the clock of the controller is wrong by more than a
    minute, the decisions are correct, and the task warns about the clock.
  - Proxies are taken from the usual environment variables, E(HTTPS_PROXY), E(HTTP_PROXY) and E(NO_PROXY).
  - C(async) is refused, because the work is done on the controller.
  - Set these options once for a whole play with C(module_defaults) and the group C(group/losant.platform.losant).
"""
