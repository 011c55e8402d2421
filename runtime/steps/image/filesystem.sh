# Makes filesystems from folders without mounting; the same content gives the same bytes. The target is a file, or
# a block device.

# Converts to bytes: 64M → 67108864.
bytes() { numfmt --from=iec <<<"$1"; }
# A UUID derived from the seed of the image and a name.
uuid_of() {
  local sum
  sum=$(printf 'strux %s %s' "$seed" "$1" | md5sum | cut -c1-32)
  printf '%s-%s-4%s-8%s-%s\n' "${sum:0:8}" "${sum:8:4}" "${sum:13:3}" "${sum:17:3}" "${sum:20:12}"
}

# The size of a filesystem for a folder, in whole MiB: a fifth more than the content, plus 64 MiB.
roomy_size() {
  local used
  used=$(du -s --block-size=1 "$1" | cut -f1)
  echo $(((used + used / 5 + 64 * 1048576 + 1048575) / 1048576 * 1048576))
}

# The smallest FAT32, whose 65525 clusters of a sector, FATs and reserved sectors take almost 33 MiB.
SMALLEST_FAT32=$((33 * 1048576))

# Features that GRUB before 2.12, U-Boot, and kernels before 5.15 do not read, or do not write safely.
RECENT_FEATURES='^orphan_file,^metadata_csum_seed,^metadata_csum,^64bit'

# make_filesystem KIND FOLDER FILE SIZE INDEX; without SIZE, as large as the content needs.
make_filesystem() {
  local kind=$1 folder=$2 file=$3 size=$4 label uuid options features=()
  label=$(label_of "$5")
  uuid=$(uuid_of "filesystem $(partition "$5" .name)")
  if [ "$kind" = ext4 ] && [ "$(features_of "$5")" = compatible ]; then features=(-O "$RECENT_FEATURES"); fi
  read -ra options <<<"${mkopts[$kind]:-}"
  [ -b "$file" ] || rm -f "$file"
  [ "$kind" = none ] || [ "$kind" = squashfs ] || [ -n "$size" ] || size=$(roomy_size "$folder")
  case $kind in
    ext2 | ext3 | ext4)
      make_room "$file" "$size"
      E2FSPROGS_FAKE_TIME=$SOURCE_DATE_EPOCH mke2fs -q -F -t "${mkfs[$kind]:-$kind}" -L "${label:0:16}" -U "$uuid" \
        -E "hash_seed=$uuid,lazy_itable_init=0,lazy_journal_init=0,root_owner=0:0" -m 1 "${features[@]}" "${options[@]}" -d "$folder" "$file" ||
        fail "the content of partition $label does not fit into $size bytes" 'Give the partition a larger size, or none.' ;;
    vfat)
      make_room "$file" "$size"
      # UEFI asks for FAT32 on hard disks. Smaller filesystems become FAT16, which every firmware reads too.
      if [ "$size" -ge "$SMALLEST_FAT32" ]; then options=(-F 32 "${options[@]}"); fi
      mkfs.vfat --invariant -i "${uuid:0:8}" -n "$(tr '[:lower:]' '[:upper:]' <<<"${label:0:11}")" "${options[@]}" "$file" >/dev/null
      fill_vfat "$folder" "$file" || fail "the content of partition $label does not fit into $size bytes" ;;
    squashfs)
      make_squashfs "$folder" "$file"
      if [ -n "$size" ] && [ ! -b "$file" ]; then
        [ "$(stat -c %s "$file")" -le "$size" ] || fail "the content of partition $label does not fit into $size bytes"
        truncate -s "$size" "$file"
      fi ;;
    swap)
      make_room "$file" "$size"
      mkswap -q -L "${label:0:15}" -U "$uuid" "$file" ;;
    none) make_room "$file" "$size" ;;
    *)
      [ -b "$file" ] || fail "a $kind filesystem can only be made where a handler works in the mounted image" \
        'Without such a handler: ext2, ext3, ext4, vfat, squashfs, swap.'
      # shellcheck disable=SC2086
      "mkfs.${mkfs[$kind]:-$kind}" "${options[@]}" ${mkopts_label[$kind]:-} "$label" "$file" >/dev/null ||
        fail "the $kind filesystem of partition $label could not be made" ;;
  esac
}

make_room() { [ -b "$1" ] || truncate -s "$2" "$1"; }

make_squashfs() { mksquashfs "$1" "$2" -quiet -no-progress -noappend -comp zstd -mkfs-time "$SOURCE_DATE_EPOCH" >/dev/null; }

# fill_vfat FOLDER FILE
fill_vfat() {
  local folder=$1 file=$2
  find "$folder" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
  if [ -z "$(ls -A "$folder")" ]; then return; fi
  (cd "$folder" && find . -mindepth 1 -maxdepth 1 -print0 | sort -z | xargs -0 mcopy -s -Q -m -i "$file" -t ::/ 2>/dev/null) ||
    copy_to_vfat "$folder" "$file"
}

copy_to_vfat() {
  local entry
  while IFS= read -r -d '' entry; do mcopy -s -Q -m -o -i "$2" "$entry" ::/ || return 1; done \
    < <(find "$1" -mindepth 1 -maxdepth 1 -print0 | sort -z)
}
