# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations


class ModuleDocFragment:
    """The options of the connection; ``connection_spec()`` in module_utils/_options.py is their argument spec."""

    DOCUMENTATION = r"""
options:
  access_token:
    description:
      - The token to authenticate with at Losant. An API token of the application or of a user will do.
      - If not set, the environment variable E(LOSANT_API_TOKEN) is used.
      - It is never printed. Keep it in Ansible Vault or in the environment, not in a playbook.
    type: str
    required: true
    aliases: [auth_token]
  api_url:
    description:
      - Where the Losant API is. Set this for a private installation of Losant.
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
      - How many seconds one request may take. A fraction is allowed.
      - If not set, the environment variable E(LOSANT_TIMEOUT) is used.
    type: float
    default: 30
  retries:
    description:
      - How often a request is tried again, if that is safe and the failure may pass. 0 to 100.
      - Reading, updating and deleting are tried again after a lost connection and after an answer with the status 429,
        500, 502, 503 or 504. Creating is tried again only if Losant cannot have done it, that is, if no connection was
        made, after a 429, and after a 503 with C(Retry-After).
      - If not set, the environment variable E(LOSANT_RETRIES) is used.
    type: int
    default: 5
  retry_max_delay:
    description:
      - The longest wait between two tries, in seconds. A fraction is allowed.
      - The waits grow from 1 second at most, and are drawn at random, so that many tasks do not come back all at once. If
        Losant asks for a time with C(Retry-After), that is waited, but no longer than this.
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
  - requests (Python library) on the host that runs the task
notes:
  - The environment variables are read on the host that runs the task. Tasks for Losant usually run on the controller,
    with C(hosts=localhost) or C(delegate_to=localhost).
  - Proxies are taken from the usual environment variables, E(HTTPS_PROXY), E(HTTP_PROXY) and E(NO_PROXY).
  - Set these options once for a whole play with C(module_defaults) and the group C(group/losant.platform.losant).
"""
