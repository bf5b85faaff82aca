#!/usr/bin/python
# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: api_token
short_description: Manage API tokens of a Losant application
version_added: 1.0.0
description:
  - Creates, changes, replaces and deletes one API token of an application, so that it is as declared.
  - A new token has a new secret. The task delivers it to a file, or returns it.
  - Losant shows the secret of a token once, in the response to its creation. Nobody can read it again, with this module or
    otherwise.
  - Losant can change the name, the description and the status of a token, but not its scope and its expiration date. If those
    differ from the declaration, O(recreate) decides.
  - What the task does not mention stays as it is. An empty value that is given clears the field.
  - An expired token does not count as present. If it is declared by O(name), the task creates a new one.
  - A replacement has five steps. The task checks that O(token_file) can be written, creates the new token, delivers its secret,
    tries the new token if O(verify=true), and only then retires the old one. If a step fails, or if the task is interrupted,
    what was done is rolled back, and the old token is as it was.
extends_documentation_fragment:
  - losant.platform._connection
  - losant.platform._application
  - losant.platform._api_token
  - losant.platform._attributes
  - losant.platform._attributes.action_group
options:
  scope:
    description:
      - The permissions of the token, such as V(all.Application.read), V(devices.get) or V(device.*). The order does not matter.
      - Only a new token can have another scope. O(recreate) decides what to do about a difference.
      - If not set, Losant grants a new token V(all.Application), which is everything in the application, and the task warns.
      - Scopes that this collection does not know are sent to Losant with a warning, because Losant adds scopes from time to time.
    type: list
    elements: str
notes:
  - O(access_token) needs one of the scopes V(all.Application), V(all.Organization) and V(all.User), or V(applicationApiTokens.*)
    together with V(applicationApiToken.*). Scopes that end in C(.read), C(.bounded) or C(.cli) cannot manage tokens.
seealso:
  - module: losant.platform.api_token_info
  - ref: ansible_collections.losant.platform.docsite.guide_token_life
    description: The life of a token from its creation to its end, with the options of this module.
  - ref: ansible_collections.losant.platform.docsite.guide_secrets
    description: Where a secret can be delivered, and what Ansible prints.
  - ref: ansible_collections.losant.platform.docsite.guide_authentication
    description: Which access token to use, and how to pass it to Ansible.
author:
  - Losant Platform Collection Contributors (@losant-platform)
"""

EXAMPLES = r"""
- name: Keep a 90-day token in a file and rotate it two weeks before it expires
  losant.platform.api_token:
    application_id: 575ec8687ae143cd83dc4a97
    name: gateway-provisioning
    scope: [devices.post]
    expires_in: 90d
    rotate_before: 14d
    token_file: /etc/gateway/losant-token
    owner: gateway
    verify: true
  register: gateway

- name: Restart the gateway when it got a new secret
  ansible.builtin.systemd_service:
    name: gateway
    state: restarted
  when: gateway.created

- name: Create a token that can read devices and return its secret
  losant.platform.api_token:
    access_token: "{{ losant_access_token }}"
    application_id: 575ec8687ae143cd83dc4a97
    name: dashboard
    description: Read by the wall dashboard
    scope:
      - devices.get
      - device.get
  register: dashboard

- name: Write the secret to the settings of the dashboard when it is new
  ansible.builtin.copy:
    content: "LOSANT_TOKEN={{ dashboard.token }}\n"
    dest: /etc/dashboard/losant.env
    owner: dashboard
    group: dashboard
    mode: "0600"
  when: dashboard.token is defined
  no_log: true

- name: Rotate a token and keep the old one for two hours
  losant.platform.api_token:
    application_id: 575ec8687ae143cd83dc4a97
    name: reporting
    scope: [data.timeSeriesQuery]
    expires_in: 30d
    rotate_before: 7d
    superseded_after: 2h
  register: reporting

- name: Replace the token of a secret store that lost the secret
  losant.platform.api_token:
    application_id: 575ec8687ae143cd83dc4a97
    name: billing
    scope: [data.timeSeriesQuery]
    held_token: "{{ billing_secret_in_the_store | default('') }}"
    recreate: state_change
  register: billing

