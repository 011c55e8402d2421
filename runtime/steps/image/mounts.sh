# What the device mounts: its table of filesystems, the folders for mounts, and the files of the root filesystem that
# belong to a partition of their own.

# mount_of INDEX: where the device mounts a partition; empty if nowhere. dpkg cannot work in a vfat, so /boot itself is
# never one.
mount_of() {
  if [ "$1" = "$root_index" ]; then echo /; return; fi
  partition "$1" .mount | grep . && return
  case $(type_of "$1"):$(filesystem_of "$1") in
    *:none | *:swap) ;;
    esp:*) echo /boot/efi ;;
    boot:vfat) echo /boot/firmware ;;
    boot:*) echo /boot ;;
  esac
}

# Makes the folders for mounts. What the root filesystem has at the place of a partition without content goes into it:
# /home, /var.
prepare_mounts() {
  local i mount place
  [ -n "$root_index" ] || return 0
  for ((i = 0; i < count; i++)); do
    mount=$(mount_of "$i")
    if [ -z "$mount" ] || [ "$mount" = / ]; then continue; fi
    place=$ROOTFS_DIR$(target_of "$mount")
    mkdir -p "$place"
    if [ -n "$(content_of "$i")$(partition "$i" .file)" ] || [ -z "$(ls -A "$place")" ]; then continue; fi
    case $(filesystem_of "$i") in
      ext? | squashfs)
        mkdir -p "$work/moved-$i"
        chown --reference="$place" "$work/moved-$i"
        chmod --reference="$place" "$work/moved-$i"
        find "$place" -mindepth 1 -maxdepth 1 -exec mv -t "$work/moved-$i" {} + ;;
    esac
  done
}

# spec_of INDEX: a partition for the table of filesystems, by what identifies its filesystem, else the partition.
spec_of() {
  local uuid
  # Handlers may have made the filesystem.
  if [ -n "${LOOP:-}" ]; then
    uuid=$(blkid -p -s UUID -o value "$(if [ "$1" = "$root_index" ]; then echo "$rootdevice"; else device_of "$1"; fi)" || true)
    if [ -n "$uuid" ]; then echo "UUID=$uuid"; return; fi
  fi
  uuid=$(uuid_of "filesystem $(partition "$1" .name)")
  case $table:$(filesystem_of "$1") in
    *:ext? | *:swap) echo "UUID=$uuid" ;;
    *:vfat) uuid=${uuid^^} && echo "UUID=${uuid:0:4}-${uuid:4:4}" ;;
    gpt:*) echo "PARTUUID=$(uuid_of "partition $(partition "$1" .name)")" ;;
    mbr:*) echo "PARTUUID=${disk_id:0:8}-$(printf %02x $(($1 + 1)))" ;;
    *) echo /dev/vda ;;
  esac
}

# A line for each partition that the device mounts, unless an author has written one for that place. A partition
# that is missing or damaged does not keep the device from starting.
write_fstab() {
  local file=$ROOTFS_DIR/etc/fstab i mount kind options pass
  [ -n "$root_index" ] || return 0
  mkdir -p "$ROOTFS_DIR/etc"
  # Debian's template is only a comment.
  if ! grep -qvE '^[[:space:]]*(#|$)' "$file" 2>/dev/null; then : >"$file"; fi
  for ((i = 0; i < count; i++)); do
    kind=$(filesystem_of "$i") mount=$(mount_of "$i") options=$(partition "$i" .mount_options) pass=2
    case $kind in none) kind=auto ;; esac
    if [ "$kind" = swap ]; then mount=none options=${options:-sw} pass=0; fi
    if [ -z "$mount" ]; then continue; fi
    if [ "$mount" != none ] && grep -qE "^[^#[:space:]]+[[:space:]]+$mount/?[[:space:]]" "$file"; then continue; fi
    case $mount:$kind in
      /:squashfs) options=${options:-defaults} pass=0 ;;
      /:*) options=${options:-defaults} pass=1 ;;
      *:squashfs) options=${options:-defaults,nofail} pass=0 ;;
      *:vfat) options=${options:-umask=0077,nofail} ;;
      *) options=${options:-defaults,nofail} ;;
    esac
    printf '%s %s %s %s 0 %s\n' "$(spec_of "$i")" "$mount" "$kind" "$options${mountopts[$kind]:-}" "$pass" >>"$file"
  done
}

