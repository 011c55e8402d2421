# The bootloader step: from its source or package to C/bootloader.
type=$(config '."boot.bootloader".type')
draft=$WORK/bootloader
rm -rf "$draft"
mkdir -p "$draft"

# list FILTER: the elements of a list, or the one string that stands for it.
list() { jq -r "$1 // [] | if type == \"string\" then [.] else . end | .[]" <<<"$STEP_CONFIG"; }

# What only U-Boot has is said to be without effect elsewhere.
only_for_u_boot() {
  local key
  for key in source defconfig fragments patches device_tree blobs; do
    if enabled "\"boot.bootloader\" as \$k | .[\$k].$key | . != null and . != []"; then
      warn "boot.bootloader.$key has no effect for $type"
    fi
  done
}

put_in_place() {
  rm -rf "$BSP_CACHE_DIR/bootloader"
  mv -T "$draft" "$BSP_CACHE_DIR/bootloader"
}

# The name by which UEFI firmware finds a program on a disk that nobody told it about. Source: UEFI 2.10, table 3.2.
case $TARGET_ARCH in
  x86_64) efi_program=BOOTX64.EFI ;;
  arm64) efi_program=BOOTAA64.EFI ;;
  armhf) efi_program=BOOTARM.EFI ;;
esac
