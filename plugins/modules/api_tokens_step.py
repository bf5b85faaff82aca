#!/usr/bin/python
# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: api_tokens_step
short_description: Carry out a step of the role api_tokens
version_added: 1.0.0
description:
  - A part of the role P(losant.platform.api_tokens#role). It has no use elsewhere, and can change in any release.
  - It reads the variables of the role, and what earlier steps have registered. So no secret is among the arguments of a task.
extends_documentation_fragment:
  - losant.platform._attributes
  - losant.platform._attributes.action_group
  - losant.platform._connection
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  step:
    description:
      - The step.
    type: str
    required: true
    choices: [check, share, inspect, plan, apply, read, deliver, commit, restore, abort, report]
  host:
    description:
      - The host whose token files the step handles.
    type: str
seealso:
  - module: losant.platform.api_token
  - module: losant.platform.token_file
author:
  - Losant Platform Collection Contributors (@losant-platform)
"""

EXAMPLES = r"""
- name: Let the role carry out its steps
  ansible.builtin.import_role:
    name: losant.platform.api_tokens
  vars:
    api_tokens_application_id: 575ec8687ae143cd83dc4a97
    api_tokens_tokens:
      - name: fleet
        scope: [devices.get]
        token_file: /etc/fleet/losant-token
"""

RETURN = r"""
run:
  description: The run of the role that the step belongs to.
  returned: success
  type: str
  sample: 0242ac11-0002-5f3a-7a1c-000000000012
"""

from ansible_collections.losant.platform.plugins.module_utils._module.api_tokens_step import API_TOKENS_STEP
from ansible_collections.losant.platform.plugins.module_utils._module.runner import run_module


def main() -> None:
    run_module(API_TOKENS_STEP)


if __name__ == "__main__":
    main()
