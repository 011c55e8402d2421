# Before a script that works in the root filesystem: TARGET_DIR is where the step has unpacked it.
set -eo pipefail

export TARGET_DIR=${SDCARD:?}
mkdir -p "$BUILD_DIR" "$HOST_DIR/bin" "$STAGING_DIR" "$BINARIES_DIR"
export PATH="$HOST_DIR/bin:$HOST_DIR/sbin:$PATH" PARALLEL_JOBS=${PARALLEL_JOBS:-$(nproc)}

# run_file FILE ARGUMENT…: as its first line says.
run_file() {
  [ -x "$1" ] || { echo "$1 is not executable" >&2; exit 126; }
  exec "$@"
}
