# Functions for scripts that change the root filesystem. Other tools that run such scripts have functions with
# the same names, some of which do less, so an exported script brings these along.
strux_progress() { printf 'STRUX_PROGRESS: %s\n' "$*"; }
progress() { strux_progress "$@"; }
# Accepts a percentage with or without its sign.
strux_progress_bar() { printf 'STRUX_PROGRESS_BAR: %s (%s%%)\n' "$1" "${2%\%}"; }
# One argument is a command line for bash; several are the words of one command.
run_in_chroot() {
  if [ $# -eq 1 ]; then chroot "$ROOTFS_DIR" /bin/bash -c "$1"; else chroot "$ROOTFS_DIR" "$@"; fi
}
strux_chroot() { run_in_chroot "$@"; }
strux_install_file() { install -D -m "${3:-0644}" "$1" "$ROOTFS_DIR$2"; }
export -f strux_progress progress strux_progress_bar run_in_chroot strux_chroot strux_install_file
