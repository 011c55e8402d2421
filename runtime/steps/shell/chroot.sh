# Runs programs inside the root filesystem at $ROOTFS_DIR, with the kernel's filesystems mounted. `leave_chroot`
# undoes everything and may be called twice.
chroot_mounts=()

enter_chroot() {
  local place
  enable_emulation
  for place in dev dev/pts proc sys; do
    mkdir -p "$ROOTFS_DIR/$place"
    if mount --bind "/$place" "$ROOTFS_DIR/$place"; then
      chroot_mounts+=("$ROOTFS_DIR/$place")
    else
      warn "/$place cannot be mounted in the root filesystem; programs that need it fail there"
    fi
  done
}

leave_chroot() {
  local i
  for ((i = ${#chroot_mounts[@]} - 1; i >= 0; i--)); do umount -l "${chroot_mounts[i]}"; done
  chroot_mounts=()
  disable_emulation
}

in_chroot() {
  chroot "$ROOTFS_DIR" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 SOURCE_DATE_EPOCH="$SOURCE_DATE_EPOCH" \
    http_proxy="${http_proxy:-}" https_proxy="${https_proxy:-}" no_proxy="${no_proxy:-}" "$@"
}
