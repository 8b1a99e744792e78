#!/usr/bin/env bash
# The suite twice: as it is delivered, and without the recognition plugin, which must leave a whole product.
# Arguments go to pytest, which then runs once, in this terminal. OVERSIGHT_PHOTOS may name a folder of photos that are
# not part of the project.
set -uo pipefail
cd "$(dirname "$0")/.."

if [ $# -gt 0 ]; then
    exec .venv/bin/python -m pytest "$@"
fi

logs=$(mktemp -d)
running=()
end_all() {
    local each
    for each in "${running[@]}"; do kill "${each%%:*}" 2>/dev/null; done
    rm -rf "$logs"
}
trap end_all EXIT
trap 'exit 130' INT TERM

# Parts that run beside each other share nothing: each starts servers of its own. What a part prints comes when it ends.
beside() {
    local name=$1
    shift
    echo "--- begun: $name"
    "$@" >"$logs/$name" 2>&1 &
    running+=("$!:$name")
}

wait_for_all() {
    local each failed=()
    for each in "${running[@]}"; do
        wait "${each%%:*}" || failed+=("${each#*:}")
        echo "--- ${each#*:}"
        cat "$logs/${each#*:}"
    done
    running=()
    [ ${#failed[@]} -eq 0 ] && return 0
    # Once more at the very end: whoever reads only the last lines of a long log must see what to mend.
    for each in "${failed[@]}"; do
        echo "--- failed: $each"
        grep -E '^(FAILED|ERROR|E  )' "$logs/$each" | tail -n 40 || tail -n 20 "$logs/$each"
    done
    return 1
}

pages=(tests/browser tests/workers tests/oversight)
beside "with the recognition plugin: pages, workers, servers" .venv/bin/python -m pytest "${pages[@]}"
beside "with the recognition plugin: all else" .venv/bin/python -m pytest tests "${pages[@]/#/--ignore=}"
wait_for_all || exit 1

beside "a thousand random histories against the guard" \
    env OVERSIGHT_DATA="$logs/histories-data" .venv/bin/python manage.py guard_histories --n 1000 --seed 1 --json
# The photo floor and the embedded servers know of no plugin; their tests would only be run a second time.
beside "without the recognition plugin" env OVERSIGHT_PLUGINS='' .venv/bin/python -m pytest -m 'not plugin' \
    --ignore tests/privacy --ignore tests/browser/test_protect.py --ignore tests/api/test_protect.py \
    --ignore tests/officers/rosters --ignore tests/oversight/test_embedded.py --ignore tests/oversight/test_up.py
wait_for_all || exit 1