- name: Deliver a new token to Kubernetes if one is needed
  block:
    - name: Create the new token
      losant.platform.api_token:
        application_id: 575ec8687ae143cd83dc4a97
        name: historian
        scope: [data.export]
        expires_in: 90d
        rotate_before: 14d
        phase: prepare
      register: historian

    - name: Write its secret to Kubernetes
      kubernetes.core.k8s:
        definition:
          apiVersion: v1
          kind: Secret
          metadata:
            name: historian
            namespace: plant
          stringData:
            token: "{{ historian.token }}"
      when: historian.token is defined
      no_log: true
  rescue:
    - name: Delete the new token if its secret could not be delivered
      losant.platform.api_token:
        application_id: 575ec8687ae143cd83dc4a97
        name: historian
        phase: abort
        prepared_id: "{{ historian.prepared_id | default('') }}"

    - name: Keep the old token and end the play
      ansible.builtin.fail:
        msg: The secret of the token historian could not be delivered.

- name: Give the new token its name and retire the old one
  losant.platform.api_token:
    application_id: 575ec8687ae143cd83dc4a97
    name: historian
    scope: [data.export]
    expires_in: 90d
    rotate_before: 14d
    phase: commit
    prepared_id: "{{ historian.prepared_id }}"

- name: Create a token that expires with a contract
  losant.platform.api_token:
    application_id: 575ec8687ae143cd83dc4a97
    name: partner
    scope: [all.Application.read]
    expiration_date: "2027-06-30T23:59:59+02:00"
  register: partner

- name: Replace a token if its scope differs from the declared one
  losant.platform.api_token:
    application_id: 575ec8687ae143cd83dc4a97
    name: dashboard
    scope:
      - devices.get
      - device.get
      - data.lastValueQuery
    recreate: state_change
  register: dashboard

- name: Deactivate a token for a while
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

- name: Delete a token and all expired ones of its name
  losant.platform.api_token:
    application_id: 575ec8687ae143cd83dc4a97
    name: partner
    state: absent

- name: Manage several tokens with one set of connection options
  module_defaults:
    group/losant.platform.losant:
      access_token_file: /etc/ansible/losant-access-token
      application_id: 575ec8687ae143cd83dc4a97
  block:
    - name: Keep each token in its own file
      losant.platform.api_token:
        name: "{{ item.name }}"
        scope: "{{ item.scope }}"
        token_file: "/etc/losant/{{ item.name }}"
      loop:
        - name: reports
          scope: [data.timeSeriesQuery]
        - name: alerts
          scope: [events.get, event.get]
"""

RETURN = r"""
api_token:
  description:
    - The token after the task, without its secret. Null if the token is absent.
    - In check mode it is the predicted one. What only Losant can set is null for a new token, which is its id, its times and
      its creator.
    - With O(phase=prepare) it is the pending token, or the current one if no new token is needed. With O(phase=abort) it is the
      current one. In check mode, a pending token is named O(name) with C( ~pending:(new\)) appended.
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
      description: The purpose of the token. Null if it has no description.
      type: str
      sample: Read by the wall dashboard
    status:
      description: V(active) or V(inactive).
      type: str
      sample: active
    scope:
      description: The permissions of the token.
      type: list
      elements: str
      sample: [devices.get, device.get]
    expiration_date:
      description: The time when the token expires, in UTC. Null if it never does.
      type: str
      sample: "2027-06-30T21:59:59.000Z"
    expired:
      description: Whether the token had expired at the time of the task.
      type: bool
      sample: false
    superseded:
      description: Whether the token was replaced by another one and is kept for a while. Its name shows until when.
      type: bool
      sample: false
    pending:
      description:
        - Whether the secret of the token is not delivered yet. A task is creating the token at this moment, O(phase=prepare)
          created it, or a run was interrupted.
      type: bool
      sample: false
    creation_date:
      description: The time when the token was created, in UTC.
      type: str
      sample: "2026-11-24T08:00:00.000Z"
    last_updated:
      description: The time of the last change of the token, in UTC.
      type: str
      sample: "2026-11-24T08:00:00.000Z"
    owner_id:
      description: The id of the application.
      type: str
      sample: 575ec8687ae143cd83dc4a97
    owner_type:
      description: The kind of the owner.
      type: str
      sample: application
    creator_id:
      description: The id of the user, token or workflow that created the token.
      type: str
      sample: 575ed70c7ae143cd83dc4aa9
    creator_type:
      description: V(user), V(apiToken) or V(flow).
      type: str
      sample: user
    creator_name:
      description: The name of the creator. Null if Losant does not show it.
      type: str
      sample: Ada
created:
  description:
    - Whether the task created a token, so that there is a new secret. Handlers and conditions should look at this.
    - In check mode, whether it would.
    - With O(phase=commit) it is false, because O(phase=prepare) created the token.
  returned: success
  type: bool
  sample: true
prepared_id:
  description:
    - The id of the token that O(phase=prepare) created, or that it found delivered, to be passed to O(phase=commit) or
      O(phase=abort).
    - Null if no token was needed, in check mode, and in other phases.
  returned: success
  type: str
  sample: 575ec7417ae143cd83dc4a95
