#!/usr/bin/python
# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: api_token
short_description: Declare an API token of a Losant application
version_added: 1.0.0
description:
  - Makes sure that an application has a certain API token, or has it no more. If the token has to be made, it hands over
    the secret, in a file or as a returned value. It can replace a token before it expires, without a gap.
  - Losant shows the secret of a token once, in the answer to its creation. It can't be read again, by this module or
    otherwise.
  - Losant can change the name, the description and the status of a token, but not its scope nor its expiration date. Where
    those differ from what is declared, O(recreate) decides.
  - What the task does not mention is left as it is.
  - An expired token does not count as present. Declared by O(name), a new one is made in its place.
  - A replacement goes in this order. O(token_file) is proved to be writable, the new token is made, its secret is delivered,
    with O(verify) it is tried, and only then the old token is retired. If a step fails, what was done is undone, and the old
    token is as it was.
extends_documentation_fragment:
  - losant.platform._connection
  - losant.platform._attributes
  - losant.platform._attributes.action_group
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details:
      - The diff never holds a secret. A token that is made has the id V((new\)) in it.
  idempotent:
    support: partial
    details:
      - With O(recreate=always) every run makes a new token.
options:
  application_id:
    description:
      - The id of the application, 24 hexadecimal characters.
    type: str
    required: true
    aliases: [applicationId]
  name:
    description:
      - The name of the token, 1 to 255 characters. It is compared exactly.
      - Without O(api_token_id), this selects the token. Losant allows several tokens of one name; if two that are not
        expired fit, the task fails and names their ids.
      - With O(api_token_id), this is the name the token shall have, so that it is renamed if it has another.
      - At least one of O(name) and O(api_token_id) is required.
    type: str
  api_token_id:
    description:
      - The id of the token, 24 hexadecimal characters. It selects the token.
      - Losant chooses the ids. If there is no token with this id, O(state=present) fails.
    type: str
    aliases: [apiTokenId, id]
  state:
    description:
      - V(present) makes sure that the token is there as declared.
      - V(absent) deletes it. Declared by O(name), it deletes expired tokens of that name as well, and what earlier runs left
        superseded or pending. O(token_file) is removed if it holds the secret of a token that is deleted.
    type: str
    choices: [present, absent]
    default: present
  description:
    description:
      - What the token is for, 32767 characters at most. An empty text clears it.
    type: str
  status:
    description:
      - Whether Losant accepts the token. An inactive token can be made active again at any time.
      - If not set, a new token is active, and one that is there keeps its status.
    type: str
    choices: [active, inactive]
  scope:
    description:
      - What the token may do, such as V(all.Application.read), V(devices.get) or V(device.*). The order does not matter.
      - Only a new token can get another scope. O(recreate) decides what to do about a difference.
      - If not set, Losant grants a new token V(all.Application), which is everything in the application, and the task warns.
      - Scopes unknown to this collection are sent to Losant, with a warning, as Losant adds scopes from time to time.
    type: list
    elements: str
  expiration_date:
    description:
      - When the token expires, as an RFC 3339 time with a zone, such as V(2027-06-30T12:00:00Z). It is compared as an
        instant, cut to milliseconds. An unquoted time in YAML needs a zone too.
      - An empty text declares a token that never expires.
      - Only a new token can get another date. O(recreate) decides what to do about a difference.
      - If not set, a new token never expires. One that is made in place of another lives as long as that one was made for.
    type: str
    aliases: [expirationDate]
  expires_in:
    description:
      - How long a new token lives, such as V(90d), V(12h), V(30m), V(45s), V(2w), or a sum like V(1d12h).
      - It is used when a token is made, and never compared with one that is there.
      - It excludes O(expiration_date).
    type: str
  recreate:
    description:
      - What to do if O(scope) or O(expiration_date) differ from what the token has, or if O(token_file) does not hold its
        secret.
      - V(never) fails and names each field with both values.
      - V(state_change) replaces the token. The new one is made first, then the old one is retired as O(superseded) says.
        Whoever uses the old secret has to be given the new one.
      - V(always) replaces the token in every run, whether anything differs or not.
      - The new token takes over from the old one what the task does not declare, which are the description, the status,
        the scope and the length of its life.
      - A token can be replaced only if it is declared by O(name) alone.
    type: str
    choices: [never, state_change, always]
    default: never
  rotate_before:
    description:
      - Replace the token when it has this long or less to live, such as V(14d), or has expired. A token without an expiration
        date is never due.
      - It must be shorter than the life of the new token, or that would be due from the start.
      - A token that is due is replaced whatever O(recreate) says, and gets the declared scope.
    type: str
  superseded:
    description:
      - What becomes of a token that was replaced.
      - V(delete) deletes it. V(deactivate) makes it inactive. V(keep) leaves it to its own expiration date.
      - A token that is not deleted at once is renamed to O(name) with C( ~superseded:TIME) appended, where the time is when it
        is no longer kept, so that O(name) stays unique.
      - Expired tokens of the same name are deleted when a new one is made, with V(delete), and otherwise left alone.
      - It is done only when the new token is in force. If Losant refuses it, the new token is removed again and the task fails. If
        that can't be done, or it is not known whether the old token still works, the new token stays, the task warns, and a later
        run finishes it.
    type: str
    choices: [delete, deactivate, keep]
    default: delete
  superseded_after:
    description:
      - How long a replaced token is kept before it is deleted or deactivated, such as V(2h). Its users can be given the new
        secret meanwhile.
      - The task does not wait. The first run after that time, of a task that declares the same O(name), finishes it.
      - It has no effect with O(superseded=keep).
    type: str
    default: 0s
  verify:
    description:
      - Whether Losant must accept the new token before the old one is retired. It gets as many tries as O(retries) allows.
      - A new token that is inactive is not tried.
    type: bool
    default: false
  token_file:
    description:
      - The absolute path of a file for the secret, on the host that runs the task. The file holds just the secret, without a
        line break.
      - It is written to a temporary file in the same folder, which is private from the first byte, and then renamed.
      - The folder must exist. A symbolic link, a folder, and a place that cannot be written are refused before anything is
        created. In check mode the same is checked.
      - The declaration is met only if the file holds the secret of the token that is there. The id inside the secret tells;
        if the secret tells none, Losant is asked with it, and a token that is inactive is given the benefit of the doubt, as
        Losant takes no secret of it. So one line of text that is no JWT is sent to O(api_url) as a token.
      - A secret cannot be read again, so O(recreate) decides what to do about a missing or wrong file.
    type: path
  owner:
    description:
      - The owner of O(token_file), a name or a number. If not set, the owner of a file that is there is kept.
    type: str
  group:
    description:
      - The group of O(token_file), a name or a number. If not set, the group of a file that is there is kept.
    type: str
  mode:
    description:
      - The permissions of O(token_file), in octal. Quote it, as in V('0640').
    type: raw
    default: "0600"
  return_token:
    description:
      - Whether the secret of a token that this task makes is returned as RV(token).
      - With V(false) and without O(token_file) the secret is lost, and the task warns.
    type: bool
    default: true
  staged:
    description:
      - How a token is made, given that its secret is in one answer only, and that an answer can get lost.
      - Staged, a new token is first named O(name) with C( ~pending:NONCE) appended. Its secret is delivered, and only then it gets
        its name. A creation whose answer is lost is recognised by its name, deleted, and done anew. What a run that died
        left behind is removed by the next run, once it is an hour old. This takes one request more.
      - When it has its name, the list is read again. If another run was faster, on whatever host, this one removes its token and
        fails; run again, it finds the token of the other.
      - Otherwise it is made under its own name. If the answer is lost, the task fails and names what appeared meanwhile.
      - V(auto) does it staged if the scopes inside O(access_token) allow it to change and to delete tokens.
      - If those scopes rule out what it takes to let a new token take the place of an old one, at once or later, the task fails
        before it writes anything.
      - A mark takes up to 33 characters of the 255 that a name can have. A longer name is refused where a mark is needed.
    type: str
    choices: [auto, "true", "false"]
    default: auto
  allow_self_revoke:
    description:
      - Whether the task may delete, deactivate or replace the token that it authenticates with. It is recognised by its
        id inside O(access_token). A token that is no JWT, which Losant is not known to issue, cannot be recognised.
    type: bool
    default: false
