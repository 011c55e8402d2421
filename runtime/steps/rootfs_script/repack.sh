# After a script of the project succeeded.
leave_chroot
# At its first start the device looks what these changes mean for it, such as for the linker's cache.
rm -f "$ROOTFS_DIR/etc/.updated" "$ROOTFS_DIR/var/.updated"
pack_rootfs "$repacked"
mv "$repacked" "$tarball"