token:
  description:
    - The secret of the new token. Nobody can read it again later.
    - It is not returned in check mode.
  returned: when the task created a token, and O(return_token=true) or neither O(return_token) nor O(token_file) is set
  type: str
  sample: eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiI1NzVlYyJ9.c2lnbmF0dXJl
changed_fields:
  description:
    - The fields in which the token after the task differs from the one before. For a token that did not exist, all that it has.
    - It is empty if the token was deleted, or replaced by one that differs only in its secret.
  returned: success
  type: list
  elements: str
  sample: [description, status]
rotation:
  description:
    - Whether the token that the task found was due for replacement, and why.
  returned: success
  type: dict
  contains:
    due:
      description: Whether it was due, so that this task replaced it, or would in check mode.
      type: bool
      sample: true
    reason:
      description:
        - Why it was due. Null if it was not.
        - "V(expired): it had expired."
        - "V(expires_soon): it had O(rotate_before) or less to live."
        - "V(exceeds_lifetime): it would live longer than O(expires_in), and O(recreate=state_change) is set."
        - "V(differs): a field differs that only a new token can have, and O(recreate=state_change) is set."
        - "V(token_file): O(token_file) did not hold its secret, and O(recreate=state_change) is set."
        - "V(held_token): O(held_token) was not its secret, and O(recreate=state_change) is set."
        - "V(always): O(recreate=always) is set."
      type: str
      sample: expires_soon
    due_at:
      description: The time from which O(rotate_before) asks for a replacement, in UTC. Null if it never does.
      type: str
      sample: "2027-06-16T21:59:59.000Z"
superseded:
  description:
    - The tokens that this task retired, or would retire in check mode.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The id of the token.
      type: str
      sample: 575ec7417ae143cd83dc4a95
    name:
      description: The present name of the token, or the name that it had when it was deleted.
      type: str
      sample: reporting ~superseded:2026-11-24T10:00:00Z
    action:
      description:
        - V(deleted), V(deactivated) or V(kept). It is V(kept) too if the token could not be retired, or if it is not known
          whether it was. Then a warning says so.
      type: str
      sample: kept
    until:
      description: The end of its grace period, in UTC. Null if it has no end, or if the token is not kept.
      type: str
      sample: "2026-11-24T10:00:00.000Z"
notes:
  description:
    - What is good to know and needs no action, such as a run without a lock because there is no place for one.
  returned: when there is something to note
  type: list
  elements: str
diff:
  description:
    - Both sides hold the fields that a task can declare, and what O(token_file) holds.
    - The key C(superseded) lists the leftovers and superseded tokens that the task deletes or deactivates, each as
      C(NAME (id\), status).
    - It is the same in check mode.
  returned: success
  type: dict
  sample:
    before:
      id: 575ec7417ae143cd83dc4a95
      name: dashboard
      status: active
      superseded: ["dashboard ~superseded:2026-11-24T10:00:00Z (575ec7417ae143cd83dc4a94), active"]
    after:
      id: 575ec7417ae143cd83dc4a95
      name: dashboard
      status: inactive
      superseded: []
failure:
  description:
    - Data about an error, beside its message. Which keys it has depends on the key C(kind).
    - "C(api): Losant responded with an error. C(status), C(type) and C(message) are in the response, C(method) and C(url)
      name the request."
    - "C(connection): no response arrived."
    - "C(bad_response): a response was not what the API documents."
    - "C(declaration): the declaration cannot be met. Nothing was written. With O(phase=commit), C(reason) is why a new token
      is needed."
    - "C(delivery): O(token_file) cannot take the secret."
    - "C(conflict): a concurrent run created the same token and was first, or is preparing it."
    - "C(lock): another run on this machine did not finish in time."
    - "C(unfinished): a step failed after others were done. The message shows what was rolled back and what remains, and
      C(left) lists what remains."
    - "C(verification): Losant did not accept the new token."
    - "C(application): no application has the name O(application), or several have it. C(application_ids) lists these."
    - "C(invalid_option): the value of an option is not valid. C(option) names the option."
    - "C(missing_library): the Python library requests is missing."
    - "C(interrupted): the task was stopped by Ctrl-C or by a signal, before it had written anything."
    - "C(internal_error): an error in this collection. Please report it."
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

from ansible_collections.losant.platform.plugins.module_utils._module.api_token import API_TOKEN
from ansible_collections.losant.platform.plugins.module_utils._module.runner import run_module


def main() -> None:
    run_module(API_TOKEN)


if __name__ == "__main__":
    main()
