#!/usr/bin/env bash
# Everything that can be known without running the product. Goes on after a failure and names all of them at the end.
set -uo pipefail
cd "$(dirname "$0")/.."

PATH="$PWD/.venv/bin:$PATH"
OVERSIGHT_DATA=$(mktemp -d) # settings make their keys in the data folder; these are thrown away
export PATH OVERSIGHT_DATA
trap 'rm -rf "$OVERSIGHT_DATA"' EXIT
failed=()

check() {
    local title=$1
    shift
    echo "--- $title"
    "$@" || failed+=("$title")
}

deployment() {
    OVERSIGHT_PRODUCTION=1 \
        OVERSIGHT_SECRET_KEY=$(python -c 'import secrets; print(secrets.token_urlsafe(50))') \
        OVERSIGHT_HOSTS=oversight.example \
        OVERSIGHT_OPERATOR_STATE=OH \
        OVERSIGHT_COMPUTE_STATES=OH \
        DATABASE_URL=postgresql://oversight_app@/oversight \
        DATABASE_OWNER_URL=postgresql://oversight_owner@/oversight \
        REDIS_URL=redis://localhost \
        python manage.py check --deploy --fail-level WARNING
}

check "format" ruff format --check .
check "lint" ruff check .
check "types" mypy .
# What it skips, ruff's rules of the same names judge line by line, where an exception stands beside the code with its reason.
check "bandit" bandit --quiet --recursive oversight officers privacy recognition workers scripts \
    --exclude '*/migrations/*' --severity-level medium --skip B104,B108,B608
check "import rules" lint-imports
check "our own rules" scripts/semgrep.sh
# There is no database here, and comparing models with migration files needs none: the warning about it is no news.
check "migrations" python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
check "deployment settings" deployment

if [ ${#failed[@]} -gt 0 ]; then
    printf 'Failed: %s\n' "${failed[@]}"
    exit 1
fi
echo "All checks passed."
