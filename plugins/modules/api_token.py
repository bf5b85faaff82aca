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
  - losant.platform._attributes
  - losant.platform._attributes.action_group
attributes:
  check_mode:
    support: full
    details:
      - It sends no write. It refuses what the real run would refuse before its first write, which includes what the scopes inside
        O(access_token) rule out.
  diff_mode:
    support: full
    details:
      - The diff never holds a secret. A token that does not exist yet has the id V((new\)) in it.
  idempotent:
    support: partial
    details:
      - With O(recreate=always) every run creates a new token.
options:
  name:
    description:
      - The name of the token, 1 to 255 characters. It is compared exactly.
      - Without O(api_token_id), it selects the token. Names are not unique at Losant. If two tokens of this name have not expired,
        the task fails and lists them.
      - With O(api_token_id), it is the name that the token gets, so a token with another name is renamed.
      - At least one of O(name) and O(api_token_id) is required.
    type: str
  api_token_id:
    description:
      - The id of the token, 24 hexadecimal characters. It selects the token.
      - Losant chooses the ids. If no token has this id, O(state=present) fails.
    type: str
    aliases: [apiTokenId, id]
  state:
    description:
      - V(present) ensures that the token exists as declared.
      - V(absent) deletes the token. If it is declared by O(name), expired tokens of that name are deleted too, and superseded and
        pending ones that earlier runs kept. O(token_file) is removed if it holds the secret of a deleted token.
    type: str
    choices: [present, absent]
    default: present
  description:
    description:
      - The purpose of the token, in at most 32767 characters. An empty string clears it.
    type: str
  status:
    description:
      - Whether Losant accepts the token. An inactive token can be activated again at any time.
      - If not set, a new token is active, and an existing one keeps its status.
    type: str
    choices: [active, inactive]
  scope:
    description:
      - The permissions of the token, such as V(all.Application.read), V(devices.get) or V(device.*). The order does not matter.
      - Only a new token can have another scope. O(recreate) decides what to do about a difference.
      - If not set, Losant grants a new token V(all.Application), which is everything in the application, and the task warns.
      - Scopes that this collection does not know are sent to Losant with a warning, because Losant adds scopes from time to time.
    type: list
    elements: str
  expiration_date:
    description:
      - The time when the token expires, in RFC 3339 with a zone, such as V(2027-06-30T12:00:00Z). It is compared as an instant, cut
        to milliseconds. A time without quotes in YAML needs a zone too.
      - An empty string declares a token that never expires.
      - Only a new token can have another date. O(recreate) decides what to do about a difference.
      - If not set, a new token never expires. A replacement lives as long as the old token was created for.
    type: str
    aliases: [expirationDate]
  expires_in:
    description:
      - The lifetime of new tokens, such as V(90d), V(12h), V(30m), V(45s), V(2w), or a sum like V(1d12h).
      - An existing token exceeds it if it expires later than a new one would, or never. With O(recreate=state_change) such a token
        is replaced. With O(recreate=never) it is kept, and the task warns. A minute of difference does not count.
      - It excludes O(expiration_date).
    type: str
  recreate:
    description:
      - What to do if only a new token can meet the declaration. That is so if O(scope) or O(expiration_date) differ, if the
        token exceeds O(expires_in), and if O(token_file) or O(held_token) is not the secret of the token.
      - V(never) fails, and shows each field with both values. A token that only exceeds O(expires_in) is kept, with a warning.
      - V(state_change) replaces the token. The new one is created first, then the old one is retired as O(superseded) says.
        Everyone who uses the old secret needs the new one.
      - V(always) replaces the token in every run, whether anything differs or not.
      - A replacement inherits from the old token what the task does not declare, which can be the description, the status, the
        scope and the length of its life.
      - Only a token that is selected by O(name) can be replaced, because a new token has a new id.
    type: str
    choices: [never, state_change, always]
    default: never
  rotate_before:
    description:
      - Replace the token when it has this long or less to live, such as V(14d), or has expired.
      - It must be shorter than the life of the new token, which would be due immediately otherwise.
      - A token that is due is replaced whatever O(recreate) says, and gets the declared scope.
      - A token that never expires is never due, so the task warns about it.
    type: str
  superseded:
    description:
      - What becomes of a token that was replaced.
      - V(delete) deletes it.
      - V(deactivate) makes it inactive.
      - V(keep) lets it work until its own expiration date.
      - A token that is not deleted immediately is renamed to O(name) with C( ~superseded:TIME) appended, so that O(name) stays
        unique. The time is when its grace period is over.
      - Expired tokens of the same name are deleted with V(delete) when a new one is created, and otherwise left alone.
      - If Losant refuses the retirement, the new token is deleted again and the task fails.
      - If the new token cannot be deleted, or if it is not known whether the old one still works, the new one stays and the
        task warns. A later run finishes the retirement.
    type: str
    choices: [delete, deactivate, keep]
    default: delete
  superseded_after:
    description:
      - The grace period of a replaced token, such as V(2h). It keeps working for that time, so that its users can be given the new
        secret.
      - The task does not wait. The first run after that time, of a task that declares the same O(name), deletes or deactivates it.
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
      - The absolute path of a file for the secret, on the task's host. The file holds only the secret, without a line break.
      - If the host is not the controller itself, or with C(become), the module M(losant.platform.token_file) handles the file through
        the connection.
      - The secret is written to a temporary file in the same directory, which is private from the first byte. That file is then
        renamed.
      - What cannot take the secret is refused before anything is created, in check mode too. Such are a path whose directory is
        missing, a symbolic link, a directory, a mount point, an immutable file, a file of more than 64 KiB, and a place where
        the task has no permission or no space.
      - A file that holds the secret of another live token of the application is refused too, and that token is named. It is not
        overwritten.
      - The declaration is met only if the file holds the secret of the current token. The id inside the secret shows that. If
        the content is no JWT, Losant is asked with it, so one line of such text is sent to O(api_url) as a token. An inactive token
        is given the benefit of the doubt then, because Losant refuses its secret.
      - A secret cannot be read again, so O(recreate) decides what to do about a missing or wrong file.
    type: path
  owner:
    description:
      - The owner of O(token_file), a name or a number. If not set, an existing file keeps its owner.
    type: str
  group:
    description:
      - The group of O(token_file), a name or a number. If not set, an existing file keeps its group.
    type: str
  mode:
    description:
      - The permissions of O(token_file), in octal. It must be quoted, as in V('0640'), because YAML reads a number without quotes
        in its own way.
    type: raw
    default: "0600"
  return_token:
    description:
      - Whether the secret of a token that this task creates is returned as RV(token).
      - If not set, the secret is returned only if no O(token_file) is set.
      - With V(false) and without O(token_file) the secret is lost, and the task warns.
    type: bool
  held_token:
    description:
      - The secret that the users of the token hold now, as read from the place where it is kept. It lets the task notice that a
        secret store lost the secret, or holds an old one.
      - If it is not the secret of the current token, the declaration is not met, and O(recreate) decides as for a wrong
        O(token_file). An empty string says that the place holds nothing.
      - It excludes O(token_file).
      - It does not count with O(prepared_id), because the place can hold the new secret by then.
      - The id inside the secret shows which token it belongs to. If the text is no JWT, Losant is asked with it, so it is sent to
        O(api_url) as a token.
    type: str
  staged:
    description:
      - Whether a token is created in stages. Its secret is in one response only, and a response can be lost.
      - In stages, a new token is first named O(name) with C( ~pending:NONCE) appended. Its secret is delivered, and only then it
        gets its name. This takes one more request.
      - In stages, a token whose response was lost is recognised by its name, deleted, and created again. A pending token of an
        interrupted run is deleted by a later run, once it is an hour old.
      - When the token has its name, the list is read again. If another run was first, on any host, this run deletes its own token
        and fails. Run the task again, and it finds the token of the other run.
      - With V(false), the token is created under its own name. If the response is lost, the task fails and names what appeared
        meanwhile.
      - With V(auto), it is created in stages if the scopes inside O(access_token) allow the task to change and to delete tokens.
      - If those scopes rule out what a replacement needs, now or when the grace period is over, the task fails before it
        writes anything.
      - A suffix takes up to 33 of the 255 characters of a name. A longer name is refused where a suffix is needed.
    type: str
    choices: [auto, "true", "false"]
    default: auto
  allow_self_revoke:
    description:
      - Whether the task is allowed to delete, deactivate or replace the token that it authenticates with. That token is recognised
        by the id inside O(access_token). One that is no JWT, which Losant is not known to issue, cannot be recognised.
    type: bool
    default: false
  phase:
    description:
      - Which part of the work the task does. The phases let other tasks deliver the secret, to any place, before the old token is
        retired.
      - V(all) does everything in one task.
      - V(prepare) creates a new token if one is needed, and returns its secret and RV(prepared_id). The token is pending, which
        means that it works, but does not have its name yet. Nothing else is written. V(prepare) needs creation in stages. See
        O(staged).
      - V(commit) takes the same declaration, with O(prepared_id). The prepared token gets its name, the old one is retired, and
        updates and the clean-up are done. Without O(prepared_id), it does all that needs no new token, and fails if one is needed.
      - V(abort) deletes the pending token O(prepared_id). All other tokens are left alone.
      - V(prepare) fails if another run prepares or creates the same token, and that pending token is less than an hour old. The
        error names it.
      - If O(held_token) is the secret of a pending token, an earlier run delivered it and did not commit it. Then V(prepare) creates
        none, and returns that token in RV(prepared_id).
      - V(commit) fails if another run created the same token after O(prepared_id), and deletes the prepared token.
      - If V(commit) fails for any other reason, what it did is rolled back, and the prepared token stays pending. Its secret is
        possibly in use by then. Run V(commit) again, or V(abort).
      - If V(commit) cannot retire the old token, both tokens stay and the task warns. A later run finishes the retirement.
      - If the play ends between the phases, the old token works on. A later run deletes the pending token, once it is an hour old.
      - In check mode, V(prepare) predicts, and V(commit) without O(prepared_id) predicts too, because nothing was prepared.
      - O(token_file) can only be used with V(all).
    type: str
    choices: [all, prepare, commit, abort]
    default: all
  prepared_id:
    description:
      - The id of the token to commit or to abort, as V(prepare) returned it in RV(prepared_id). Null or an empty string mean that
        no token was prepared.
      - It must be a pending token of O(name). With O(phase=commit), a token that has its name already is the current token, so a
        commit can be repeated. With O(phase=abort), a token that no longer exists needs nothing.
      - It can only be used with O(phase=commit) and O(phase=abort), and without O(api_token_id).
    type: str
notes:
  - O(access_token) needs one of the scopes V(all.Application), V(all.Organization) and V(all.User), or V(applicationApiTokens.*)
    together with V(applicationApiToken.*). Scopes that end in C(.read), C(.bounded) or C(.cli) cannot manage tokens.
  - With O(token_file) the secret is not in the result, unless O(return_token=true).
  - A result that holds a secret is masked. With ansible-core 2.22 and later, Ansible masks the secret wherever it prints. With
    earlier versions the result of a task that created a token is hidden on the screen, as with C(no_log). C(register) gets the
    secret in any case.
  - Two runs for one token on one controller wait for each other, with a lock in the Ansible home of the user. If there is no place
    for locks, the task goes on without one, and RV(notes) shows that.
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
