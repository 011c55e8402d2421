# What every step's bash begins with: strict mode, words for people, the values of the definition.
set -euo pipefail

# The same moment in every file that a build makes, so that the same inputs give the same bytes: 2025-01-01 UTC.
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-1735689600}
export LC_ALL=C.UTF-8 TZ=UTC

progress() { printf 'STRUX_PROGRESS: %s\n' "$*"; }
warn() { printf 'warning: %s\n' "$*" >&2; }
fail() { printf '%s\n' "$@" >&2; exit 1; }
trap 'code=$?; echo "line $LINENO: exit code $code: $BASH_COMMAND" >&2' ERR

# A value of the definition by jq filter; nothing where it is absent.
config() { jq -r "$1 // empty" <<<"$STEP_CONFIG"; }
enabled() { [ "$(jq -r "$1" <<<"$STEP_CONFIG")" = true ]; }

case ${TARGET_ARCH:-} in
  x86_64) debian_arch=amd64 ;;
  arm64 | armhf) debian_arch=$TARGET_ARCH ;;
  # A step whose outputs serve every BSP.
  '') ;;
  *) fail "there is no Debian architecture for $TARGET_ARCH" ;;
esac
