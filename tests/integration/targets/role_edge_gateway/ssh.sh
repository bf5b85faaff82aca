#!/bin/sh
# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Stands for the ssh client: it runs the command, which is the last argument, on this machine.
for command; do :; done
exec /bin/sh -c "$command"
