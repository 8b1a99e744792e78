#!/usr/bin/env bash
# The long versions: 20,000 random histories, each lock taken away in turn, a hundred flips, 10,000 cases of the law, and
# the whole corpus of bad images through the cage, and every real face through both template networks (OVERSIGHT_PHOTOS);
# 2,000 hostile files through the cage; 10,000 photos in one bulk run, killed twice; 5,000 made-up calls to the API; a roster
# of 50,000 officers in, out and in again; 1,000 kills, 50 flushes and 20 restarts under people who use the product; the last
# release on the tables of this one; five machines, each cut off once.
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
    tests/recognition/test_running_work_stops.py tests/recognition/test_guard_differential.py \
    tests/recognition/test_template_network.py tests/privacy
.venv/bin/python -m tests.privacy.fuzz --n 2000 --seed "${SEED:-1}"
OVERSIGHT_BULK_PHOTOS=${OVERSIGHT_BULK_PHOTOS:-10000} .venv/bin/python -m pytest tests/workers/test_bulk.py -q -s
scripts/api_fuzz.sh
OVERSIGHT_ROSTER_OFFICERS=50000 .venv/bin/python -m pytest tests/officers/rosters/test_round_trip.py -q -k byte_equal
.venv/bin/python manage.py chaos --kills 1000 --flushes 50 --restarts 20 --s3-faults 0.2 --seed "${SEED:-1}" --json
OVERSIGHT_DEEP=1 .venv/bin/python -m pytest tests/upgrades/test_previous_release.py tests/workers/test_many_hosts.py -q