notes:
  - O(access_token) needs one of the scopes V(all.Application), V(all.Organization) and V(all.User), or V(applicationApiTokens.*)
    together with V(applicationApiToken.*). Scopes that end in C(.read), C(.bounded) or C(.cli) can't manage tokens.
  - With O(token_file) and O(return_token=false) the secret is not in the result at all. Otherwise, with ansible-core 2.22 and
    later, Ansible masks it wherever it prints. With earlier versions the result of a task that made a token is hidden on the
    screen, as with C(no_log). C(register) gets the secret in any case.
  - With C(async), ansible-core before 2.22 prints the secret with C(-v) when the result is fetched. Set C(no_log=true) on such
    tasks, or use O(token_file) and O(return_token=false).
seealso:
  - module: losant.platform.api_token_info
  - ref: ansible_collections.losant.platform.docsite.guide_token_life
    description: What becomes of a token from its creation to its end, and how the options of this module meet it.
  - ref: ansible_collections.losant.platform.docsite.guide_authentication
    description: Which access token to use, and how to hand it to Ansible.
author:
  - Losant Platform Collection Contributors (@losant-platform)
"""

EXAMPLES = r"""
- name: Have a token that may read devices, and keep its secret
  losant.platform.api_token:
    access_token: "{{ losant_access_token }}"
    application_id: 575ec8687ae143cd83dc4a97
    name: dashboard
    description: Read by the wall dashboard
    scope:
      - devices.get
      - device.get
  register: dashboard

