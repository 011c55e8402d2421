# Programs of a foreign architecture run through qemu's user-mode emulation, which the kernel has to be told of. The
# registration counts for the whole machine, so each container makes one under a name of its own and takes it back.
emulation_name=

enable_emulation() {
  if [ "$HOST_ARCH" = "$TARGET_ARCH" ]; then return; fi
  # Where it already works (a machine with its own registration, hardware that runs both), nothing is needed.
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
  # :NAME:TYPE:OFFSET:MAGIC:MASK:INTERPRETER:FLAGS, of which only the name is ours. F keeps the emulator open, so that
  # it need not be in the root filesystem.
  printf '%s' ":$emulation_name:$(cut -d: -f3- <<<"$rule")" >"$binfmt/register"
  arch-test "$debian_arch" >/dev/null || fail "programs for $TARGET_ARCH still do not run"
}

disable_emulation() {
  if [ -n "$emulation_name" ]; then
    echo -1 >"/proc/sys/fs/binfmt_misc/$emulation_name" || true
    emulation_name=
  fi
}
