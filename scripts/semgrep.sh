#!/usr/bin/env bash
# Our own rules (checks/semgrep): first on their examples, then on the product. Semgrep wants older versions of some packages
# than the product has, so it lives in a folder of its own, from a lock file of its own. It asks and tells nobody anything.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly lock=requirements-semgrep.lock venv=.venv/semgrep
if ! sha256sum --check --status "$venv/installed" 2>/dev/null; then
    echo "Installing semgrep into $venv (only this time) …"
    rm -rf "$venv"
    .venv/bin/python -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r "$lock"
    sha256sum "$lock" >"$venv/installed"
fi

own=$(mktemp -d) # what it would write into somebody's home
trap 'rm -rf "$own"' EXIT
export PATH="$PWD/$venv/bin:$PATH" SEMGREP_SETTINGS_FILE="$own/settings.yml" SEMGREP_LOG_FILE="$own/log"
quiet=(--metrics=off --disable-version-check)

if ! semgrep --test "${quiet[@]}" checks/semgrep >"$own/examples" 2>&1; then
    cat "$own/examples"
    exit 1
fi
# A comment that excuses a line is not heard: exceptions stand in the rules, with their reason.
semgrep scan "${quiet[@]}" --quiet --error --strict --disable-nosem --no-rewrite-rule-ids --jobs 2 \
    --config checks/semgrep/rules.yml oversight officers privacy recognition workers templates scripts manage.py
