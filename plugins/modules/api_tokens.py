#!/usr/bin/python
# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: api_tokens
short_description: Manage many API tokens of a Losant application
version_added: 1.0.0
description:
  - Ensures that many API tokens of an application are as declared, in one task. Each entry of O(api_tokens) has the same
    effect as a task of M(losant.platform.api_token) with the same options.
  - The list of the application's tokens is read once before the writes, and once after the new tokens have their names. The writes
    are sent in parallel.
  - All files have their new secrets before the first of those tokens gets its name, and all new tokens have their names before the
    first old one is retired.
  - If one token fails, the task goes on with the others. At the end it fails, with an error for each token that failed.
  - With O(prune=true), tokens that are not declared are deleted.
  - It is for tokens of applications only. M(losant.platform.user_api_token) and M(losant.platform.instance_api_token) manage one
    token of a user or an instance.
extends_documentation_fragment:
  - losant.platform._connection
  - losant.platform._application
  - losant.platform._attributes
  - losant.platform._attributes.action_group
attributes:
  check_mode:
    support: full
    details:
      - It sends no write. It refuses what the real run would refuse before its first write, and names each token that would be
        pruned.
  diff_mode:
    support: full
    details:
      - There is a diff for each token that changes, with the name of the token in its header. It never holds a secret.
  idempotent:
    support: partial
    details:
      - With O(api_tokens[].recreate=always) every run creates a new token.
options:
  api_tokens:
    description:
      - The tokens that the application must have, or must not have. Each takes the options of M(losant.platform.api_token) for one
        token, where they are explained in full.
      - Two entries that concern the same token, or the same file, are refused.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description:
          - The name of the token. Without O(api_tokens[].api_token_id), it selects the token.
          - At least one of O(api_tokens[].name) and O(api_tokens[].api_token_id) is required.
        type: str
      api_token_id:
        description:
          - The id of the token. It selects the token, which gets O(api_tokens[].name) if that is set.
        type: str
        aliases: [apiTokenId, id]
      state:
        description:
          - Whether the token must exist.
        type: str
        choices: [present, absent]
        default: present
      description:
        description:
          - The purpose of the token. An empty string clears it.
        type: str
      status:
        description:
          - Whether Losant accepts the token.
        type: str
        choices: [active, inactive]
      scope:
        description:
          - The permissions of the token. Only a new token can have other ones.
        type: list
        elements: str
      expiration_date:
        description:
          - The time when the token expires, in RFC 3339 with a zone. An empty string declares a token that never expires.
        type: str
        aliases: [expirationDate]
      expires_in:
        description:
          - The lifetime of new tokens, such as V(90d). It excludes O(api_tokens[].expiration_date).
        type: str
      recreate:
        description:
          - What to do if only a new token can meet the declaration.
        type: str
        choices: [never, state_change, always]
        default: never
      rotate_before:
        description:
          - Replace the token when it has this long or less to live, such as V(14d), or has expired.
        type: str
      superseded:
        description:
          - What becomes of a token that was replaced.
        type: str
        choices: [delete, deactivate, keep]
        default: delete
      superseded_after:
        description:
          - The grace period of a replaced token, such as V(2h). A later run ends it.
        type: str
        default: 0s
      verify:
        description:
          - Whether Losant must accept the new token before the old one is retired.
        type: bool
        default: false
      token_file:
        description:
          - The absolute path of a file for the secret, on the task's host.
          - Over a connection, one call reads the state of all files, and one call writes all of them.
        type: path
      owner:
        description:
          - The owner of O(api_tokens[].token_file), a name or a number.
        type: str
      group:
        description:
          - The group of O(api_tokens[].token_file), a name or a number.
        type: str
      mode:
        description:
          - The permissions of O(api_tokens[].token_file), in octal and quoted.
        type: raw
        default: "0600"
      return_token:
        description:
          - Whether the secret of a new token is returned in RV(tokens).
          - If not set, it is returned only if no O(api_tokens[].token_file) is set.
        type: bool
      held_token:
        description:
          - The secret that the users of the token hold now, as read from the place where it is kept.
          - It excludes O(api_tokens[].token_file).
        type: str
      staged:
        description:
          - Whether the token is created in stages, so that no lost response leaves an unknown token behind.
        type: str
        choices: [auto, "true", "false"]
        default: auto
      allow_self_revoke:
        description:
          - Whether the task is allowed to delete, deactivate or replace the token that it authenticates with. That is done after
            everything else.
        type: bool
        default: false
  prune:
    description:
      - Whether to delete the tokens of the application that are not declared.
      - The token that the task authenticates with, pending tokens that are less than an hour old, superseded tokens
        in their grace period, and what O(keep) lists are spared.
      - Tokens are pruned last, and only if no entry has failed. Only what O(api_tokens[].allow_self_revoke) allows comes later.
      - It has no effect with O(phase=prepare) and O(phase=abort).
    type: bool
    default: false
  prune_all:
    description:
      - Whether O(prune) is allowed with an empty list of O(api_tokens), which deletes every token of the application that is not
        spared.
    type: bool
    default: false
  keep:
    description:
      - The names of tokens that are not pruned. C(*), C(?) and C([...]) match as in the names of files, with regard to case.
    type: list
    elements: str
  concurrency:
    description:
      - How many requests are sent at the same time, 1 to 32.
    type: int
    default: 4
  phase:
    description:
      - Which part of the work the task does, for all tokens. With V(prepare) and V(commit), other tasks deliver the secrets in
        between, to any place, before the old tokens are retired.
      - V(prepare) creates the new tokens that are needed, and returns their secrets in RV(tokens) and their ids in
        RV(prepared_ids). V(commit) brings them in force. V(abort) deletes them.
      - See M(losant.platform.api_token) for what each phase does.
    type: str
    choices: [all, prepare, commit, abort]
    default: all
  prepared_ids:
    description:
      - For each name, the id of the token to commit or to abort, as V(prepare) returned them in RV(prepared_ids). Null means that
        no token was prepared.
      - To leave out tokens whose delivery failed, leave them out of O(api_tokens) as well, and abort them in a task of their own.
    type: dict
