# Everything a person or a machine does here. `make` alone lists it.
#   make run            a whole centre on this machine, nothing to install beforehand but Python and Node.js
#   make test           every test
#   make check          style, types, layers, templates, settings
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
# How many test processes run side by side, each with its own PostgreSQL and Redis.
JOBS ?= 2
# Those with a browser are late when too many of them share few cores; of those that only wait, twice as many run.
LIVE_JOBS ?= 2
# Tests of one process; the others are run by tools/live_tests.py.
HERE := "not browser and not survival and not slow"
VENV := .venv
PY := $(VENV)/bin/python
# A stamp carries the checksum of what it installs: an untouched lock file means nothing to do.
sum = $(firstword $(shell cat $(1) 2>/dev/null | cksum))
TORCH ?= torch==2.13.0 torchvision==0.28.0
BASE := $(VENV)/.base-$(call sum,requirements/base.lock)
DEV := $(VENV)/.dev-$(call sum,requirements/dev.lock)
NODE := node_modules/.installed-$(call sum,package-lock.json tools/vendor.py)

.PHONY: help run setup setup-dev setup-detection test unit check format bench messages lock screenshot browser clean \
	check-ruff check-format check-templates check-types check-layers check-django check-deploy check-messages

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

run: setup ## start the centre (HOST=, PORT=, ARGS=--no-demo)
	@exec $(PY) manage.py up --host $(HOST) --port $(PORT) $(ARGS)

setup: $(BASE) $(NODE) ## install what running needs
	@$(PY) tools/messages.py compile
setup-dev: $(DEV) $(NODE) ## install what testing and checking need, too
	@$(PY) tools/messages.py compile

# Heavy, and not needed to run: 1 to 6 GB. Where an index offers torch without CUDA: make setup-detection INDEX=URL
setup-detection: setup ## install trained detectors (ultralytics, torch), too
	@echo "setup     | $(TORCH): 0.2 GB for the CPU, 3 GB with CUDA; pip shows how far it is …"
	@$(PY) -m pip install --disable-pip-version-check --no-input $(if $(INDEX),--index-url $(INDEX)) $(TORCH)
	@$(PY) tools/install.py pip requirements/detection.lock
	@echo "setup     | next: $(PY) manage.py get_detector yolo26n"

$(VENV)/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed (python3 not found)."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed; $$($(PYTHON) --version) was found. Name another: make PYTHON=python3.12 …"; exit 1; }
	@echo "setup     | creating $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV) || { echo "python3-venv is missing (Debian: apt install python3-venv)."; exit 1; }

$(BASE): | $(VENV)/bin/python
	@$(PY) tools/install.py pip requirements/base.lock
	@rm -f $(VENV)/.base-*; touch $@

# dev.lock holds all of base.lock, with the same versions.
$(DEV): | $(VENV)/bin/python
	@$(PY) tools/install.py pip requirements/dev.lock
	@rm -f $(VENV)/.base-* $(VENV)/.dev-*; touch $@ $(BASE)

$(NODE): | $(VENV)/bin/python
	@command -v npm >/dev/null || { echo "Node.js 20 or newer is needed (npm not found): see docs/operations/start.md."; exit 1; }
	@$(PY) tools/install.py npm
	@$(PY) tools/vendor.py
	@touch $@

test: setup-dev browser ## every test: JavaScript, Python, live processes, browser
	@files=$$(find tests/js -name '*.test.js' -o -name '*.test.mjs' | sort); \
	  if [ -n "$$files" ]; then node --test --test-reporter=spec $$files; fi
	@$(PY) -m pytest -q -n $(JOBS) --dist worksteal -m $(HERE) $(ARGS)
	@$(PY) tools/live_tests.py -n $(LIVE_JOBS) $(ARGS)

unit: setup-dev ## the quick tests: no database, no other process, no browser
	@$(PY) -m pytest -q -n $(JOBS) --dist worksteal -m $(HERE)" and not database" $(ARGS)

# A missing browser is installed where that is allowed; elsewhere its tests are skipped, loudly.
browser: ## see that a browser is there for the browser tests
	@for name in chromium chromium-browser google-chrome google-chrome-stable; do \
	  if command -v $$name >/dev/null; then exit 0; fi; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "setup     | no browser found: installing chromium for the browser tests …"; \
	  if { apt-get update -qq && apt-get install -y -qq chromium; } </dev/null >/dev/null 2>&1; then exit 0; fi; fi; \
	echo "setup     | NO BROWSER: the browser tests will be SKIPPED. Install chromium (apt install chromium) to run them."

check: setup-dev ## every check that needs no server (each alone: make check-types …)
	@$(MAKE) -j3 --output-sync=target --keep-going check-types check-ruff check-format check-templates \
	  check-layers check-django check-deploy check-messages
	@echo "check     | all good"

check-ruff:
	@$(VENV)/bin/ruff check --quiet .
check-format:
	@$(VENV)/bin/ruff format --check --quiet .
check-templates:
	@files=$$(git ls-files '*/templates/*.html' 'templates/*.html'); if [ -n "$$files" ]; then $(VENV)/bin/djade --check $$files; fi
check-types:
	@$(VENV)/bin/mypy --no-error-summary .
check-layers:
	@mkdir -p var; $(VENV)/bin/lint-imports >var/lint-imports.log 2>&1 || { cat var/lint-imports.log; exit 1; }
check-django:
	@$(PY) manage.py check --fail-level WARNING >/dev/null
	@mkdir -p var; $(PY) manage.py makemigrations --check --dry-run >var/migrations.log 2>&1 || { cat var/migrations.log; exit 1; }
# As in service: TLS in front, a secret of its own, names that are really served.
check-deploy:
	@HTTPS=1 DEBUG=0 ALLOWED_HOSTS=centre.example SECRET_KEY=$$(printf 'check-%.0s' {1..12})AbCdEf0123456789 \
	  $(PY) manage.py check --deploy --fail-level WARNING >/dev/null
check-messages:
	@if [ -f tools/messages.py ]; then $(PY) tools/messages.py check; fi

format: setup-dev ## lay out Python and templates as check wants them
	@$(VENV)/bin/ruff check --quiet --fix . || true
	@$(VENV)/bin/ruff format --quiet .
	@$(VENV)/bin/djade $$(git ls-files '*/templates/*.html' 'templates/*.html') || true

bench: setup-dev ## run a bench: make bench NAME=burst
	@test -n "$(NAME)" || { echo "Which one? make bench NAME=… with one of:"; ls benches | sed -n 's/^\([a-z][a-z_-]*\)\.py$$/  \1/p'; exit 1; }
	@exec $(PY) -m benches.$(subst -,_,$(NAME)) $(ARGS)

messages: setup-dev ## gather, check and compile the translations
	@$(PY) tools/messages.py $(or $(ARGS),make)

lock: setup-dev ## write requirements/*.lock anew from pyproject.toml (UPGRADE=1 takes newer versions)
	@compile="$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-config --overrides requirements/overrides.txt $(if $(UPGRADE),--upgrade)"; \
	  $$compile pyproject.toml -o requirements/base.lock; \
	  $$compile --extra dev -c requirements/base.lock pyproject.toml -o requirements/dev.lock; \
	  $$compile --extra detection -c requirements/base.lock pyproject.toml -o requirements/detection.lock

screenshot: setup-dev browser ## draw docs/images/room.png from a live demonstration centre
	@exec $(PY) tools/screenshot.py $(ARGS)

clean: ## forget what setup installed (data under var/ stays)
	@rm -rf $(VENV) node_modules static/vendor
