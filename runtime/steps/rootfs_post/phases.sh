# From the base to the device's root filesystem: C/rootfs-post.tar.gz, C/vmlinuz, C/initrd.img. body.ts has the
# order of the phases.
suite=$(config .suite)
export ROOTFS_DIR=${STRUX_SCRATCH:-/tmp}/rootfs
draft=$BSP_CACHE_DIR/.rootfs-post

unpack_base() {
  rm -rf --one-file-system "$ROOTFS_DIR" "$draft"
  mkdir -p "$ROOTFS_DIR" "$draft"
  progress 'Unpacking the base'
  unpack_rootfs "$BSP_CACHE_DIR/rootfs-base.tar.gz"
  initramfs_before=$(initramfs_state)
  enter_chroot
  prepare_chroot
  # Handlers know the root filesystem by this name.
  export SDCARD=$ROOTFS_DIR
  strux_publish initramfs_before SDCARD
}

# Armbian's images have this file until somebody has logged in, and files for Armbian write settings into it or delete
# it. An empty one goes after the last handler.
first_login=root/.not_logged_in_yet
mark_first_login() {
  if [ -d "$ROOTFS_DIR/root" ] && [ ! -e "$ROOTFS_DIR/$first_login" ]; then : >"$ROOTFS_DIR/$first_login"; fi
}
unmark_first_login() {
  if [ -f "$ROOTFS_DIR/$first_login" ] && [ ! -s "$ROOTFS_DIR/$first_login" ]; then rm "$ROOTFS_DIR/$first_login"; fi
}

# Handlers put the files of their boards into a folder of their own, which wins over files of packages.
# Existing ones expect the folders of the package that they were written for.
board_folders=(etc/{apt/apt.conf.d,default,modprobe.d,modules-load.d,profile.d,sysctl.d,systemd/system,udev/rules.d}
  etc/{initramfs-tools/hooks,kernel/postinst.d,update-motd.d} lib/systemd/system usr/{bin,sbin,lib,share})

open_board_files() {
  export destination=${STRUX_SCRATCH:-/tmp}/board-files
  mkdir -p "$destination"
  (cd "$destination" && mkdir -p "${board_folders[@]}")
  strux_publish destination
}

merge_board_files() {
  local name
  (cd "$destination" && rmdir -p --ignore-fail-on-non-empty "${board_folders[@]}" 2>/dev/null) || :
  # Control files of a Debian package, which this folder is not.
  for name in preinst postinst prerm postrm; do
    if [ -e "$destination/DEBIAN/$name" ]; then warn "DEBIAN/$name in \$destination never runs: change the root filesystem at post_family_tweaks"; fi
  done
  rm -rf "$destination/DEBIAN"
  lay_over "$destination"
  rm -rf "$destination"
}

pack() {
  local made
  progress 'Packing'
  pack_rootfs "$draft/rootfs-post.tar.gz"
  touch -d "@$SOURCE_DATE_EPOCH" "$draft"/*
  if [ -f "$draft/display-config.json" ]; then mv "$draft/display-config.json" "$BSP_CACHE_DIR/.display-config.json"; fi
  for made in vmlinuz initrd.img rootfs-post.tar.gz; do
    if [ -f "$draft/$made" ]; then mv "$draft/$made" "$BSP_CACHE_DIR/$made"; else rm -f "$BSP_CACHE_DIR/$made"; fi
  done
}

clean_up() {
  clean_up_extensions
  leave_chroot
  rm -rf --one-file-system "$draft" "$ROOTFS_DIR"
}