notes:
  - O(access_token) needs one of the scopes V(all.Application), V(all.Organization) and V(all.User), or V(applicationApiTokens.*)
    together with V(applicationApiToken.*). Scopes that end in C(.read), C(.bounded) or C(.cli) cannot manage tokens.
  - A failed task returns the secrets that it created anyway, in RV(tokens). A C(rescue), or C(ignore_errors) with
    C(register), can read them. With O(api_tokens[].token_file) they are in their files.
  - A result that holds a secret is masked. With ansible-core 2.22 and later, Ansible masks the secrets wherever it prints. With
    earlier versions the result of a task that created tokens is hidden on the screen, as with C(no_log). The errors of a task that
    failed are shown as warnings then. C(register) gets the secrets in any case.
  - Two runs for one application on one controller wait for each other.
  - A task that takes longer than a few seconds shows how far it has got.
seealso:
  - module: losant.platform.api_token
  - module: losant.platform.api_token_info
  - ref: ansible_collections.losant.platform.docsite.guide_secrets
    description: Where a secret can be delivered, and what Ansible prints.
author:
  - Losant Platform Collection Contributors (@losant-platform)
"""

EXAMPLES = r"""
- name: Declare the tokens of an application and keep their secrets in files
  losant.platform.api_tokens:
    application_id: 575ec8687ae143cd83dc4a97
    api_tokens:
      - name: reports
        scope: [data.timeSeriesQuery]
        expires_in: 90d
        rotate_before: 14d
        token_file: /etc/losant/reports
      - name: alerts
        scope: [events.get, event.get]
        expires_in: 90d
        rotate_before: 14d
        token_file: /etc/losant/alerts
  register: declared

- name: Restart the services whose token is new
  ansible.builtin.systemd_service:
    name: "{{ item }}"
    state: restarted
  loop: "{{ declared.created }}"

- name: Declare one token for each customer, from a list in a variable
  losant.platform.api_tokens:
    application_id: 575ec8687ae143cd83dc4a97
    api_tokens: "{{ tokens | from_yaml }}"
    concurrency: 8
  vars:
    customers: [acme, globex]
    tokens: |
      {% for customer in customers %}
      - name: customer-{{ customer }}
        scope: [devices.get, device.get]
        token_file: /etc/losant/{{ customer }}
      {% endfor %}

- name: Delete every token that is not declared, except those of the operators
  losant.platform.api_tokens:
    application_id: 575ec8687ae143cd83dc4a97
    api_tokens: "{{ losant_tokens }}"
    prune: true
    keep: [break-glass, "operator-*"]

- name: Find out what would be deleted
  losant.platform.api_tokens:
    application_id: 575ec8687ae143cd83dc4a97
    api_tokens: "{{ losant_tokens }}"
    prune: true
  check_mode: true
  register: predicted

- name: Show what would be deleted
  ansible.builtin.debug:
    msg: "{{ predicted.pruned | map(attribute='name') | join(', ') }}"

- name: Delete all tokens of an application that is given up
  losant.platform.api_tokens:
    application_id: 575ec8687ae143cd83dc4a97
    api_tokens: []
    prune: true
    prune_all: true

- name: Deliver the new secrets to a service, and only then retire the old tokens
  block:
    - name: Create the tokens that are needed
      losant.platform.api_tokens:
        application_id: 575ec8687ae143cd83dc4a97
        api_tokens: "{{ losant_tokens }}"
        phase: prepare
      register: prepared

    - name: Deliver each secret
      ansible.builtin.uri:
        url: "https://secrets.example.com/v1/{{ item.key }}"
        method: PUT
        body_format: json
        body:
          value: "{{ item.value }}"
      loop: "{{ prepared.tokens | dict2items }}"
      no_log: true

    - name: Bring the tokens in force
      losant.platform.api_tokens:
        application_id: 575ec8687ae143cd83dc4a97
        api_tokens: "{{ losant_tokens }}"
        phase: commit
        prepared_ids: "{{ prepared.prepared_ids }}"

