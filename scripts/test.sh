#!/usr/bin/env bash
# The suite twice: as it is delivered, and without the recognition plugin, which must leave a whole product.
# Arguments go to pytest, which then runs once, in this terminal. OVERSIGHT_PHOTOS may name a folder of photos that are
# not part of the project.
set -umo pipefail  # m: each lane is a group of processes, which can be ended as one
cd "$(dirname "$0")/.."

if [ $# -gt 0 ]; then
    exec .venv/bin/python -m pytest "$@"
fi

logs=$(mktemp -d)
lanes=()
end_all() {
    local lane
    for lane in "${lanes[@]}"; do kill -- "-$lane" 2>/dev/null; done
    rm -rf "$logs"
}
trap end_all EXIT
trap 'exit 130' INT TERM

# One part of the suite, with servers of its own. What it prints comes when all have ended.
part() {
    local name=$1 begun=$SECONDS
    shift
    echo "--- begun: $name"
    "$@" >"$logs/$name" 2>&1 || touch "$logs/$name.failed"
    echo "--- ended: $name, after $((SECONDS - begun)) s"
}

pages=(tests/browser tests/workers tests/oversight)
# The photo floor and the embedded servers know of no plugin; their tests would only be run a second time.
known=(tests/privacy tests/browser/test_protect.py tests/api/test_protect.py tests/officers/rosters
    tests/oversight/test_embedded.py tests/oversight/test_up.py)

first_lane() {
    part "with the recognition plugin: pages, workers, servers" .venv/bin/python -m pytest "${pages[@]}"
    part "without the recognition plugin" \
        env OVERSIGHT_PLUGINS='' .venv/bin/python -m pytest -m 'not plugin' "${known[@]/#/--ignore=}"
}
second_lane() {
    part "with the recognition plugin: all else" .venv/bin/python -m pytest tests "${pages[@]/#/--ignore=}"
    part "a thousand random histories against the guard" \
        env OVERSIGHT_DATA="$logs/histories-data" .venv/bin/python manage.py guard_histories --n 1000 --seed 1 --json
}
first_lane & lanes+=($!)
second_lane & lanes+=($!)
wait
# Alone, so that what it measures of recovery is the product's and not that of the tests beside it.
part "kill -9 of everything, four times" \
    env OVERSIGHT_CHAOS_KILLS=4 .venv/bin/python -m pytest tests/workers/test_chaos.py -k nothing_is_lost

for log in "$logs"/*; do
    [ -f "$log" ] && [[ $log != *.failed ]] && echo "--- ${log##*/}" && cat "$log"
done
# Once more at the very end: whoever reads only the last lines of a long log must see what to mend.
result=0
for mark in "$logs"/*.failed; do
    [ -e "$mark" ] || continue
    result=1
    log=${mark%.failed}
    echo "--- failed: ${log##*/}"
    grep -E '^(FAILED|ERROR|E  )' "$log" | tail -n 40 || tail -n 20 "$log"
done
exit $result
