#!/usr/bin/env bash
# Have a Chromium for the browser tests: Debian's package, where we may install it. Never a reason to stop.
set -euo pipefail

for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null && exit 0
done

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "No Chromium here, so the browser tests will be skipped. To run them: sudo apt install chromium"
    exit 0
fi

echo "Installing Chromium for the browser tests …"
output=$(mktemp)
trap 'rm -f "$output"' EXIT
export DEBIAN_FRONTEND=noninteractive
install() { apt-get install --yes --quiet --no-install-recommends chromium >"$output" 2>&1; }
if ! install && ! { apt-get update --quiet >"$output" 2>&1 && install; }; then
    tail -n 5 "$output"
    echo "Chromium could not be installed, so the browser tests will be skipped."
fi
