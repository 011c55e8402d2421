# Kernel, modules and initramfs: C/vmlinuz and C/initrd.img, and the same below /boot of the root filesystem.

# The inputs of an initramfs, apart from the kernel and packages with their own hooks.
initramfs_state() {
  (cd "$ROOTFS_DIR" && find etc/initramfs-tools usr/share/initramfs-tools etc/modprobe.d etc/plymouth usr/share/plymouth \
    -type f -exec sha256sum {} + 2>/dev/null || true) | sort | sha256sum
}

# An empty archive: the kernel finds no /init in it, and mounts its root itself.
empty_initrd() { in_chroot cpio --quiet -o -H newc </dev/null | gzip -n; }

# The only version with modules; with several, the right one would be unclear.
modules_version() {
  local found=("$1"/lib/modules/*/)
  if [ ! -d "${found[0]}" ]; then return; fi
  [ ${#found[@]} -eq 1 ] || fail "several kernels have modules in $1/lib/modules: ${found[*]##*modules/}"
  basename "${found[0]}"
}

install_kernel() {
  local before=$1 image= version name built=$BSP_CACHE_DIR/kernel
  if enabled '."boot.kernel.custom_kernel" // false'; then
    for name in Image zImage bzImage vmlinuz; do
      if [ -f "$built/$name" ]; then image=$built/$name; break; fi
    done
    [ -n "$image" ] || fail "there is no kernel in ${built#"$PROJECT_FOLDER"/}" \
      'It is made by the kernel step or a custom_kernel script, as Image, zImage, bzImage or vmlinuz.'
    progress 'Installing the kernel'
    version=$(modules_version "$built/modules")
    install -D -m 644 "$image" "$ROOTFS_DIR/boot/vmlinuz${version:+-$version}"
    if [ -n "$version" ]; then
      ln -sfn "vmlinuz-$version" "$ROOTFS_DIR/boot/vmlinuz"
      mkdir -p "$ROOTFS_DIR/usr/lib/modules"
      cp -r "$built/modules/lib/modules/$version" "$ROOTFS_DIR/usr/lib/modules/"
      rm -f "$ROOTFS_DIR/usr/lib/modules/$version"/{build,source}
      in_chroot depmod "$version"
    fi
    if [ -d "$built/dtbs" ]; then mkdir -p "$ROOTFS_DIR/boot/dtbs" && cp -r "$built/dtbs/." "$ROOTFS_DIR/boot/dtbs/"; fi
  else
    version=$(modules_version "$ROOTFS_DIR/usr")
    image=$ROOTFS_DIR/boot/vmlinuz-$version
    [ -f "$image" ] || fail 'the root filesystem has no kernel'
  fi
  cp "$image" "$draft/vmlinuz"

  if [ -z "$version" ]; then
    empty_initrd >"$draft/initrd.img"
    return
  fi
  if [ ! -f "$ROOTFS_DIR/boot/initrd.img-$version" ] || [ "$before" != "$(initramfs_state)" ]; then
    progress 'Making the initramfs'
    if [ -f "$built/.config" ] && [ ! -f "$ROOTFS_DIR/boot/config-$version" ]; then
      cp "$built/.config" "$ROOTFS_DIR/boot/config-$version"
    fi
    in_chroot update-initramfs -c -k "$version" || fail 'the initramfs could not be made'
  fi
  ln -sfn "initrd.img-$version" "$ROOTFS_DIR/boot/initrd.img"
  ln -sfn "vmlinuz-$version" "$ROOTFS_DIR/boot/vmlinuz"
  cp "$ROOTFS_DIR/boot/initrd.img-$version" "$draft/initrd.img"
}
