# For handlers that begin with the finished root filesystem of another tool.

unpack_finished() {
  local tarball=$BSP_CACHE_DIR/rootfs-post.tar.gz
  [ -f "$tarball" ] || fail "there is no $tarball to change"
  rm -rf --one-file-system "$ROOTFS_DIR" "$draft"
  mkdir -p "$ROOTFS_DIR" "$draft"
  progress 'Unpacking the root filesystem'
  unpack_rootfs "$tarball"
  initramfs_before=$(initramfs_state)
  enter_chroot
  prepare_chroot
  export SDCARD=$ROOTFS_DIR
  choose_kernel
  export IMAGE_INSTALLED_KERNEL_VERSION KERNEL_MAJOR_MINOR
  IMAGE_INSTALLED_KERNEL_VERSION=$(device_version)
  KERNEL_MAJOR_MINOR=$(major_minor "$IMAGE_INSTALLED_KERNEL_VERSION")
}

install_wanted_headers() {
  if [ "${INSTALL_HEADERS:-no}" = yes ]; then install_headers "$IMAGE_INSTALLED_KERNEL_VERSION"; fi
}