- name: Deliver the secrets that were created although some tokens failed
  block:
    - name: Declare the tokens
      losant.platform.api_tokens:
        application_id: 575ec8687ae143cd83dc4a97
        api_tokens: "{{ losant_tokens }}"
      register: declared
  always:
    - name: Deliver each secret
      ansible.builtin.uri:
        url: "https://secrets.example.com/v1/{{ item.key }}"
        method: PUT
        body_format: json
        body:
          value: "{{ item.value }}"
      loop: "{{ declared.tokens | default({}) | dict2items }}"
      no_log: true
"""

RETURN = r"""
api_tokens:
  description:
    - The declared tokens after the task, in the order of O(api_tokens), without secrets. Those that are absent, and those that
      failed, are left out.
    - Each is as RV(losant.platform.api_token#module:api_token).
  returned: always
  type: list
  elements: dict
  sample:
    - id: 575ec7417ae143cd83dc4a95
      name: reports
      status: active
created:
  description:
    - The names of the tokens that the task created, so that there are new secrets. Handlers and conditions should look at this.
    - In check mode, those that it would create.
  returned: always
  type: list
  elements: str
  sample: [reports]
tokens:
  description:
    - The secrets of the new tokens, by name. Nobody can read them again later.
    - A failed task returns them too.
    - Those of entries with O(api_tokens[].token_file) are left out, unless O(api_tokens[].return_token=true).
  returned: always
  type: dict
  sample:
    reports: eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiI1NzVlYyJ9.c2lnbmF0dXJl
prepared_ids:
  description:
    - For each name, the id of the token that O(phase=prepare) created, to be passed to O(phase=commit) or O(phase=abort). Null
      if none was needed.
  returned: always
  type: dict
  sample:
    reports: 575ec7417ae143cd83dc4a95
    alerts:
results:
  description:
    - What the task did for each entry. The keys are the same as in the result of M(losant.platform.api_token).
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The name of the token.
      type: str
      sample: reports
    changed:
      description: Whether anything changed for this entry.
      type: bool
      sample: true
    created:
      description: Whether a token was created.
      type: bool
      sample: true
    prepared_id:
      description: The id of the token that was prepared, or null.
      type: str
      sample: 575ec7417ae143cd83dc4a95
    changed_fields:
      description: The fields in which the token differs from the one before.
      type: list
      elements: str
      sample: [description]
    rotation:
      description: Whether the token was due for replacement, and why.
      type: dict
      sample: {due: true, reason: expires_soon, due_at: "2027-06-16T21:59:59.000Z"}
    superseded:
      description: The tokens that were retired for this entry.
      type: list
      elements: dict
      sample: []
pruned:
  description:
    - The tokens that were deleted because they are not declared. In check mode, those that would be.
  returned: always
  type: list
  elements: dict
  sample:
    - name: forgotten
      api_token_id: 575ec7417ae143cd83dc4a94
errors:
  description:
    - An error for each token that failed.
  returned: always
  type: list
  elements: dict
  contains:
    index:
      description: The position of the entry in O(api_tokens), counted from 0. Null for a token that could not be pruned.
      returned: failure
      type: int
      sample: 3
    name:
      description: The name of the token, as declared.
      returned: failure
      type: str
      sample: alerts
    api_token_id:
      description: The id of the token, as declared.
      returned: failure
      type: str
      sample: 575ec7417ae143cd83dc4a96
    msg:
      description: What was attempted, what Losant responded, and what to do.
      returned: failure
      type: str
      sample: "Two API tokens are named 'alerts': ..."
    failure:
      description: Data about the error. See RV(losant.platform.api_token#module:failure).
      returned: failure
      type: dict
      sample: {kind: declaration}
diff:
  description:
    - A diff for each token that changes or is pruned. See RV(losant.platform.api_token#module:diff).
  returned: always
  type: list
  elements: dict
  sample: []
notes:
  description:
    - What is good to know and needs no action, such as a run without a lock because there is no place for one.
  returned: when there is something to note
  type: list
  elements: str
failure:
  description:
    - Data about the first error. See RV(losant.platform.api_token#module:failure).
  returned: failure
  type: dict
  sample: {kind: declaration}
"""

from ansible_collections.losant.platform.plugins.module_utils._module.api_tokens import API_TOKENS
from ansible_collections.losant.platform.plugins.module_utils._module.runner import run_module


def main() -> None:
    run_module(API_TOKENS)


if __name__ == "__main__":
    main()
