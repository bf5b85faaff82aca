# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations


class ModuleDocFragment:
    """What the modules for one API token share; ``api_token_spec()`` in module_utils/_module/api_token.py is their spec."""

    DOCUMENTATION = r"""
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
      - A file that holds the secret of another live token of the same list is refused too, and that token is named. It is not
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
  - With O(token_file) the secret is not in the result, unless O(return_token=true).
  - A result that holds a secret is masked. With ansible-core 2.22 and later, Ansible masks the secret wherever it prints. With
    earlier versions the result of a task that created a token is hidden on the screen, as with C(no_log). C(register) gets the
    secret in any case.
  - Two runs for one token on one controller wait for each other, with a lock in the Ansible home of the user. If there is no place
    for locks, the task goes on without one, and RV(notes) shows that.
"""
