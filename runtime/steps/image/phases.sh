# The declared image. Without handlers that need it mounted, each filesystem is made as a file and copied to its
# offset; body.ts has the order of the phases.
export ROOTFS_DIR=${STRUX_SCRATCH:-/tmp}/rootfs
work=$BSP_CACHE_DIR/.image
draft=$work/draft.img
name=$(config .image_name) version=$(config .version)${EXTRA_IMAGE_SUFFIXES:-}

# The state of the step between its commands; handlers do not see it.
if [ -f "$work/.state" ]; then . "$work/.state"; fi
keep_state() {
  declare -p seed table partitions count root_index boot_index disk_id root_device arguments announced \
    files sizes starts placed_from placed_to placed_name pieces piece_offsets >"$work/.state" 2>/dev/null || :
}

begin_image() {
  mkdir -p "$PROJECT_DIST_OUTPUT_FOLDER"
  rm -rf --one-file-system "$work" "$ROOTFS_DIR" "$ROOTFS_DIR.raw"
  mkdir -p "$work/finished" "$ROOTFS_DIR"
  # A build that was killed may have left a state.
  placed_from=() placed_to=() placed_name=() starts=() pieces=() piece_offsets=()
  # Handlers know these by their own names.
  export SDCARD=$ROOTFS_DIR DESTIMG=$work/finished
  ln -s "$draft" "$SDCARD.raw"
  strux_publish SDCARD DESTIMG
  seed=$(image_seed)
  table=$(jq -r '.image.table // "gpt"' <<<"$STEP_CONFIG")
  partitions=$(jq -c .image.partitions <<<"$STEP_CONFIG")
  disk_id=$(uuid_of disk)
  describe_partitions
  progress 'Unpacking the root filesystem'
  tar --numeric-owner --xattrs --xattrs-include='*' -xpzf "$BSP_CACHE_DIR/rootfs-post.tar.gz" -C "$ROOTFS_DIR"
  keep_state
}

# The seed of all ids: that of the definition, or the content of the image, so that a disk beside one with another image
# is not taken for it.
image_seed() {
  local given i path
  given=$(config .image.seed)
  if [ -n "$given" ]; then printf 'given %s\n' "$given"; return; fi
  {
    # Without the names of files, which lie elsewhere in an export, and without the architecture, which it leaves open.
    jq -cS 'del(.arch) | (.image.partitions[]? | (.file, .content) | select(. != null and . != "rootfs" and . != "boot")) |= ""
      | (.image.raw[]?.file) |= ""' <<<"$STEP_CONFIG"
    for path in rootfs-post.tar.gz vmlinuz initrd.img; do
      if [ -f "$BSP_CACHE_DIR/$path" ]; then sha256sum <"$BSP_CACHE_DIR/$path"; fi
    done
    for path in kernel/dtbs bootloader/efi; do digest_of "$BSP_CACHE_DIR/$path"; done
    while IFS= read -r path; do digest_of "$(placed_path "$path")"; done < <(jq -r '.image
      | (.partitions[] | (.file, .content) | select(. != null and . != "rootfs" and . != "boot")), ((.raw // [])[].file)' <<<"$STEP_CONFIG")
  } | sha256sum | cut -d' ' -f1
}

# digest_of PATH: of the names and contents of a file or folder, if it exists.
digest_of() {
  if [ -f "$1" ]; then sha256sum <"$1"; elif [ -d "$1" ]; then
    (cd "$1" && find . -printf '%y %P %l\0' | LC_ALL=C sort -z && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum) | sha256sum
  fi
}

measure_root() {
  local used
  used=$(du -s --block-size=1 "$ROOTFS_DIR" | cut -f1)
  export rootfs_size=$(((used + MIB - 1) / MIB))
  announced[rootfs_size]=$rootfs_size
  strux_publish rootfs_size
  keep_state
}

# The partition that the kernel mounts, by an id that does not depend on the order of disks in the machine.
choose_boot() {
  local cmdline
  root_index=$(index_with rootfs) boot_index=$(index_with boot)
  case $table in
    gpt) root_device=PARTUUID=$(uuid_of "partition $(partition "${root_index:-0}" .name)") ;;
    mbr) root_device=PARTUUID=${disk_id:0:8}-$(printf %02x $((${root_index:-0} + 1))) ;;
    none) root_device=/dev/vda ;;
  esac
  assemble
}

assemble() {
  local cmdline
  cmdline=$(config '."boot.cmdline"')
  case " $cmdline " in
    *" root="*) arguments=$cmdline ;;
    *) arguments="root=$root_device rw rootwait${cmdline:+ $cmdline}" ;;
  esac
  if [ "$table" = none ]; then return; fi
  rm -rf "$work/boot"
  if [ -n "$boot_index" ]; then
    # What a kernel's package has in /boot belongs to the partition that is mounted there.
    mkdir -p "$work/boot"
    if [ "$(mount_of "$boot_index")" = /boot ] && [ -d "$ROOTFS_DIR/boot" ]; then
      copy_tree "$ROOTFS_DIR/boot" "$work/boot" --exclude=./dtbs --exclude=./extlinux
    fi
    assemble_boot "$work/boot" "$arguments" ''
  elif [ "$(config '."boot.bootloader".type')" = u-boot ]; then
    assemble_boot "$work/boot" "$arguments" /boot
    rm -f "$ROOTFS_DIR/boot/vmlinuz" "$ROOTFS_DIR/boot/initrd.img"
    cp -r "$work/boot/." "$ROOTFS_DIR/boot/"
  fi
}

