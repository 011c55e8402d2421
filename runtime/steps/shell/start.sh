# What steps and the scripts that change the root filesystem both begin with.

# The same moment in every file that a build makes, so that the same inputs give the same bytes: 2025-01-01 UTC.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-1735689600}

warn() { printf 'warning: %s\n' "$*" >&2; }
fail() { printf '%s\n' "$@" >&2; exit 1; }

case ${TARGET_ARCH:-} in
  x86_64) debian_arch=amd64 ;;
  arm64 | armhf) debian_arch=$TARGET_ARCH ;;
  # A step whose outputs serve every BSP.
  '') ;;
  *) fail "there is no Debian architecture for $TARGET_ARCH" ;;
esac
