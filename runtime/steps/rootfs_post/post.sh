# From the base to the device's root filesystem: C/rootfs-post.tar.gz, C/vmlinuz, C/initrd.img.
suite=$(config .suite)
export ROOTFS_DIR=${STRUX_SCRATCH:-/tmp}/rootfs
draft=$BSP_CACHE_DIR/.rootfs-post
trap 'leave_chroot; rm -rf --one-file-system "$draft" "$ROOTFS_DIR"' EXIT
rm -rf --one-file-system "$ROOTFS_DIR" "$draft"
mkdir -p "$ROOTFS_DIR" "$draft"

progress 'Unpacking the base'
unpack_rootfs "$BSP_CACHE_DIR/rootfs-base.tar.gz"
initramfs_before=$(initramfs_state)
enter_chroot
configure_repositories
install_packages
install_programs
enable_units
describe_device
install_splash
apply_overlays
install_kernel "$initramfs_before"
settle
leave_chroot

progress 'Packing'
pack_rootfs "$draft/rootfs-post.tar.gz"
touch -d "@$SOURCE_DATE_EPOCH" "$draft"/*
mv "$draft/display-config.json" "$BSP_CACHE_DIR/.display-config.json"
for made in vmlinuz initrd.img rootfs-post.tar.gz; do mv "$draft/$made" "$BSP_CACHE_DIR/$made"; done
