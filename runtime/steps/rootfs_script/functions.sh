# What scripts that change the root filesystem may call. Other tools that run such a script have functions of these
# names too, of which some do less: an exported script brings these.
strux_progress() { printf 'STRUX_PROGRESS: %s\n' "$*"; }
progress() { strux_progress "$@"; }
# The percentage with or without its sign.
strux_progress_bar() { printf 'STRUX_PROGRESS_BAR: %s (%s%%)\n' "$1" "${2%\%}"; }
# One argument is a command line for bash; several are the words of one command.
run_in_chroot() {
  if [ $# -eq 1 ]; then chroot "$ROOTFS_DIR" /bin/bash -c "$1"; else chroot "$ROOTFS_DIR" "$@"; fi
}
strux_chroot() { run_in_chroot "$@"; }
strux_install_file() { install -D -m "${3:-0644}" "$1" "$ROOTFS_DIR$2"; }
export -f strux_progress progress strux_progress_bar run_in_chroot strux_chroot strux_install_file
