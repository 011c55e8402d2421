# The bootloader step: from source or package to C/bootloader.
type=$(config '."boot.bootloader".type')
draft=$WORK/bootloader
rm -rf "$draft"
mkdir -p "$draft"

# list FILTER: the elements of a list, or a single string in place of a list.
list() { jq -r "$1 // [] | if type == \"string\" then [.] else . end | .[]" <<<"$STEP_CONFIG"; }

# Warns about settings that only U-Boot has.
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

# The default file name by which UEFI firmware finds a boot program on a disk. Source: UEFI 2.10, table 3.2.
case $TARGET_ARCH in
  x86_64) efi_program=BOOTX64.EFI ;;
  arm64) efi_program=BOOTAA64.EFI ;;
  armhf) efi_program=BOOTARM.EFI ;;
esac
