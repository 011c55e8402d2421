# The files that scripts of a Buildroot tree expect in BINARIES_DIR, under Buildroot's names: kernel, device trees,
# bootloader, and the root filesystem in the forms that a file of the tree names. Files that are there already and were
# not put there by an earlier call stay as they are.
records=$place/provided
archive=$BSP_CACHE_DIR/rootfs-post.tar.gz

images_for_tree() {
  mkdir -p "$records"
  provide_kernel
  provide_device_trees
  provide_bootloader
  provide_rootfs
}

# names NAME: whether the script, or a file beside it or among the tree's boards, names it.
names() {
  local places=()
  [[ $text != *"$1"* ]] || return 0
  if [ -n "$script" ]; then places+=("$(dirname "$script")"); fi
  if [ -d "$copy/board" ]; then places+=("$copy/board"); fi
  if [ -n "$tree_defconfig" ]; then places+=("$copy/$tree_defconfig"); fi
  [ "${#places[@]}" -gt 0 ] && grep -rqIF -e "$1" -- "${places[@]}"
}

# provide NAME SOURCE COMMAND…: NAME in BINARIES_DIR, made from SOURCE by `COMMAND… SOURCE DRAFT`. An earlier script of the
# same build may have changed it; an earlier build's is made anew if it was changed or its source is another.
provide() {
  local name=$1 source=$2 record=$records/${1//\//_} file=$BINARIES_DIR/$1 draft=$place/.draft
  [ -e "$source" ] || return 0
  if [ -e "$file" ]; then
    if [ -z "$tree_first" ] || [ ! -e "$record" ]; then return 0; fi
    if holds_state "$record" "$source" "$file"; then return 0; fi
  fi
  rm -rf "$draft"
  "${@:3}" "$source" "$draft"
  mkdir -p "$(dirname "$file")"
  rm -f "$file"
  mv -T "$draft" "$file"
  state_of "$source" "$file" >"$record"
}

copied() { cp --reflink=auto --sparse=always "$1" "$2"; }

# Debian packs some kernels.
kernel_image() {
  if [ "$(head -c 2 "$1" | od -An -tx1 | tr -d ' ')" = 1f8b ]; then gzip -dc "$1" >"$2"; else copied "$1" "$2"; fi
}

provide_kernel() {
  local file name
  if [ "$tree_kernel" = own ]; then
    for file in "$BSP_CACHE_DIR"/kernel/*Image; do provide "$(basename "$file")" "$file" copied; done
    return
  fi
  case $TARGET_ARCH in
    x86_64) name=bzImage ;;
    arm64) name=Image ;;
    armhf) name=zImage ;;
  esac
  if [ "$TARGET_ARCH" = arm64 ]; then provide "$name" "$BSP_CACHE_DIR/vmlinuz" kernel_image
  else provide "$name" "$BSP_CACHE_DIR/vmlinuz" copied; fi
}

provide_device_trees() {
  local file names
  if [ "$tree_kernel" = own ]; then
    while IFS= read -r file; do provide "$(basename "$file")" "$file" copied; done < <(
      find "$BSP_CACHE_DIR/kernel/dtbs" -name '*.dtb*' 2>/dev/null
    )
    return
  fi
  # Debian's kernels bring hundreds.
  [ -d "$copy/board" ] && [ -f "$archive" ] && [ "$TARGET_ARCH" != x86_64 ] || return 0
  names=$(grep -rhoIE '[A-Za-z0-9_.,+-]+\.dtb' "$copy/board" | sort -u) || return 0
  unpack_device_trees
  while IFS= read -r file; do
    if grep -qxF "$(basename "$file")" <<<"$names"; then provide "$(basename "$file")" "$file" copied; fi
  done < <(find "$place/dtbs" -name '*.dtb')
}

# All that are in the root filesystem; it is read once for all scripts.
unpack_device_trees() {
  if holds_state "$place/dtbs.unpacked" "$archive"; then return 0; fi
  rm -rf "$place"/dtbs{,.unpacked}
  mkdir -p "$place/dtbs"
  tar -xzf "$archive" -C "$place/dtbs" --wildcards --no-anchored '*.dtb' 2>/dev/null || true
  state_of "$archive" >"$place/dtbs.unpacked"
}

provide_bootloader() {
  local file built=$BSP_CACHE_DIR/bootloader
  [ -d "$built" ] || return 0
  for file in "$built"/u-boot*.* "$built"/{SPL,MLO,MLO.byteswap,flash.bin,idbloader.img,u-boot} "$built"/*.itb "$built"/ti{boot3,spl}* \
    "$built"/{spl,tpl}/*.bin; do
    case $file in *.map | *.cfg* | *.lds | *.sym | *.srec | *.o | *.cmd) continue ;; esac
    if [ -f "$file" ]; then provide "$(basename "$file")" "$file" copied; fi
  done
  if [ -d "$built/efi" ]; then
    mkdir -p "$BINARIES_DIR/efi-part/EFI"
    cp -r "$built/efi/." "$BINARIES_DIR/efi-part/EFI/"
  fi
}

provide_rootfs() {
  local form ending
  [ -f "$archive" ] || return 0
  if names rootfs.tar; then provide rootfs.tar "$archive" tar_of; fi
  if names rootfs.ext; then
    provide rootfs.ext2 "$archive" ext4_of
    for form in ext3 ext4; do
      [ -e "$BINARIES_DIR/rootfs.$form" ] || ln -s rootfs.ext2 "$BINARIES_DIR/rootfs.$form"
    done
  fi
  if names rootfs.squashfs; then provide rootfs.squashfs "$archive" squashfs_of; fi
  if names rootfs.cpio; then provide rootfs.cpio "$archive" cpio_of; fi
  for form in tar ext2 ext4 squashfs cpio; do
    while read -r ending program; do
      if [ -e "$BINARIES_DIR/rootfs.$form" ] && names "rootfs.$form.$ending"; then
        # shellcheck disable=SC2086 # a program and its options
        provide "rootfs.$form.$ending" "$BINARIES_DIR/rootfs.$form" packed $program
      fi
    done <<'END'
gz gzip -9nc
bz2 bzip2 -9c
xz xz -9c
zst zstd -19qc
lz4 lz4 -9qc
lzo lzop -9c
END
  done
}

packed() { "${@:1:$#-2}" "${@: -2:1}" >"${@: -1}"; }
tar_of() { gzip -dc "$1" >"$2"; }
squashfs_of() { gzip -dc "$1" | sqfstar -quiet -no-progress "$2"; }
# Programs of libarchive refuse names that the locale has not; the builder's own locale is C.
cpio_of() { LC_ALL=C.UTF-8 bsdtar --format newc -cf "$2" "@$1"; }

# As large as the tree's configuration says, or as the content needs.
ext4_of() {
  local asked size content unpacked=$place/.rootfs.tar
  local make=(mke2fs -q -t ext4 -L rootfs -E hash_seed=00000000-0000-4000-8000-000000000000 -d)
  asked=$({ [ -z "$tree_defconfig" ] || cat "$copy/$tree_defconfig"; printf '\n%s' "$tree_config"; } |
    sed -n 's/^BR2_TARGET_ROOTFS_EXT2_SIZE="\(.*\)"$/\1/p' | tail -n 1)
  gzip -dc "$1" >"$unpacked"
  content=$(stat -c %s "$unpacked")
  size=$(((content * 5 / 4 / 1048576 + 32) * 1048576))
  if [ -n "$asked" ]; then
    asked=$(numfmt --from=iec "${asked^^}")
    if [ "$asked" -ge "$content" ]; then size=$asked
    else echo "rootfs.ext2 is larger than BR2_TARGET_ROOTFS_EXT2_SIZE, since the root filesystem is" >&2; fi
  fi
  truncate -s "$size" "$2"
  # Before version 1.47.1, it only reads folders.
  if dpkg --compare-versions "$(mke2fs -V 2>&1 | sed -n '1s/^mke2fs \([^ ]*\).*/\1/p')" ge 1.47.1; then
    LC_ALL=C.UTF-8 "${make[@]}" "$unpacked" "$2"
  else
    fakeroot bash -ec 'mkdir "$1.d"; tar -xpf "$1" -C "$1.d"; "${@:3}" "$1.d" "$2"' fill "$unpacked" "$2" "${make[@]}"
  fi
  rm -rf "$unpacked"{,.d}
}
