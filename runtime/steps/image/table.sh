# Partition tables, and files at fixed offsets. Two pieces that overlap are an error here, so that the device
# does not fail later.
placed_from=() placed_to=() placed_name=() starts=()

# claim FROM TO NAME: in bytes, TO exclusive.
claim() {
  local i
  for ((i = 0; i < ${#placed_from[@]}; i++)); do
    if [ "$1" -lt "${placed_to[i]}" ] && [ "$2" -gt "${placed_from[i]}" ]; then
      fail "$3 (bytes $1 to $2) lies over ${placed_name[i]} (bytes ${placed_from[i]} to ${placed_to[i]})" \
        'Give the first partition a larger offset, or the raw file another place (image).'
    fi
  done
  placed_from+=("$1") placed_to+=("$2") placed_name+=("$3")
}

# The files that `raw` puts at offsets of the disk.
pieces=() piece_offsets=()

claim_pieces() {
  local count i file source offset
  count=$(jq '.image.raw // [] | length' <<<"$STEP_CONFIG")
  for ((i = 0; i < count; i++)); do
    file=$(jq -r ".image.raw[$i].file" <<<"$STEP_CONFIG")
    source=$(placed_path "$file")
    [ -f "$source" ] || fail "there is no file $file (image.raw)"
    offset=$(bytes "$(jq -r ".image.raw[$i].offset" <<<"$STEP_CONFIG")")
    claim "$offset" $((offset + $(stat -c %s "$source"))) "$file"
    pieces+=("$source") piece_offsets+=("$offset")
  done
}

put_pieces() {
  local i
  for i in "${!pieces[@]}"; do put "${pieces[i]}" "$1" "${piece_offsets[i]}"; done
}

# put FILE IMAGE OFFSET. Keeps holes sparse.
put() { dd if="$1" of="$2" bs=64K oflag=seek_bytes seek="$3" conv=notrunc,sparse status=none; }

# type_id TYPE FILESYSTEM [SIZE]: as sfdisk knows it; a handler may have chosen another for the filesystem.
type_id() {
  if [[ ${parttype[$2]:-} =~ ^([0-9A-Fa-f]{2}|[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})$ ]]; then
    echo "${parttype[$2]}"
    return
  fi
  local esp=C12A7328-F81F-11D2-BA4B-00A0C93EC93B linux=0FC63DAF-8483-4772-8E79-3D69D8477DE4
  case $table:$1 in
    gpt:esp) echo $esp ;;
    gpt:boot) echo BC13C2FF-59E6-4262-A352-B275FD6F7172 ;;
    gpt:root)
      case $TARGET_ARCH in
        x86_64) echo 4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709 ;;
        arm64) echo B921B045-1DF0-41C3-AF44-4C6F280D3FAE ;;
        *) echo 69DAD710-2CE4-4E3C-B16C-21A1D49ABED3 ;;
      esac ;;
    gpt:swap) echo 0657FD6D-A4AB-43C4-84E5-0933C84B4F4F ;;
    gpt:data) echo $linux ;;
    mbr:esp) echo ef ;;
    mbr:boot | mbr:root | mbr:data)
      if [ "$2" != vfat ]; then echo 83; elif [ "${3:-$SMALLEST_FAT32}" -ge "$SMALLEST_FAT32" ]; then echo 0c; else echo 0e; fi ;;
    mbr:swap) echo 82 ;;
    *) echo "$1" ;;
  esac
}