# Whether filesystems are made after the partition table, because a handler may change the table or work in them.
made_late() { enabled '.late // false' || [ "${USE_HOOK_FOR_PARTITION:-no}" = yes ]; }

# Sets `folder`: the content of a partition.
place_content() {
  local i=$1 content
  folder=$work/empty-$i
  rm -rf "$folder" && mkdir -p "$folder"
  content=$(content_of "$i")
  case $content in
    rootfs) folder=$ROOTFS_DIR ;;
    boot) folder=$work/boot ;;
    ?*) copy_content "$(placed_path "$content")" "$folder" "$content" ;;
    *) if [ -d "$work/moved-$i" ]; then folder=$work/moved-$i; fi ;;
  esac
}

# copy_tree FOLDER COPY [OPTION OF TAR…]: whole, with hard links and extended attributes. Not every builder has rsync.
copy_tree() {
  local attributes=(--acls --xattrs --xattrs-include='*')
  tar --numeric-owner "${attributes[@]}" "${@:3}" -cf - -C "$1" . | tar --numeric-owner "${attributes[@]}" -xpf - -C "$2"
}

# copy_content FOLDER COPY NAME: with modes, hard links and extended attributes, but with no trace of the machine: all
# files belong to root and have one time, those of a checkout have the modes of the usual umask, and labels of SELinux stay
# behind.
copy_content() {
  [ -d "$1" ] || fail "there is no folder $3 (image.partitions)"
  copy_tree "$1" "$2" --owner=0 --group=0 --xattrs-exclude=security.selinux
  case $1/ in
    "$PROJECT_DIST_FOLDER"/artifacts/boards/*) neutral_modes "$2" ;;
    # Scripts have made it, under the usual umask.
    "$PROJECT_DIST_FOLDER"/*) ;;
    *) neutral_modes "$2" ;;
  esac
  find "$2" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
}

# The sizes of all partitions and, unless they are made late, the filesystems.
lay_out() {
  local i last=()
  files=() sizes=()
  for ((i = 0; i < count; i++)); do
    # With a fixed size of the image, the root filesystem gets what the others leave.
    if [ -n "${FIXED_IMAGE_SIZE:-}" ] && [ "$i" = "$root_index" ]; then last=("$i"); else lay_out_one "$i"; fi
  done
  for i in "${last[@]}"; do lay_out_one "$i"; done
  if [ "$table" != none ]; then
    if [ "${USE_HOOK_FOR_PARTITION:-no}" = yes ]; then
      truncate -s "$(image_size)" "$draft"
    else
      progress 'Writing the partition table'
      write_table "$draft"
    fi
  fi
  describe_table "$(($(if [ -f "$draft" ]; then stat -c %s "$draft"; else image_size; fi) / MIB))"
  keep_state
}

lay_out_one() {
  local i=$1 label kind size file folder source needed
  label=$(label_of "$i") kind=$(filesystem_of "$i") size=$(partition "$i" .size) file=$(partition "$i" .file)
  if [ -n "$size" ]; then size=$(bytes "$size"); fi
  progress "Making partition $label"
  place_content "$i"
  if [ "$i" = "$root_index" ]; then size=$(root_size "$size"); fi
  files[i]=$work/$i.img
  if [ -n "$file" ]; then
    source=$(placed_path "$file")
    [ -f "$source" ] || fail "there is no file $file (image.partitions, $label)"
    cp "$source" "${files[i]}"
    needed=$(stat -c %s "$source")
    size=${size:-$needed}
    [ "$needed" -le "$size" ] || fail "$file has $needed bytes, and partition $label only $size"
    truncate -s "$size" "${files[i]}"
    sizes[i]=$size
    return
  fi
  if [ -z "$size" ] && [ "$kind" != squashfs ] && [ -z "$(ls -A "$folder")" ]; then
    fail "partition $label has no content, so it needs a size (image.partitions)"
  fi
  if made_late; then
    sizes[i]=${size:-$(roomy_size "$folder")}
  else
    make_filesystem "$kind" "$folder" "${files[i]}" "$size" "$i"
    sizes[i]=$(stat -c %s "${files[i]}")
  fi
}

# root_size SIZE: with the choices of handlers; empty if nothing says a size.
root_size() {
  local size=$1 others=0 i
  if [ -n "${FIXED_IMAGE_SIZE:-}" ]; then
    for i in "${!sizes[@]}"; do others=$((others + (sizes[i] + MIB - 1) / MIB)); done
    [ "$table" = none ] || others=$((others + OFFSET + 1))
    [ "$FIXED_IMAGE_SIZE" -gt "$others" ] || fail "FIXED_IMAGE_SIZE is $FIXED_IMAGE_SIZE MiB, and the other partitions need $others"
    echo $(((FIXED_IMAGE_SIZE - others) * MIB))
  elif [ "${EXTRA_ROOTFS_MIB_SIZE:-0}" -gt 0 ]; then
    echo $((${size:-$(roomy_size "$ROOTFS_DIR")} + EXTRA_ROOTFS_MIB_SIZE * MIB))
  else
    echo "$size"
  fi
}

# For a partition table of a handler's own making.
image_size() {
  local total=$((OFFSET + 1)) i
  if [ -n "${FIXED_IMAGE_SIZE:-}" ]; then echo $((FIXED_IMAGE_SIZE * MIB)); return; fi
  for i in "${!sizes[@]}"; do total=$((total + (sizes[i] + MIB - 1) / MIB)); done
  echo $((total * MIB))
}

# Makes the filesystems that come after the table, and puts all of them, and the raw files, in their places.
fill_image() {
  local i
  if made_late; then
    read_table
    for ((i = 0; i < count; i++)); do
      if [ -f "${files[i]}" ]; then
        [ "$(stat -c %s "${files[i]}")" -le "${sizes[i]}" ] || fail "the file of partition $(label_of "$i") does not fit into its ${sizes[i]} bytes"
        continue
      fi
      place_content "$i"
      make_filesystem "$(filesystem_of "$i")" "$folder" "${files[i]}" "${sizes[i]}" "$i"
    done
  fi
  if [ "$table" = none ]; then
    # An ext4 leaves its first KiB free for boot code.
    claim "$([ "$(filesystem_of 0)" = ext4 ] && echo 1024 || echo 0)" "${sizes[0]}" "partition $(partition 0 .name)"
    claim_pieces
    mv "${files[0]}" "$draft"
  else
    for ((i = 0; i < count; i++)); do
      put "${files[i]}" "$draft" "${starts[i]}"
      rm "${files[i]}"
    done
  fi
  put_pieces "$draft"
  keep_state
}

# The image gets its name, for handlers that convert or compress it.
stage_image() {
  export FINAL_IMAGE_FILE=$DESTIMG/$version.${name##*.} CARD_DEVICE=
  if [ "${name##*.}" = "$name" ]; then FINAL_IMAGE_FILE=$DESTIMG/$version.img; fi
  mv "$draft" "$FINAL_IMAGE_FILE"
  ln "$FINAL_IMAGE_FILE" "$work/kept-image"
  strux_publish FINAL_IMAGE_FILE CARD_DEVICE
}

put_in_place() {
  local made file
  progress 'Putting the image in place'
  for made in vmlinuz initrd.img; do
    if [ -f "$work/renewed/$made" ]; then cp "$work/renewed/$made" "$PROJECT_DIST_OUTPUT_FOLDER/$made"
    elif [ -f "$BSP_CACHE_DIR/$made" ]; then cp "$BSP_CACHE_DIR/$made" "$PROJECT_DIST_OUTPUT_FOLDER/$made"
    # A handler can leave out the kernel.
    else rm -f "$PROJECT_DIST_OUTPUT_FOLDER/$made"; fi
  done
  # Start parameters for strux run and strux test.
  jq -n --arg root "$root_device" --arg arguments "$arguments" '{root: $root, cmdline: $arguments}' >"$BSP_CACHE_DIR/.image.json"
  if [ ! -f "$FINAL_IMAGE_FILE" ]; then
    # Handlers that convert the image often remove it, but strux run and the next build need it.
    # A handler that renames it keeps a file of its own.
    if [ "$(stat -c %h "$work/kept-image")" -gt 1 ]; then
      cp --sparse=always "$work/kept-image" "$PROJECT_DIST_OUTPUT_FOLDER/$name"
    else
      mv "$work/kept-image" "$PROJECT_DIST_OUTPUT_FOLDER/$name"
    fi
  else
    mv "$FINAL_IMAGE_FILE" "$PROJECT_DIST_OUTPUT_FOLDER/$name"
    # With additions to its name, the image has that name too.
    file=${FINAL_IMAGE_FILE##*/}
    if [ "$file" != "$name" ]; then ln -sfn "$name" "$PROJECT_DIST_OUTPUT_FOLDER/$file"; fi
  fi
  # Files of handlers.
  for file in "$DESTIMG/$version".*; do
    if [ -e "$file" ]; then mv "$file" "$PROJECT_DIST_OUTPUT_FOLDER/"; fi
  done
}

clean_up() {
  clean_up_extensions
  if declare -F close_image >/dev/null; then close_image; fi
  rm -rf --one-file-system "$work" "$ROOTFS_DIR" "$ROOTFS_DIR.raw"
}
