# Everything there is to type. `make run` starts the product, `make test` proves it.
SHELL := /bin/bash
PYTHON_OF_VENV := .venv/bin/python
ARGS ?=

.PHONY: help run test check fix lock packages packages-dev

help:
	@echo "make run     start the product in this terminal (PORT=8001 for another port, Ctrl-C to stop)"
	@echo "make test    run all tests, with and without the recognition plugin (ARGS='-k gate' for some)"
	@echo "make check   format, lint, types, import rules, migrations, deployment settings"
	@echo "make fix     format, and mend what the linter can mend"
	@echo "make lock    compile requirements*.in into the hash-locked requirements*.lock"

packages:
	@scripts/packages.sh requirements.lock

packages-dev:
	@scripts/packages.sh requirements-dev.lock

run: packages
	@exec $(PYTHON_OF_VENV) manage.py up

test: packages-dev
	@scripts/browser.sh
	@scripts/test.sh $(ARGS)

check: packages-dev
	@scripts/check.sh

fix: packages-dev
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

lock: packages-dev
	@scripts/lock.sh
