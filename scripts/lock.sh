#!/usr/bin/env bash
# Compile requirements*.in into lock files of versions and hashes. No address of any registry gets into them.
set -euo pipefail
cd "$(dirname "$0")/.."

for name in requirements requirements-dev requirements-semgrep; do
    .venv/bin/uv pip compile "$name.in" --quiet --output-file "$name.lock" --python-version 3.11 \
        --generate-hashes --no-annotate --no-header --override overrides.txt "$@"
    echo "$name.lock: $(grep -c '==' "$name.lock") packages"
done
