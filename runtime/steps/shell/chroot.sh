# Runs programs inside the root filesystem at $ROOTFS_DIR, with the kernel's filesystems mounted. `leave_chroot`
# undoes everything and may be called twice.

enter_chroot() {
  local place
  enable_emulation
  for place in dev dev/pts proc sys; do
    mkdir -p "$ROOTFS_DIR/$place"
    mount --bind "/$place" "$ROOTFS_DIR/$place" ||
      warn "/$place cannot be mounted in the root filesystem; programs that need it fail there"
  done
  # The certificates that variables of the container name (execute/engine/host-trust.ts).
  if [ -d /run/strux-host ]; then
    mkdir -p "$ROOTFS_DIR/run/strux-host"
    mount --bind /run/strux-host "$ROOTFS_DIR/run/strux-host"
  fi
}

# Also removes mounts that scripts left in the root filesystem.
leave_chroot() {
  unmount_below "$ROOTFS_DIR"
  rmdir "$ROOTFS_DIR/run/strux-host" 2>/dev/null || :
  disable_emulation
}

# Unmounts everything below a folder, the latest mount first.
unmount_below() {
  local place
  while read -r place; do
    printf -v place '%b' "$place"
    umount -l "$place" || warn "$place cannot be unmounted"
  done < <(awk -v root="$1/" 'index($5, root) == 1 { print $5 }' /proc/self/mountinfo | tac)
}

# begin_installing and end_installing: settings for apt and dpkg in the root filesystem, also where scripts call them.
begin_installing() {
  [ -d "$ROOTFS_DIR/etc/dpkg/dpkg.cfg.d" ] && [ -d "$ROOTFS_DIR/etc/apt/apt.conf.d" ] || return 0
  printf '%s\n' "${dpkg_options[@]}" >"$ROOTFS_DIR/etc/dpkg/dpkg.cfg.d/99strux-build"
  printf 'APT::Install-Recommends "false";\nAcquire::Retries "3";\n' >"$ROOTFS_DIR/etc/apt/apt.conf.d/99strux-build"
  if [ -e /run/strux-host/ca-certificates.crt ]; then
    printf 'Acquire::https::CAInfo "/run/strux-host/ca-certificates.crt";\n' >>"$ROOTFS_DIR/etc/apt/apt.conf.d/99strux-build"
  fi
}
end_installing() {
  rm -f "$ROOTFS_DIR/etc/dpkg/dpkg.cfg.d/99strux-build" "$ROOTFS_DIR/etc/apt/apt.conf.d/99strux-build"
}

in_chroot() {
  nameless chroot "$ROOTFS_DIR" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 SOURCE_DATE_EPOCH="$SOURCE_DATE_EPOCH" \
    http_proxy="${http_proxy:-}" https_proxy="${https_proxy:-}" no_proxy="${no_proxy:-}" "$@"
}
