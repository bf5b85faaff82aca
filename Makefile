# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Everything a newcomer or a CI needs. Each target sets itself up; all that it makes is in .cache/.
# `make help` lists the targets.

PYTHON ?= python3
VERSION := $(shell "$(PYTHON)" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
DEMO := .cache/venv-demo-$(VERSION)
NOX := .cache/venv-nox-$(VERSION)
RUN_NOX = $(NOX)/bin/python -m nox --non-interactive --error-on-missing-interpreters --session

# Ansible wants a UTF-8 locale, and a directory for its own files; the collection is found through a link (see link_collection.py).
export LC_ALL := C.UTF-8
export ANSIBLE_HOME := $(CURDIR)/.cache/ansible
export ANSIBLE_COLLECTIONS_PATH := $(CURDIR)/.cache/collections
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# The sandbox on this machine is not reached through a proxy.
comma := ,
PAST_PROXY := $(or $(no_proxy),$(NO_PROXY))
export no_proxy := $(PAST_PROXY)$(if $(PAST_PROXY),$(comma))127.0.0.1,localhost
export NO_PROXY := $(no_proxy)
# Nothing here may reach a real account.
unexport $(filter LOSANT_%,$(.VARIABLES))

# Environments know their path: in a checkout that was moved, they are created again.
$(shell [ "$$(cat .cache/path 2>/dev/null)" = '$(CURDIR)' ] || \
  { rm -rf .cache/venv-* .cache/nox-* && mkdir -p .cache && echo '$(CURDIR)' > .cache/path; })

.PHONY: help demo sandbox test lint unit integration soak bench docs clean python link

help:  ## List the targets
	@sed -n 's/^\([a-z]*\):.*  ## /\1\t/p' Makefile | expand -t 14

demo: $(DEMO)/.ready link  ## Create, use and delete a token in a sandbox, with comments
	@PATH="$(CURDIR)/$(DEMO)/bin:$$PATH" PYTHONPATH=tests/sandbox $(DEMO)/bin/python examples/demo.py

sandbox: $(DEMO)/.ready  ## Start a server that speaks Losant's API, until Ctrl-C (ARGS="--port 8080")
	@PYTHONPATH=tests/sandbox $(DEMO)/bin/python -m losant_sandbox $(ARGS)

test: $(NOX)/.ready  ## Run every check and every test
	@$(NOX)/bin/python tests/tools/make_test.py

lint: $(NOX)/.ready  ## Run the quick checks of the code
	@$(RUN_NOX) ruff words mypy

unit: $(NOX)/.ready  ## Run the unit tests, and report the lines of plugins/ that they reach
	@$(RUN_NOX) unit -- --cov --cov-report=term

integration: $(NOX)/.ready  ## Run the integration tests
	@$(RUN_NOX) integration

soak: $(NOX)/.ready  ## Play ten thousand random histories, and the whole matrix of faults
	@$(RUN_NOX) soak

bench: $(NOX)/.ready  ## Measure playbooks against the sandbox, and write the page about speed (half an hour)
	@$(RUN_NOX) bench

docs: $(NOX)/.ready  ## Build the documentation site
	@$(RUN_NOX) docs-site

clean:  ## Remove all that the other targets made
	@rm -rf .cache
	@echo '==> Removed .cache'

link: python
	@"$(PYTHON)" tests/tools/link_collection.py

python:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo 'Python 3.11 or newer is needed, and "$(PYTHON)" is not one. Name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3' >&2; exit 1; }

$(DEMO)/.ready: tests/tools/demo-requirements.txt tests/sandbox/requirements.txt | python
	@echo '==> Setting up $(DEMO)'
	@rm -rf $(DEMO)
	@"$(PYTHON)" -m venv $(DEMO)
	@$(DEMO)/bin/python -m pip install --quiet $(addprefix --requirement ,$^)
	@touch $@

# uv makes the environments of the sessions faster; where it can't be had, nox does without.
$(NOX)/.ready: tests/tools/requirements.txt tests/tools/constraints.txt | python
	@echo '==> Setting up $(NOX)'
	@rm -rf $(NOX)
	@"$(PYTHON)" -m venv $(NOX)
	@$(NOX)/bin/python -m pip install --quiet --requirement $< --constraint tests/tools/constraints.txt
	@$(NOX)/bin/python -m pip install --quiet uv || echo '==> Going on without uv'
	@touch $@
