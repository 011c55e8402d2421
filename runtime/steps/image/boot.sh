# The files of the boot partition: kernel, initrd, device trees, bootloader programs and configuration.

# The kernel's device tree: the one that the image names, or the only one of a kernel built here.
find_device_tree() {
  local name=$1 place version
  if [ -z "$name" ]; then
    local built=("$BSP_CACHE_DIR"/kernel/dtbs/*.dtb)
    if [ ${#built[@]} -eq 1 ] && [ -f "${built[0]}" ]; then echo "${built[0]}"; fi
    return
  fi
  version=$(readlink "$ROOTFS_DIR/boot/vmlinuz" || :)
  for place in "$BSP_CACHE_DIR/kernel/dtbs" "$ROOTFS_DIR/usr/lib/linux-image-${version#vmlinuz-}" "$ROOTFS_DIR"/usr/lib/linux-image-*/ "$ROOTFS_DIR/boot/dtbs"; do
    if [ -f "$place/$name" ]; then echo "$place/$name"; return; fi
  done
  if [ -f "$BSP_CACHE_DIR/kernel/dtbs/$(basename "$name")" ]; then
    echo "$BSP_CACHE_DIR/kernel/dtbs/$(basename "$name")"
    return
  fi
  fail "the kernel has no device tree $name (image.device_tree)"
}

# assemble_boot FOLDER KERNEL_ARGUMENTS
assemble_boot() {
  local folder=$1 arguments=$2 type tree title made
  type=$(config '."boot.bootloader".type')
  title=$(jq -r '"\(.bsp)"' <<<"$STEP_CONFIG")
  mkdir -p "$folder"
  for made in vmlinuz initrd.img; do
    # In a copy of /boot, links to the kernel's own files do.
    if [ -f "$BSP_CACHE_DIR/$made" ] && ! cmp -s "$BSP_CACHE_DIR/$made" "$folder/$made"; then
      rm -f "$folder/$made"
      cp "$BSP_CACHE_DIR/$made" "$folder/$made"
    fi
  done
  if [ -d "$BSP_CACHE_DIR/bootloader/efi" ]; then mkdir -p "$folder/EFI" && cp -r "$BSP_CACHE_DIR/bootloader/efi/." "$folder/EFI/"; fi
  tree=$(find_device_tree "$(config .image.device_tree)")
  if [ -n "$tree" ]; then cp "$tree" "$folder/$(basename "$tree")"; fi
  case $type in
    grub)
      mkdir -p "$folder/grub"
      cat >"$folder/grub/grub.cfg" <<GRUB
set timeout=0
set default=0
menuentry '$title' {
  linux /vmlinuz $arguments
$(if [ -f "$folder/initrd.img" ]; then echo '  initrd /initrd.img'; fi)
$(if [ -n "$tree" ]; then echo "  devicetree /$(basename "$tree")"; fi)
}
GRUB
      ;;
    systemd-boot)
      mkdir -p "$folder/loader/entries"
      printf 'timeout 0\ndefault strux.conf\neditor no\n' >"$folder/loader/loader.conf"
      {
        printf 'title %s\nlinux /vmlinuz\n' "$title"
        if [ -f "$folder/initrd.img" ]; then printf 'initrd /initrd.img\n'; fi
        if [ -n "$tree" ]; then printf 'devicetree /%s\n' "$(basename "$tree")"; fi
        printf 'options %s\n' "$arguments"
      } >"$folder/loader/entries/strux.conf"
      ;;
    *)
      # For U-Boot and others that read extlinux.conf. Paths are relative to its filesystem.
      mkdir -p "$folder/extlinux"
      {
        printf 'default strux\ntimeout 0\nlabel strux\n  kernel %s/vmlinuz\n' "$3"
        if [ -f "$folder/initrd.img" ]; then printf '  initrd %s/initrd.img\n' "$3"; fi
        if [ -n "$tree" ]; then printf '  fdt %s/%s\n' "$3" "$(basename "$tree")"; fi
        printf '  append %s\n' "$arguments"
      } >"$folder/extlinux/extlinux.conf"
      ;;
  esac
}
