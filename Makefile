# Everything there is to type. `make run` starts the product, `make test` proves it.
SHELL := /bin/bash
PYTHON_OF_VENV := .venv/bin/python
ARGS ?=

.PHONY: help run test deep fuzz shots check fix lock sbom packages packages-dev

help:
	@echo "make run     start the product in this terminal (PORT=8001 for another port, Ctrl-C to stop)"
	@echo "make test    run all tests, with and without the recognition plugin (ARGS='-k gate' for some)"
	@echo "make deep    the long proofs of the legal gate and of photo intake (hours)"
	@echo "make fuzz    5,000 made-up calls to the API, by its own document (CALLS=500 for fewer)"
	@echo "make shots   take the README's screenshots of a running demo (ADDRESS=http://127.0.0.1:8000)"
	@echo "make check   format, lint, types, import rules, migrations, deployment settings"
	@echo "make fix     format, and mend what the linter can mend"
	@echo "make sbom    list what the product is made of: docs/sbom.cdx.json, docs/licences.md"
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

deep: packages-dev
	@scripts/deep.sh

fuzz: packages-dev
	@scripts/api_fuzz.sh

shots: packages-dev
	@.venv/bin/python scripts/screenshots.py $(or $(ADDRESS),http://127.0.0.1:8000)

check: packages-dev
	@scripts/check.sh

fix: packages-dev
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

lock: packages-dev
	@scripts/lock.sh

sbom: packages-dev
	@.venv/bin/python scripts/bill.py