- name: Write the secret to the dashboard's settings when a token was made
  ansible.builtin.copy:
    content: "LOSANT_TOKEN={{ dashboard.token }}\n"
    dest: /etc/dashboard/losant.env
    owner: dashboard
    group: dashboard
    mode: "0600"
  when: dashboard.token is defined
  no_log: true

- name: Have a token for 90 days, in a file, and a new one two weeks before it ends
  losant.platform.api_token:
    application_id: 575ec8687ae143cd83dc4a97
    name: gateway-provisioning
    scope: [devices.post]
    expires_in: 90d
    rotate_before: 14d
    token_file: /etc/gateway/losant-token
    owner: gateway
    return_token: false
    verify: true
  notify: Restart the gateway

- name: Rotate a token, and let the old one live for two hours more
  losant.platform.api_token:
    application_id: 575ec8687ae143cd83dc4a97
    name: reporting
    scope: [data.timeSeriesQuery]
    expires_in: 30d
    rotate_before: 7d
    superseded_after: 2h
  register: reporting

- name: Have a token that ends with the contract
  losant.platform.api_token:
    application_id: 575ec8687ae143cd83dc4a97
    name: partner
    scope: [all.Application.read]
    expiration_date: "2027-06-30T23:59:59+02:00"
  register: partner

- name: Replace the token if its scope is not the declared one
  losant.platform.api_token:
    application_id: 575ec8687ae143cd83dc4a97
    name: dashboard
    scope:
      - devices.get
      - device.get
      - data.lastValueQuery
    recreate: state_change
  register: dashboard

- name: Stop a token for the time being
  losant.platform.api_token:
    application_id: 575ec8687ae143cd83dc4a97
    name: partner
    status: inactive

- name: Rename a token and clear its description
  losant.platform.api_token:
    application_id: 575ec8687ae143cd83dc4a97
    api_token_id: 575ec7417ae143cd83dc4a95
    name: partner-read-only
    description: ""

- name: Remove a token, and all expired ones of its name
  losant.platform.api_token:
    application_id: 575ec8687ae143cd83dc4a97
    name: partner
    state: absent

- name: Declare the tokens of an application with the connection set once
  module_defaults:
    group/losant.platform.losant:
      access_token: "{{ losant_access_token }}"
      application_id: 575ec8687ae143cd83dc4a97
  block:
    - name: Have the tokens
      losant.platform.api_token:
        name: "{{ item.name }}"
        scope: "{{ item.scope }}"
      loop:
        - name: reporting
          scope: [data.timeSeriesQuery]
        - name: alerting
          scope: [events.get, event.get]
      register: tokens
