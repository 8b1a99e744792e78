#!/usr/bin/env bash
# The suite twice: as it is delivered, and without the recognition plugin, which must leave a whole product.
# Arguments go to pytest. OVERSIGHT_PHOTOS may name a folder of photos that are not part of the project.
set -euo pipefail
cd "$(dirname "$0")/.."

echo "--- with the recognition plugin"
.venv/bin/python -m pytest "$@"

if [ $# -eq 0 ]; then
    # Side by side: they share nothing, each has servers of its own.
    echo "--- a thousand random histories against the guard, beside the rest"
    histories=$(mktemp)
    OVERSIGHT_DATA=$(mktemp -d) .venv/bin/python manage.py guard_histories --n 1000 --seed 1 --json >"$histories" 2>&1 &
    running=$!
    echo "--- without the recognition plugin"
    # The photo floor and the embedded servers know of no plugin; their tests would only be run a second time.
    OVERSIGHT_PLUGINS='' .venv/bin/python -m pytest -m 'not plugin' --ignore tests/privacy \
        --ignore tests/browser/test_protect.py --ignore tests/api/test_protect.py --ignore tests/officers/rosters \
        --ignore tests/oversight/test_embedded.py --ignore tests/oversight/test_up.py
    wait "$running" || { cat "$histories"; exit 1; }
    cat "$histories"
fi
