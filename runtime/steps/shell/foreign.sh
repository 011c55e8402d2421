# Runs programs of the root filesystem's architecture.

# nameless COMMAND…: under a fixed host name, because packages write it to their settings, and the names of builder
# containers and machines differ.
nameless() {
  if unshare --uts true 2>/dev/null; then
    unshare --uts sh -c '{ echo localhost >/proc/sys/kernel/hostname; } 2>/dev/null; exec "$@"' sh "$@"
  else "$@"; fi
}

# Settings of dpkg for the build: fast, and without what a device does not need. They do not stay on the device.
dpkg_options=(force-unsafe-io 'path-exclude=/usr/share/man/*' 'path-exclude=/usr/share/doc/*'
  'path-include=/usr/share/doc/*/copyright' 'path-exclude=/usr/share/info/*' 'path-exclude=/usr/share/locale/*'
  'path-exclude=/usr/share/lintian/*')

# Runs programs of a foreign architecture with qemu's user-mode emulation, which must be registered in the
# kernel. A registration affects the whole machine, so each container makes its own under its own name and
# removes it.
emulation_name=${emulation_name:-}

enable_emulation() {
  if [ "$HOST_ARCH" = "$TARGET_ARCH" ]; then return; fi
  # Nothing to do if it already works (an existing registration, or hardware that runs both).
  if arch-test "$debian_arch" >/dev/null 2>&1; then return; fi
  local binfmt=/proc/sys/fs/binfmt_misc emulator rule
  case $TARGET_ARCH in
    arm64) emulator=aarch64 ;;
    armhf) emulator=arm ;;
    x86_64) emulator=x86_64 ;;
  esac
  [ -e "$binfmt/register" ] || mount -t binfmt_misc binfmt_misc "$binfmt" ||
    fail "programs for $TARGET_ARCH cannot run here: binfmt_misc cannot be mounted" \
      "Load the kernel module binfmt_misc, or let the engine give privileged containers (strux doctor)."
  rule=$(cat "/usr/lib/binfmt.d/qemu-$emulator.conf")
  emulation_name=strux-$emulator-$(tr -d - </proc/sys/kernel/random/uuid | cut -c1-12)
  # :NAME:TYPE:OFFSET:MAGIC:MASK:INTERPRETER:FLAGS; only the name is ours. F keeps the emulator open, so that
  # the root filesystem need not contain it.
  strux_publish emulation_name
  printf '%s' ":$emulation_name:$(cut -d: -f3- <<<"$rule")" >"$binfmt/register"
  arch-test "$debian_arch" >/dev/null || fail "programs for $TARGET_ARCH still do not run"
}

disable_emulation() {
  if [ -n "$emulation_name" ]; then
    echo -1 >"/proc/sys/fs/binfmt_misc/$emulation_name" || true
    emulation_name=
    strux_publish emulation_name
  fi
}
