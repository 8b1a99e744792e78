#!/usr/bin/env bash
# Thousands of made-up calls to every operation of the API's own document: none may end in a server error.
# CALLS=5100 SEED=1 scripts/api_fuzz.sh
set -euo pipefail
cd "$(dirname "$0")/.."

OVERSIGHT_API_CALLS="${CALLS:-5100}" OVERSIGHT_API_SEED="${SEED:-1}" \
    .venv/bin/python -m pytest tests/api/test_fuzz.py -q