# Programs of the device that put a new kernel of apt where the bootloader reads it.
install_boot_updates() {
  local folder= hook
  [ "$table" != none ] || return 0
  if [ -n "$boot_index" ]; then folder=$(mount_of "$boot_index")
  elif [ "$(config '."boot.bootloader".type')" = u-boot ]; then folder=/boot; fi
  [ -n "$folder" ] && [ -n "$root_index" ] || return 0
  mkdir -p "$ROOTFS_DIR"/etc/strux "$ROOTFS_DIR"/usr/lib/strux
  printf '# Where the bootloader of this image reads kernel, initrd and device tree.\nfolder=%s\nmounted=%s\nkernel=%s\ndevice_tree=%s\n' \
    "$folder" "$([ -n "$boot_index" ] && echo yes || echo no)" "$(config '."boot.kernel.package"' | sed 's,[/=].*,,')" \
    "$(if [ ! -d "$BSP_CACHE_DIR/kernel/dtbs" ]; then config .image.device_tree; fi)" >"$ROOTFS_DIR/etc/strux/boot"
  update_boot >"$ROOTFS_DIR/usr/lib/strux/update-boot"
  chmod 755 "$ROOTFS_DIR/usr/lib/strux/update-boot"
  for hook in etc/kernel/postinst.d etc/kernel/postrm.d etc/initramfs/post-update.d; do
    mkdir -p "$ROOTFS_DIR/$hook"
    ln -sfn /usr/lib/strux/update-boot "$ROOTFS_DIR/$hook/zz-strux"
  done
}

update_boot() {
  cat <<'PROGRAM'
#!/bin/sh
# Puts the kernel, its initrd and its device tree where the bootloader of this image reads them. Runs after packages of
# kernels and new initrds are installed.
set -e
# Output of package scripts goes to debconf.
exec >&2
# Elsewhere than on the device, the image itself has them in place.
[ -d /run/systemd/system ] || exit 0
. /etc/strux/boot
if [ "$mounted" = yes ] && ! mountpoint -q "$folder" && ! mount "$folder"; then
  echo "strux: $folder cannot be mounted, so the next start has the old kernel"
  exit 1
fi

# The kernel of the package that the image was made with, else the newest.
version=
case $kernel in
  linux-image-[0-9]*) version=${kernel#linux-image-} ;;
  ?*)
    version=$(dpkg-query -W -f '${Depends}' "$kernel" 2>/dev/null | tr ',|' '\n\n' |
      sed -nE 's/^ *linux-image-([0-9][^ ]*).*/\1/p' | head -n 1) ;;
esac
if [ ! -f "/boot/vmlinuz-$version" ]; then
  version=$(for file in /boot/vmlinuz-*; do echo "${file#/boot/vmlinuz-}"; done | sort -V | tail -n 1)
fi
# The initrd comes later, and with it the next call.
[ -f "/boot/vmlinuz-$version" ] && [ -f "/boot/initrd.img-$version" ] || exit 0

trap 'rm -f "$folder"/*.strux-new' EXIT
put() {
  if [ ! -f "$1" ] || cmp -s "$1" "$folder/$2"; then return; fi
  if [ -L "$folder/$2" ]; then ln -s "${1##*/}" "$folder/$2.strux-new"; else cp "$1" "$folder/$2.strux-new"; fi
}
put "/boot/vmlinuz-$version" vmlinuz
put "/boot/initrd.img-$version" initrd.img
if [ -n "$device_tree" ]; then put "/usr/lib/linux-image-$version/$device_tree" "${device_tree##*/}"; fi
sync
for file in "$folder"/*.strux-new; do
  if [ -e "$file" ] || [ -L "$file" ]; then mv -fT "$file" "${file%.strux-new}"; fi
done
sync
PROGRAM
}
