#!/usr/bin/env bash
# Make .venv and install exactly what a lock file names, once for each content of that file.
# Usage: scripts/packages.sh requirements.lock
set -euo pipefail
cd "$(dirname "$0")/.."

readonly lock=$1
readonly done_list=.venv/installed-locks # the hashes of the lock files that are installed

stop() {
    printf '%s\n' "$@" >&2
    exit 1
}

find_python() {
    local name
    for name in ${PYTHON:-} python3.11 python3.12 python3.13 python3 python; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$name"
            return
        fi
    done
    stop "Python 3.11 or newer was not found. Install it (on Debian: apt install python3 python3-venv)," \
        "or name it: PYTHON=/path/to/python3.11 make run"
}

make_venv() {
    local python
    python=$(find_python)
    rm -rf .venv 2>/dev/null || stop "The folder .venv belongs to somebody else. Delete it, or use a copy of the project."
    if ! "$python" -m venv .venv >/dev/null 2>&1; then
        rm -rf .venv
        "$python" -c 'import ensurepip' 2>/dev/null ||
            stop "This Python lacks its venv module. Install it (on Debian: apt install python3-venv) and try again."
        stop "Could not make the folder .venv here. Is the disk full, or the folder not yours?"
    fi
}

is_installed() {
    # What tests need includes all that running needs.
    grep -qsxF "$(sha256sum <"$1")" "$done_list"
}

if is_installed "$lock" || is_installed requirements-dev.lock; then
    .venv/bin/python -c '' 2>/dev/null && exit 0
fi
.venv/bin/python -m pip --version >/dev/null 2>&1 || make_venv

printf 'Installing the Python packages into .venv (a minute or so, only this time) '
began=$SECONDS
output=$(mktemp)
trap 'rm -f "$output"' EXIT
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
    -r "$lock" >"$output" 2>&1 &
while kill -0 $! 2>/dev/null; do
    printf '.'
    sleep 2
done
if ! wait $!; then
    echo
    tail -n 15 "$output" >&2
    grep -q 'No space left' "$output" && stop "The disk is full: the packages need about 1 GB. Free some space and try again."
    stop "The packages could not be installed; pip's words stand above. Once that is mended, the same command goes on."
fi
sha256sum <"$lock" >>"$done_list"
echo " $((SECONDS - began)) s"
