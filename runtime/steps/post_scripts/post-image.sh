# Before a post-image script: the folders that its variables name, and the programs of HOST_DIR.
set -eo pipefail

mkdir -p "$BUILD_DIR" "$HOST_DIR/bin" "$STAGING_DIR" "$TARGET_DIR" "$BINARIES_DIR"
export PATH="$HOST_DIR/bin:$HOST_DIR/sbin:$PATH"
export PARALLEL_JOBS=${PARALLEL_JOBS:-$(nproc)}
# The user may have no entry in the container's list of users.
[ -w "${HOME:-/nonexistent}" ] || export HOME=${STRUX_SCRATCH:-/tmp}

case $TARGET_ARCH in
  x86_64) symbols=BR2_x86_64=y ;;
  arm64) symbols=BR2_aarch64=y ;;
  armhf) symbols=BR2_arm=y ;;
esac
[ "$(cat "$BR2_CONFIG" 2>/dev/null)" = "$symbols" ] || printf '%s\n' "$symbols" >"$BR2_CONFIG"

# state_of FILE…: differs after each change. Times of modification do not tell, since the files of reproducible builds
# all have the same one.
state_of() { stat -c '%i %z %s' -- "$@"; }

# holds_state RECORD FILE…: whether the files are as they were when their state was recorded.
holds_state() { [ "$(cat "$1" 2>/dev/null)" = "$(state_of "${@:2}")" ]; }

# prepare_target TEXT: unpacks the finished root filesystem at TARGET_DIR for a script that names it. Files
# belong to the user, and there are no device nodes.
prepare_target() {
  local archive=$BSP_CACHE_DIR/rootfs-post.tar.gz draft=$TARGET_DIR.new stamp=$TARGET_DIR.unpacked
  [[ $1 == *TARGET_DIR* || $1 == *output/target* ]] && [ -f "$archive" ] || return 0
  if holds_state "$stamp" "$archive"; then return 0; fi
  rm -rf "$draft" "$stamp"
  mkdir -p "$draft"
  tar -xzf "$archive" -C "$draft" --no-same-owner --no-same-permissions --exclude=./dev --delay-directory-restore
  chmod -R u+rwX "$draft"
  rm -rf "$TARGET_DIR"
  mv -T "$draft" "$TARGET_DIR"
  state_of "$archive" >"$stamp"
}

# Runs the script as its first line says.
run_file() {
  [ -x "$script" ] || { echo "$script is not executable" >&2; exit 126; }
  exec "$script" "$@"
}
