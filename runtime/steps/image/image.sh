# The declared image: makes each filesystem and copies it to its offset in a file; nothing is mounted.
export ROOTFS_DIR=${STRUX_SCRATCH:-/tmp}/rootfs
work=$BSP_CACHE_DIR/.image
mkdir -p "$PROJECT_DIST_OUTPUT_FOLDER"
trap 'rm -rf --one-file-system "$work" "$ROOTFS_DIR"' EXIT
rm -rf --one-file-system "$work" "$ROOTFS_DIR"
mkdir -p "$work" "$ROOTFS_DIR"

table=$(jq -r '.image.table // "gpt"' <<<"$STEP_CONFIG")
name=$(config .image_name)
count=$(jq '.image.partitions | length' <<<"$STEP_CONFIG")
if [ "$table" = none ] && [ "$count" -ne 1 ]; then fail "an image without a partition table is one filesystem, not $count"; fi
partition() { jq -r --argjson i "$1" ".image.partitions[\$i] | $2 // empty" <<<"$STEP_CONFIG"; }

type_of() { partition "$1" .type | grep . || echo data; }
filesystem_of() {
  partition "$1" .filesystem | grep . && return
  if [ -n "$(partition "$1" .file)" ]; then echo none; return; fi
  case $(type_of "$1") in esp) echo vfat ;; swap) echo swap ;; *) echo ext4 ;; esac
}
content_of() {
  partition "$1" .content | grep . && return
  if [ -n "$(partition "$1" .file)" ]; then return; fi
  case $(type_of "$1") in esp | boot) echo boot ;; root) echo rootfs ;; esac
}

# The partition that the kernel mounts, by an id that does not depend on the order of disks in the machine.
root_index= boot_index=
for ((i = 0; i < count; i++)); do
  case $(content_of "$i") in
    rootfs) if [ -z "$root_index" ]; then root_index=$i; fi ;;
    boot) if [ -z "$boot_index" ]; then boot_index=$i; fi ;;
  esac
done
disk_id=$(uuid_of disk)
case $table in
  gpt) root_device=PARTUUID=$(uuid_of "partition $(partition "${root_index:-0}" .name)") ;;
  mbr) root_device=PARTUUID=${disk_id:0:8}-$(printf %02x $((${root_index:-0} + 1))) ;;
  none) root_device=/dev/vda ;;
esac
cmdline=$(config '."boot.cmdline"')
case " $cmdline " in
  *" root="*) arguments=$cmdline ;;
  *) arguments="root=$root_device rw rootwait${cmdline:+ $cmdline}" ;;
esac

progress 'Unpacking the root filesystem'
tar --numeric-owner --xattrs --xattrs-include='*' -xpzf "$BSP_CACHE_DIR/rootfs-post.tar.gz" -C "$ROOTFS_DIR"
if [ "$table" != none ]; then
  if [ -n "$boot_index" ]; then
    assemble_boot "$work/boot" "$arguments" ''
  elif [ "$(config '."boot.bootloader".type')" = u-boot ]; then
    assemble_boot "$work/boot" "$arguments" /boot
    rm -f "$ROOTFS_DIR/boot/vmlinuz" "$ROOTFS_DIR/boot/initrd.img"
    cp -r "$work/boot/." "$ROOTFS_DIR/boot/"
  fi
fi

files=() sizes=()
for ((i = 0; i < count; i++)); do
  label=$(partition "$i" .name)
  kind=$(filesystem_of "$i")
  size=$(partition "$i" .size)
  file=$(partition "$i" .file)
  if [ -n "$size" ]; then size=$(bytes "$size"); fi
  progress "Making partition $label"
  folder=$work/empty-$i
  mkdir -p "$folder"
  content=$(content_of "$i")
  case $content in
    rootfs) folder=$ROOTFS_DIR ;;
    boot) folder=$work/boot ;;
    ?*)
      folder=$(placed_path "$content")
      [ -d "$folder" ] || fail "there is no folder $content (image.partitions, $label)"
      # A copy, because its times are changed.
      rm -rf "$work/empty-$i" && cp -r "$folder" "$work/empty-$i" && folder=$work/empty-$i ;;
  esac
  if [ -n "$file" ]; then
    source=$(placed_path "$file")
    [ -f "$source" ] || fail "there is no file $file (image.partitions, $label)"
    cp "$source" "$work/$i.img"
    needed=$(stat -c %s "$source")
    size=${size:-$needed}
    [ "$needed" -le "$size" ] || fail "$file has $needed bytes, and partition $label only $size"
    truncate -s "$size" "$work/$i.img"
  else
    if [ -z "$size" ] && [ "$kind" != squashfs ] && [ -z "$(ls -A "$folder")" ]; then
      fail "partition $label has no content, so it needs a size (image.partitions)"
    fi
    make_filesystem "$kind" "$folder" "$work/$i.img" "$size" "$label"
  fi
  files+=("$work/$i.img")
  sizes+=("$(stat -c %s "$work/$i.img")")
done

draft=$work/draft.img
if [ "$table" = none ]; then
  # An ext4 leaves its first KiB free for boot code.
  claim "$([ "$(filesystem_of 0)" = ext4 ] && echo 1024 || echo 0)" "${sizes[0]}" "partition $(partition 0 .name)"
  claim_pieces
  mv "${files[0]}" "$draft"
else
  progress 'Writing the partition table'
  write_table "$draft"
fi
put_pieces "$draft"

progress 'Putting the image in place'
for made in vmlinuz initrd.img; do
  if [ -f "$BSP_CACHE_DIR/$made" ]; then cp "$BSP_CACHE_DIR/$made" "$PROJECT_DIST_OUTPUT_FOLDER/$made"; fi
done
# Start parameters for strux run and strux test.
jq -n --arg root "$root_device" --arg arguments "$arguments" '{root: $root, cmdline: $arguments}' >"$BSP_CACHE_DIR/.image.json"
mv "$draft" "$PROJECT_DIST_OUTPUT_FOLDER/$name"
