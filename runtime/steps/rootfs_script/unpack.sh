# Runs before a script of the project: unpacks the finished root filesystem at $ROOTFS_DIR and mounts the
# kernel's filesystems.
tarball=$BSP_CACHE_DIR/rootfs-post.tar.gz
repacked=$tarball.repacking
trap 'leave_chroot; rm -rf --one-file-system "$ROOTFS_DIR" "$repacked"' EXIT

[ -f "$tarball" ] || fail "there is no $tarball to change: the rootfs_post step has not made it"
rm -rf --one-file-system "$ROOTFS_DIR"
mkdir -p "$ROOTFS_DIR"
unpack_rootfs "$tarball"
enter_chroot
begin_installing
