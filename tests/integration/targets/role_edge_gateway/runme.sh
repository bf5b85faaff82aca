#!/usr/bin/env bash
# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

set -eux

# Plays with several hosts, which the playbook adds. Variables of the one who runs the tests must not reach it.
unset LOSANT_API_TOKEN LOSANT_API_TOKEN_FILE LOSANT_API_URL LOSANT_APPLICATION_ID
ANSIBLE_ROLES_PATH=../ ANSIBLE_HOST_KEY_CHECKING=False ansible-playbook playbook.yml -i localhost, "$@"
