# Second part of every step's bash: strict mode, and access to the definition.
set -euo pipefail

export SOURCE_DATE_EPOCH LC_ALL=C.UTF-8 TZ=UTC

progress() { printf 'STRUX_PROGRESS: %s\n' "$*"; }
trap 'code=$?; echo "line $LINENO: exit code $code: $BASH_COMMAND" >&2' ERR

# A value of the definition, by jq filter; empty if absent.
config() { jq -r "$1 // empty" <<<"$STEP_CONFIG"; }
enabled() { [ "$(jq -r "$1" <<<"$STEP_CONFIG")" = true ]; }
