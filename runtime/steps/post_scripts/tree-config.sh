# The .config that scripts of a Buildroot tree read: symbols of the BSP, then those of the tree's defconfig, then those of
# the definition. The last one wins.

write_config() {
  local defconfig=$copy/$tree_defconfig
  if [ -n "$tree_defconfig" ] && [ ! -f "$defconfig" ]; then
    tree_failed "there is no file $tree_folder/$tree_defconfig (defconfig of post_image.tree)"
  fi
  {
    printf '%s' "$tree_symbols"
    symbols_of_images
    if [ -n "$tree_defconfig" ]; then cat "$defconfig"; fi
    printf '\n%s' "$tree_config"
  } | last_of_each >"$BR2_CONFIG"
}

last_of_each() {
  awk '
    /^BR2_[A-Za-z0-9_]+=/ { name = $0; sub(/=.*/, "", name) }
    /^# BR2_[A-Za-z0-9_]+ is not set/ { name = $2 }
    !/^(# )?BR2_/ { next }
    { if (!(name in line)) order[++count] = name; line[name] = $0 }
    END { for (i = 1; i <= count; i++) print line[order[i]] }'
}

# Symbols for the formats in which the bootloader and the root filesystem are there.
symbols_of_images() {
  local file symbol
  while read -r file symbol; do
    if [ -e "$BINARIES_DIR/$file" ]; then echo "BR2_TARGET_$symbol=y"; fi
  done <<'END'
u-boot.bin UBOOT_FORMAT_BIN
u-boot.img UBOOT_FORMAT_IMG
u-boot.itb UBOOT_FORMAT_CUSTOM
u-boot.imx UBOOT_FORMAT_IMX
u-boot-dtb.bin UBOOT_FORMAT_DTB_BIN
u-boot-dtb.img UBOOT_FORMAT_DTB_IMG
u-boot-dtb.imx UBOOT_FORMAT_DTB_IMX
u-boot-sunxi-with-spl.bin UBOOT_FORMAT_CUSTOM
SPL UBOOT_SPL
rootfs.tar ROOTFS_TAR
rootfs.ext2 ROOTFS_EXT2
rootfs.ext4 ROOTFS_EXT2_4
rootfs.squashfs ROOTFS_SQUASHFS
rootfs.cpio ROOTFS_CPIO
END
}