# The disk's size: after every partition and piece, in whole MiB, plus one MiB for the backup GPT; or the size that
# a handler has fixed.
disk_size() {
  local end=0 i
  for ((i = 0; i < ${#placed_to[@]}; i++)); do
    if [ "${placed_to[i]}" -gt "$end" ]; then end=${placed_to[i]}; fi
  done
  end=$(((end + MIB - 1) / MIB * MIB + MIB))
  if [ -n "${FIXED_IMAGE_SIZE:-}" ]; then
    [ "$end" -le $((FIXED_IMAGE_SIZE * MIB)) ] || fail "FIXED_IMAGE_SIZE is $FIXED_IMAGE_SIZE MiB, and the image needs $((end / MIB))"
    end=$((FIXED_IMAGE_SIZE * MIB))
  fi
  echo "$end"
}

write_table() {
  local image=$1 next=$((OFFSET * MIB)) i start script wanted attributes
  # An MBR has 440 bytes for boot code before its signature; the protective MBR of a GPT too.
  claim 440 "$([ "$table" = gpt ] && echo $((34 * 512)) || echo 512)" 'the partition table'
  if [ "$table" = mbr ] && [ "$count" -gt 4 ]; then fail "an MBR has four partitions at most, not $count"; fi
  script=$(mktemp)
  if [ "$table" = gpt ]; then printf 'label: gpt\nlabel-id: %s\nfirst-lba: 34\n' "$disk_id" >"$script"
  else printf 'label: dos\nlabel-id: 0x%s\n' "${disk_id:0:8}" >"$script"; fi
  for ((i = 0; i < count; i++)); do
    wanted=$(partition "$i" .offset)
    start=$next
    if [ -n "$wanted" ]; then start=$(bytes "$wanted"); fi
    [ $((start % 512)) -eq 0 ] || fail "partition $(partition "$i" .name) begins at $start, which is not a multiple of 512"
    sizes[i]=$(((sizes[i] + 511) / 512 * 512))
    claim "$start" $((start + sizes[i])) "partition $(partition "$i" .name)"
    starts[i]=$start
    attributes="start=$((start / 512)), size=$((sizes[i] / 512)), type=$(type_id "$(type_of "$i")" "$(filesystem_of "$i")" "${sizes[i]}")"
    if [ "$table" = gpt ]; then
      attributes+=", uuid=$(uuid_of "partition $(partition "$i" .name)"), name=\"$(partition "$i" .name)\""
    elif [ "$(content_of "$i")" = boot ]; then attributes+=", bootable"; fi
    echo "$attributes" >>"$script"
    next=$(((start + sizes[i] + MIB - 1) / MIB * MIB))
  done
  claim_pieces
  truncate -s "$(disk_size)" "$image"
  sfdisk -q --no-reread --no-tell-kernel "$image" <"$script" || fail 'the partition table could not be written'
}

# Reads back a table that handlers have made or changed: places and sizes of the partitions, and the id of the root
# partition. The partitions of the definition are the first ones of the table, in its order.
read_table() {
  local found i uuid wanted=$root_device
  if [ "$table" = none ]; then return; fi
  found=$(sfdisk -J "$draft") || fail 'the image has no partition table' 'With USE_HOOK_FOR_PARTITION=yes, create_partition_table makes it on ${SDCARD}.raw.'
  [ "$(jq '.partitiontable.partitions // [] | length' <<<"$found")" -ge "$count" ] ||
    fail "the partition table has fewer partitions than the definition, $count"
  case $(jq -r .partitiontable.label <<<"$found") in gpt) table=gpt ;; *) table=mbr ;; esac
  for ((i = 0; i < count; i++)); do
    starts[i]=$(jq --argjson i "$i" '.partitiontable.partitions[$i].start * 512' <<<"$found")
    sizes[i]=$(jq --argjson i "$i" '.partitiontable.partitions[$i].size * 512' <<<"$found")
  done
  uuid=$(jq -r --argjson i "${root_index:-0}" '.partitiontable.partitions[$i].uuid // empty | ascii_downcase' <<<"$found")
  if [ "$table" = mbr ]; then uuid=$(jq -r '.partitiontable.id[2:] | ascii_downcase' <<<"$found")-$(printf %02x $((${root_index:-0} + 1))); fi
  root_device=PARTUUID=$uuid
  if [ "$root_device" != "$wanted" ]; then assemble; fi
  # Another table leaves other places free.
  if [ "${USE_HOOK_FOR_PARTITION:-no}" = yes ]; then
    placed_from=() placed_to=() placed_name=() pieces=() piece_offsets=()
    for ((i = 0; i < count; i++)); do
      claim "${starts[i]}" $((starts[i] + sizes[i])) "partition $(partition "$i" .name)"
    done
    claim_pieces
  fi
}
