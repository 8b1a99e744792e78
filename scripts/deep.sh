#!/usr/bin/env bash
# The long versions: 20,000 random histories, each lock taken away in turn, a hundred flips, 10,000 cases of the law, and
# the whole corpus of bad images through the cage (with OVERSIGHT_PHOTOS).
set -euo pipefail
cd "$(dirname "$0")/.."

.venv/bin/python manage.py guard_histories --n 20000 --seed "${SEED:-1}" --json
for lock in advisory trigger always ratchet search_path check; do
    if .venv/bin/python manage.py guard_histories --n 1000 --seed 1 --without "$lock" --json; then
        echo "The guard without its $lock was not caught."
        exit 1
    fi
done
OVERSIGHT_FLIPS=100 OVERSIGHT_GATE_CASES=10000 OVERSIGHT_WHOLE_CORPUS=1 .venv/bin/python -m pytest \
    tests/recognition/test_running_work_stops.py tests/recognition/test_guard_differential.py tests/privacy
