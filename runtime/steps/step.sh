# The beginning of every step: stop at the first failure, and say things as the reporter reads them.
set -euo pipefail
shopt -s inherit_errexit

progress() { printf 'STRUX_PROGRESS: %s\n' "$*"; }

# The first line says what is wrong, the others what to do.
fail() {
  printf '%s\n' "$@" >&2
  exit 1
}

# A value of the definition, by jq's path; empty where it is not set.
config() { jq -r "$1 // empty" <<<"$STEP_CONFIG"; }

# Scratch that goes when the step ends.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
