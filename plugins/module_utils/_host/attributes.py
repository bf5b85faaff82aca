# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import grp
import os
import pwd
import re
import stat
import typing as t

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError

#: ``mode`` (an octal string), ``owner`` and ``group`` (numbers) of a file.
Attributes = t.Mapping[str, t.Any]

#: The largest user or group. One more is -1 to chown, which changes nothing.
_MAX_ID = 2**32 - 2
_OCTAL = re.compile(r"(0o)?[0-7]{3,5}")
#: Digits of a number that somebody meant as octal: 640 without quotes arrives as six hundred and forty.
_USUAL_MODE = re.compile(r"[467][04567]{2}")


def attributes_of(status: os.stat_result) -> dict[str, t.Any]:
    """Return mode, owner and group of an existing file."""
    return {"mode": f"{stat.S_IMODE(status.st_mode):04o}", "owner": status.st_uid, "group": status.st_gid}


def set_attributes(fd: int, attributes: Attributes) -> None:
    """Give an open file its mode, owner and group.

    :raises OSError: the user of the task cannot do that
    """
    current = os.fstat(fd)
    if (current.st_uid, current.st_gid) != (attributes["owner"], attributes["group"]):
        os.fchown(fd, attributes["owner"], attributes["group"])
    os.fchmod(fd, int(attributes["mode"], 8))


def mode_from(value: t.Any) -> int:
    """Return the mode that the option ``mode`` declares.

    A string is octal. A number is what YAML reads from an unquoted ``0640``, which is 416.

    :raises InvalidOptionError: no mode, or a number that was probably meant as octal
    """
    if isinstance(value, int) and not isinstance(value, bool):
        if 0 <= value <= 0o777 and not _USUAL_MODE.fullmatch(str(value)):
            return value
        meant = f"{value:04d}" if _OCTAL.fullmatch(str(value)) and value <= 7777 else "0600"
        raise _invalid("mode", f"is the decimal number {value}, not octal. Use a string such as '{meant}', in quotes.")
    if isinstance(value, str) and _OCTAL.fullmatch(value) and int(value, 8) <= 0o7777:
        return int(value, 8)
    raise _invalid("mode", f"is {value!r}, which is not octal. Use a string such as '0600', in quotes.")


def owner_from(value: str | None) -> int | None:
    """Return the number of the user that the option ``owner`` declares; None if it declares none.

    :raises InvalidOptionError: this machine does not know the user
    """
    return _id_from("owner", value, lambda name: pwd.getpwnam(name).pw_uid)


def group_from(value: str | None) -> int | None:
    """Return the number of the group that the option ``group`` declares; None if it declares none.

    :raises InvalidOptionError: this machine does not know the group
    """
    return _id_from("group", value, lambda name: grp.getgrnam(name).gr_gid)


def _id_from(option: str, value: str | None, look_up: t.Callable[[str], int]) -> int | None:
    if value is None:
        return None
    try:
        number = look_up(value)
    except (KeyError, ValueError):  # a NUL or a lone surrogate cannot be in a name
        if not (value.isascii() and value.isdigit()):
            raise _invalid(option, f"is {value!r}, which the machine with the file does not know.") from None
        # The first digits decide, as int() refuses a string of thousands.
        number = int((value.lstrip("0") or "0")[:11])
    if not 0 <= number <= _MAX_ID:
        raise _invalid(option, f"is {value!r}. The largest number possible is {_MAX_ID}.")
    return number


def _invalid(option: str, reason: str) -> InvalidOptionError:
    return InvalidOptionError(f"{option} {reason}", option=option)
