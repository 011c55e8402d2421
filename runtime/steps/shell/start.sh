# Common beginning of steps and of scripts that change the root filesystem.

# One fixed time for all files of a build, so that the same inputs give the same bytes: 2025-01-01 UTC.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-1735689600}

# Folders and files have the usual modes, also where a build without containers begins under another umask.
umask 022

warn() { printf 'warning: %s\n' "$*" >&2; }
fail() { printf '%s\n' "$@" >&2; exit 1; }
# Where commands share a session, this passes variables on to later ones.
declare -F strux_publish >/dev/null || strux_publish() { :; }

case ${TARGET_ARCH:-} in
  x86_64) debian_arch=amd64 ;;
  arm64 | armhf) debian_arch=$TARGET_ARCH ;;
  # A step with shared outputs.
  '') ;;
  *) fail "there is no Debian architecture for $TARGET_ARCH" ;;
esac
