# Kernel, modules and initramfs: C/vmlinuz and C/initrd.img, and the same below /boot of the root filesystem.

# The inputs of an initramfs, apart from the kernel and packages with their own hooks.
initramfs_state() {
  (cd "$ROOTFS_DIR" && find etc/initramfs-tools usr/share/initramfs-tools etc/modprobe.d etc/plymouth usr/share/plymouth \
    etc/crypttab etc/cryptsetup-initramfs etc/dropbear usr/lib/modules/*/updates \
    -type f -exec sha256sum {} + 2>/dev/null || true) | sort | sha256sum
}

# An empty archive: the kernel finds no /init in it, and mounts its root itself.
empty_initrd() { in_chroot cpio --quiet -o -H newc </dev/null | gzip -n; }

# The only version with modules; with several, the right one would be unclear.
modules_version() {
  local found=("$1"/lib/modules/*/)
  if [ ! -d "${found[0]}" ]; then return; fi
  [ ${#found[@]} -eq 1 ] || fail "several kernels have modules in ${1#"$ROOTFS_DIR"}/lib/modules: $(basename -a "${found[@]}" | paste -sd ' ')" \
    'Name the package of the kernel that the device starts: boot.kernel.package.'
  basename "${found[0]}"
}

# The version of the kernel that the device starts: that of the chosen package, or the only one.
device_version() {
  local package version name
  package=$(config '."boot.kernel.package"' | sed 's,[/=].*,,')
  if [ -z "$package" ] || custom_kernel; then modules_version "$ROOTFS_DIR/usr"; return; fi
  # A package of a flavour depends on the one of its version.
  for name in "$package" $(in_chroot dpkg-query -W -f '${Depends}' "$package" | tr ',|' '\n\n' | sed -nE 's/^ *(linux-image-[^ ]+).*/\1/p'); do
    version=$(in_chroot dpkg-query -L "$name" 2>/dev/null | sed -nE 's,^(/usr)?/boot/vmlinuz-,,p' | head -n 1)
    if [ -n "$version" ]; then echo "$version"; return; fi
  done
  fail "the package $package has no kernel (boot.kernel.package)"
}

custom_kernel() { enabled '."boot.kernel.custom_kernel" // false'; }
# Handlers may unset KERNELSOURCE, or set it to `none`.
wants_kernel() { [ -n "${KERNELSOURCE:-}" ] && [ "$KERNELSOURCE" != none ]; }

choose_kernel() {
  KERNELSOURCE=debian
  if custom_kernel; then KERNELSOURCE=custom; fi
  INSTALL_HEADERS=${INSTALL_HEADERS:-no}
  export KERNELSOURCE INSTALL_HEADERS
  strux_publish KERNELSOURCE INSTALL_HEADERS
}

# Puts kernel and modules in place: those that the kernel step has built, or Debian's, which the base has.
install_kernel() {
  local version=
  if ! wants_kernel; then
    remove_debian_kernel
  elif custom_kernel; then
    install_custom_kernel
    version=$(modules_version "$BSP_CACHE_DIR/kernel/modules")
  else
    version=$(device_version)
    [ -f "$ROOTFS_DIR/boot/vmlinuz-$version" ] || fail 'the root filesystem has no kernel'
  fi
  export IMAGE_INSTALLED_KERNEL_VERSION=$version KERNEL_MAJOR_MINOR
  KERNEL_MAJOR_MINOR=$(major_minor "$version")
  if [ "${INSTALL_HEADERS:-no}" = yes ] && wants_kernel; then install_headers "$version"; fi
  strux_publish IMAGE_INSTALLED_KERNEL_VERSION KERNEL_MAJOR_MINOR
}

install_custom_kernel() {
  local image= version name built=$BSP_CACHE_DIR/kernel
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
    if [ -f "$built/.config" ]; then cp "$built/.config" "$ROOTFS_DIR/boot/config-$version"; fi
  fi
  if [ -d "$built/dtbs" ]; then mkdir -p "$ROOTFS_DIR/boot/dtbs" && cp -r "$built/dtbs/." "$ROOTFS_DIR/boot/dtbs/"; fi
}

remove_debian_kernel() {
  local packages
  mapfile -t packages < <(in_chroot dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' 'linux-image-*' 2>/dev/null |
    sed -nE 's/^ii +//p')
  if [ ${#packages[@]} -gt 0 ]; then in_chroot apt-get -q -y purge "${packages[@]}"; fi
}

# major_minor VERSION: 6.12.8-amd64 gives 6.12. Without modules, the kernel's configuration tells the version.
major_minor() {
  local version=$1 settings=$BSP_CACHE_DIR/kernel/.config
  if [ -z "$version" ] && custom_kernel && [ -f "$settings" ]; then
    version=$(sed -nE '1,5s,^# Linux/[^ ]+ ([0-9.]+).*,\1,p' "$settings")
  fi
  sed -nE 's/^([0-9]+\.[0-9]+).*/\1/p' <<<"$version"
}

install_headers() {
  if custom_kernel; then warn 'the headers of a kernel of your own cannot be installed (INSTALL_HEADERS)'; return; fi
  progress "Installing the headers of kernel $1"
  with_kept_apt update_and_install "Debian's archive must have the headers of the kernel $1 (INSTALL_HEADERS)." "linux-headers-$1"
}

# After every change of the root filesystem: the initramfs, if its inputs are other than in the base.
finish_kernel() {
  local version=${IMAGE_INSTALLED_KERNEL_VERSION:-} image
  # A handler may have installed another kernel.
  if [ -z "$version" ] || [ ! -f "$ROOTFS_DIR/boot/vmlinuz-$version" ]; then version=$(device_version); fi
  image=$ROOTFS_DIR/boot/vmlinuz${version:+-$version}
  if [ ! -f "$image" ]; then
    if wants_kernel; then fail 'the root filesystem has no kernel'; fi
    warn 'the root filesystem has no kernel (KERNELSOURCE)'
    return
  fi
  cp "$image" "$draft/vmlinuz"
  if [ -z "$version" ]; then
    empty_initrd >"$draft/initrd.img"
    return
  fi
  # Overlays and handlers may have added modules.
  if custom_kernel || for_handlers; then in_chroot depmod "$version"; fi
  if [ ! -f "$ROOTFS_DIR/boot/initrd.img-$version" ] || [ "$initramfs_before" != "$(initramfs_state)" ]; then
    progress 'Making the initramfs'
    in_chroot update-initramfs -c -k "$version" || fail 'the initramfs could not be made'
  fi
  ln -sfn "initrd.img-$version" "$ROOTFS_DIR/boot/initrd.img"
  ln -sfn "vmlinuz-$version" "$ROOTFS_DIR/boot/vmlinuz"
  cp "$ROOTFS_DIR/boot/initrd.img-$version" "$draft/initrd.img"
}
