# Runs after a script of the project has succeeded.
end_installing
leave_chroot
# Makes the device update derived files, such as the linker's cache, at its first start.
rm -f "$ROOTFS_DIR/etc/.updated" "$ROOTFS_DIR/var/.updated"
pack_rootfs "$repacked"
mv "$repacked" "$tarball"
