# The image as a loop device, mounted at $MOUNT, for handlers that work in it. FAT partitions, and squashfs, are
# never mounted: a folder stands at their place, and its files are copied into them at the end. So this works with
# kernels that lack these filesystems.
export MOUNT=${STRUX_SCRATCH:-/tmp}/mount

# device_of INDEX: the device of a partition.
device_of() { if [ "$table" = none ]; then echo "$LOOP"; else echo "${LOOP}p$(($1 + 1))"; fi; }

attach_image() {
  local free part i
  read_table
  if [ "$table" = none ]; then
    truncate -s "${sizes[0]}" "$draft"
    starts[0]=0
  fi
  free=$(losetup -f) || fail 'there is no free loop device' 'strux doctor says more.'
  [ -b "$free" ] || mknod "$free" b 7 "${free#/dev/loop}"
  LOOP=$(losetup --show -f -P "$draft") || fail 'the image cannot be attached as a loop device' 'strux doctor says more.'
  # Kernels without partition types of their own get the partitions from partx; without udev, nobody else makes
  # their nodes.
  if [ "$table" != none ] && [ ! -e "/sys/class/block/${LOOP##*/}p1" ]; then partx -a "$LOOP"; fi
  for part in /sys/class/block/"${LOOP##*/}"p*; do
    if [ -e "$part" ] && [ ! -b "/dev/${part##*/}" ]; then
      mknod "/dev/${part##*/}" b "$(cut -d: -f1 "$part/dev")" "$(cut -d: -f2 "$part/dev")" || [ -b "/dev/${part##*/}" ]
    fi
  done
  for ((i = 0; i < count; i++)); do
    [ -b "$(device_of "$i")" ] || fail "the partition $(label_of "$i") has no device at $LOOP" 'strux doctor says more.'
  done
  rootdevice=$(device_of "${root_index:-0}")
  export LOOP rootdevice
  strux_publish LOOP MOUNT rootdevice
  keep_state
}

# Where a partition is in the mounted image: `/` of the root, /boot, /boot/efi; empty for others.
place_of() {
  if [ "$1" = "$root_index" ]; then echo /; return; fi
  if [ "$1" != "$boot_index" ]; then return; fi
  case $(type_of "$1") in esp) echo /boot/efi ;; *) echo /boot ;; esac
}
# Whether a folder stands for the partition.
by_folder() { case $(filesystem_of "$1") in vfat | squashfs) return 0 ;; *) return 1 ;; esac; }

format_and_mount() {
  local i kind device label
  mkdir -p "$MOUNT" "$work/nothing"
  for ((i = 0; i < count; i++)); do
    kind=$(filesystem_of "$i") device=$(device_of "$i") label=$(label_of "$i")
    if [ "$i" = "$root_index" ]; then device=$rootdevice; fi
    progress "Formatting partition $label"
    if [ -f "${files[i]}" ]; then
      put "${files[i]}" "$device" 0
    elif [ -n "$(place_of "$i")" ]; then
      [ "$kind" = squashfs ] || make_filesystem "$kind" "$work/nothing" "$device" "$(blockdev --getsize64 "$device")" "$i"
    else
      place_content "$i"
      make_filesystem "$kind" "$folder" "$device" "$(blockdev --getsize64 "$device")" "$i"
    fi
  done
  ROOT_PART_UUID=$(blkid -p -s UUID -o value "$rootdevice" || true)
  export ROOT_PART_UUID
  strux_publish ROOT_PART_UUID
  if by_folder "$root_index"; then
    mkdir -p "$work/root" && mount --bind "$work/root" "$MOUNT"
  else
    mount -t "$(filesystem_of "$root_index")" "$rootdevice" "$MOUNT" ||
      fail "the root filesystem of the image cannot be mounted from $rootdevice" 'The kernel of this machine may not know its type.'
  fi
  mount_boot
  write_fstab
  keep_state
}

# The boot partition: at its place below $MOUNT.
mount_boot() {
  local place
  place=$(place_of "${boot_index:-none}")
  if [ -z "$place" ]; then return; fi
  mkdir -p "$MOUNT$place"
  if by_folder "$boot_index"; then
    mkdir -p "$work/boot-files" && mount --bind "$work/boot-files" "$MOUNT$place"
  else
    mount -t "$(filesystem_of "$boot_index")" "$(device_of "$boot_index")" "$MOUNT$place"
  fi
}

