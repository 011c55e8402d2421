# From the base to the root filesystem of the device: C/rootfs-post.tar.gz, C/vmlinuz, C/initrd.img.
suite=$(config .suite)
export ROOTFS_DIR=/tmp/rootfs
draft=$BSP_CACHE_DIR/.rootfs-post
trap 'leave_chroot; rm -rf --one-file-system "$draft" "$ROOTFS_DIR"' EXIT
rm -rf --one-file-system "$ROOTFS_DIR" "$draft"
mkdir -p "$ROOTFS_DIR" "$draft"

progress 'Unpacking the base'
tar --numeric-owner --xattrs --xattrs-include='*' -I pigz -xpf "$BSP_CACHE_DIR/rootfs-base.tar.gz" -C "$ROOTFS_DIR"
initramfs_before=$(initramfs_state)
enter_chroot
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
rm -rf "$ROOTFS_DIR"/var/cache/ldconfig/* "$ROOTFS_DIR"/var/cache/fontconfig/* "$ROOTFS_DIR"/var/cache/apt/*.bin \
  "$ROOTFS_DIR"/var/cache/debconf/*-old "$ROOTFS_DIR"/var/lib/dpkg/*-old "$ROOTFS_DIR"/etc/*- "$ROOTFS_DIR"/var/log/* \
  "$ROOTFS_DIR"/tmp/* "$ROOTFS_DIR"/run/*
sed -i -E "s/^([^:]*:[^:]*:)[0-9]+:/\1$((SOURCE_DATE_EPOCH / 86400)):/" "$ROOTFS_DIR/etc/shadow"
# Nothing is newer than the moment that stands for this build, and nothing carries the moment at which it was read.
tar --numeric-owner --xattrs --xattrs-include='*' --sort=name --format=posix \
  --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime \
  --mtime="@$SOURCE_DATE_EPOCH" --clamp-mtime -cpf - -C "$ROOTFS_DIR" . | pigz -n -6 >"$draft/rootfs-post.tar.gz"
touch -d "@$SOURCE_DATE_EPOCH" "$draft"/*
mv "$draft/display-config.json" "$BSP_CACHE_DIR/.display-config.json"
for made in vmlinuz initrd.img rootfs-post.tar.gz; do mv "$draft/$made" "$BSP_CACHE_DIR/$made"; done