"""

RETURN = r"""
api_token:
  description:
    - The token after the task, without its secret. Null if the token is absent.
    - In check mode it is the predicted one, where what only Losant can tell of a new token is null, that is its id, its
      times and its creator.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the token.
      type: str
      sample: 575ec7417ae143cd83dc4a95
    api_token_id:
      description: The same id, under the name that the API uses in paths.
      type: str
      sample: 575ec7417ae143cd83dc4a95
    name:
      description: The name of the token.
      type: str
      sample: dashboard
    description:
      description: What the token is for. Null if it has no description.
      type: str
      sample: Read by the wall dashboard
    status:
      description: V(active) or V(inactive).
      type: str
      sample: active
    scope:
      description: What the token may do.
      type: list
      elements: str
      sample: [devices.get, device.get]
    expiration_date:
      description: When the token expires, in UTC. Null if it never does.
      type: str
      sample: "2027-06-30T21:59:59.000Z"
    expired:
      description: Whether the token was expired at the time of the task.
      type: bool
      sample: false
    superseded:
      description: Whether the token was replaced by another and is kept for a while. Its name tells until when.
      type: bool
      sample: false
    pending:
      description: Whether the secret of the token was not delivered yet, because a task is making it or a run died.
      type: bool
      sample: false
    creation_date:
      description: When the token was made, in UTC.
      type: str
      sample: "2026-11-24T08:00:00.000Z"
    last_updated:
      description: When the token was changed last, in UTC.
      type: str
      sample: "2026-11-24T08:00:00.000Z"
    owner_id:
      description: The id of the application.
      type: str
      sample: 575ec8687ae143cd83dc4a97
    owner_type:
      description: What the token belongs to.
      type: str
      sample: application
    creator_id:
      description: The id of the user, token or workflow that made the token.
      type: str
      sample: 575ed70c7ae143cd83dc4aa9
    creator_type:
      description: V(user), V(apiToken) or V(flow).
      type: str
      sample: user
    creator_name:
      description: The name of the creator, if Losant tells it.
      type: str
      sample: Ada
token:
  description:
    - The secret of the token. This is the only time that it can be had.
  returned: when a token was made in this task and O(return_token=true)
  type: str
  sample: eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiI1NzVlYyJ9.c2lnbmF0dXJl
changed_fields:
  description:
    - The fields in which the token after the task differs from the one before. For a token where there was none, all that
      it has. Empty if it was deleted, or replaced by one that differs only in its secret.
  returned: success
  type: list
  elements: str
  sample: [description, status]
rotation:
  description:
    - Whether the token that the task found was to be replaced, and why.
  returned: success
  type: dict
  contains:
    due:
      description: Whether it was to be replaced, so that this task did it, or would have in check mode.
      type: bool
      sample: true
    reason:
      description:
        - Why. V(expired) or V(expires_soon), which comes of O(rotate_before); V(differs) or V(token_file), which comes of
          O(recreate=state_change); or V(always), which comes of O(recreate=always). Null if it was not to be replaced.
      type: str
      sample: expires_soon
    due_at:
      description: From when on O(rotate_before) asks for a replacement, in UTC. Null if it never does.
      type: str
      sample: "2027-06-16T21:59:59.000Z"
superseded:
  description:
    - The tokens that this task retired, or would in check mode.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The id of the token.
      type: str
      sample: 575ec7417ae143cd83dc4a95
    name:
      description: The name that it has now, or had when it was deleted.
      type: str
      sample: reporting ~superseded:2026-11-24T10:00:00Z
    action:
      description:
        - V(deleted), V(deactivated), or V(kept). It is V(kept), too, if it could not be removed, or if it is not known whether
          it was, which a warning tells.
      type: str
      sample: kept
    until:
      description: Until when it is kept, in UTC. Null for ever, or if it is not kept.
      type: str
      sample: "2026-11-24T10:00:00.000Z"
diff:
  description:
    - The fields that a task can declare, before and after, and what O(token_file) holds. The same in check mode.
  returned: success
  type: dict
  sample:
    before: {id: 575ec7417ae143cd83dc4a95, name: dashboard, status: active}
    after: {id: 575ec7417ae143cd83dc4a95, name: dashboard, status: inactive}
failure:
  description:
    - What is known of an error beside its message. Which keys there are depends on C(kind).
  returned: failure
  type: dict
  sample:
    kind: api
    status: 404
    type: NotFound
    message: Application was not found
    method: GET
    url: https://api.losant.com/applications/575ec8687ae143cd83dc4a97/tokens
"""

from ansible_collections.losant.platform.plugins.module_utils._module.api_token import (
    API_TOKEN_RESTRICTIONS,
    api_token_spec,
    ensure_api_token,
)
from ansible_collections.losant.platform.plugins.module_utils._module.runner import run_module


def main() -> None:
    run_module(ensure_api_token, api_token_spec(), **API_TOKEN_RESTRICTIONS)


if __name__ == "__main__":
    main()