# Files of /boot belong to the root filesystem, also where a boot partition will be. Partitions that handlers have mounted
# stay: what the root filesystem has at their places goes into them.
unmount_boot() {
  local place
  place=$(place_of "${boot_index:-none}")
  if [ -n "$place" ] && mountpoint -q "$MOUNT$place"; then umount -l -R "$MOUNT$place"; fi
}

copy_root() {
  local place
  progress 'Copying the root filesystem into the image'
  unmount_boot
  rsync -aHAX --numeric-ids "$SDCARD/" "$MOUNT/"
  mount_boot
  place=$(place_of "${boot_index:-none}")
  if [ -n "$place" ]; then cp -r "$work/boot/." "$MOUNT$place/"; fi
}

# The initramfs anew, after handlers have changed its configuration; also beside the bootloader and in the output.
renew_initramfs() {
  local version found=("$MOUNT"/usr/lib/modules/*/) place made
  [ -d "${found[0]}" ] || return 0
  version=$(basename "${found[0]}")
  # The link names the kernel that the device starts.
  if [ ${#found[@]} -gt 1 ]; then version=$(readlink "$SDCARD/boot/vmlinuz") && version=${version#vmlinuz-} ||
    fail "several kernels have modules in the image: ${found[*]##*modules/}"; fi
  progress 'Making the initramfs'
  unmount_boot
  ROOTFS_DIR=$MOUNT enter_chroot
  ROOTFS_DIR=$MOUNT in_chroot update-initramfs -c -k "$version" || fail 'the initramfs could not be made'
  for made in dev proc sys run/strux-host; do
    unmount_below "$MOUNT/$made"
    if mountpoint -q "$MOUNT/$made"; then umount -l "$MOUNT/$made" || :; fi
  done
  rmdir "$MOUNT/run/strux-host" 2>/dev/null || :
  disable_emulation
  mkdir -p "$work/renewed"
  cp "$MOUNT/boot/vmlinuz-$version" "$work/renewed/vmlinuz"
  cp "$MOUNT/boot/initrd.img-$version" "$work/renewed/initrd.img"
  for made in vmlinuz initrd.img; do
    if [ -f "$MOUNT/boot/$made" ] && [ ! -L "$MOUNT/boot/$made" ]; then cp "$work/renewed/$made" "$MOUNT/boot/$made"; fi
  done
  mount_boot
  place=$(place_of "${boot_index:-none}")
  if [ -n "$place" ]; then cp "$work/renewed"/* "$MOUNT$place/"; fi
}

write_bootloader() { put_pieces "$LOOP"; }

unmount_image() {
  local i device
  if [ -n "$boot_index" ]; then
    device=$(device_of "$boot_index")
    case $(filesystem_of "$boot_index") in
      vfat) fill_vfat "$work/boot-files" "$device" || fail "the files of partition $(label_of "$boot_index") do not fit into it" ;;
      squashfs) make_squashfs "$work/boot-files" "$device" ;;
    esac
  fi
  if [ "$(filesystem_of "$root_index")" = squashfs ]; then
    unmount_below "$MOUNT"
    make_squashfs "$MOUNT" "$rootdevice"
  fi
  unmount_below "$MOUNT"
  umount "$MOUNT"
}

detach_image() {
  sync -f "$draft"
  losetup -d "$LOOP" || fail "$LOOP is still in use" 'A handler that puts a device over it has to close that at post_umount_final_image.'
  remove_nodes
}

# Nodes that no device is behind any more.
remove_nodes() {
  local node
  for node in "${LOOP:-none}"p*; do
    if [ -b "$node" ] && [ ! -e "/sys/class/block/${node##*/}" ]; then rm -f "$node"; fi
  done
}

# After a failure too: nothing stays mounted or attached.
close_image() {
  unmount_below "$MOUNT"
  if mountpoint -q "$MOUNT"; then umount -l "$MOUNT"; fi
  disable_emulation
  if [ -n "${LOOP:-}" ] && losetup -n -O BACK-FILE "$LOOP" 2>/dev/null | grep -q .; then losetup -d "$LOOP" || warn "$LOOP cannot be detached"; fi
  remove_nodes
}
