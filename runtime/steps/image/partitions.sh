# The partitions of the image: those of the definition, with the choices of handlers.
MIB=1048576

# partition INDEX FILTER: a value of a partition; empty if absent.
partition() { jq -r --argjson i "$1" ".[\$i] | $2 // empty" <<<"$partitions"; }
change_partitions() { partitions=$(jq -c "$@" <<<"$partitions"); }
# The index of the first partition of a type; empty without one.
index_of() { jq -r --arg type "$1" '[.[].type] | index($type) // empty' <<<"$partitions"; }

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
# features_of INDEX: those of an ext4. Bootloaders read the boot partition, or the root where U-Boot starts from it.
features_of() {
  partition "$1" .ext4_features | grep . && return
  if [ "$1" = "$boot_index" ] || { [ -z "$boot_index" ] && [ "$1" = "$root_index" ] && [ "$table" != none ] &&
    [ -n "$(config '."boot.bootloader".type')" ]; }; then echo compatible; else echo current; fi
}
label_of() { partition "$1" '(.label // .name)'; }
mib_of() { local size; size=$(partition "$1" .size); [ -z "$size" ] || echo $(($(bytes "$size") / MIB)); }

# Describes the partitions to handlers, in the words of extensions for partitions and filesystems. Sizes are in MiB.
# Choices of configuration hooks are in the environment.
describe_partitions() {
  local kind esp boot root name
  local -A chosen=()
  for name in "${choices[@]}"; do chosen[$name]=${!name:-}; done
  declare -gA parttype=() mkopts=() mkopts_label=() mkfs=() mountopts=()
  for kind in ext2 ext3 ext4 btrfs f2fs xfs; do
    parttype[$kind]=$kind mkopts[$kind]='' mkopts_label[$kind]='-L ' mkfs[$kind]=$kind mountopts[$kind]=''
  done
  mkopts_label[f2fs]='-l '
  for kind in fat vfat; do
    parttype[$kind]=fat16 mkopts[$kind]='' mkopts_label[$kind]='-n ' mkfs[$kind]=vfat mountopts[$kind]=''
  done
  esp=$(index_of esp) boot=$(index_of boot) root=$(index_with rootfs)
  ROOTFS_TYPE=$([ -z "$root" ] || filesystem_of "$root") ROOT_FS_LABEL=$([ -z "$root" ] || label_of "$root")
  BOOTFS_TYPE=$([ -z "$boot" ] || filesystem_of "$boot") BOOTSIZE=$([ -z "$boot" ] || mib_of "$boot")
  UEFISIZE=$([ -z "$esp" ] || mib_of "$esp")
  # A partition without a size becomes as large as its content needs.
  if [ -n "$esp" ] && [ -z "$UEFISIZE" ]; then UEFISIZE=$(boot_mib); fi
  if [ -n "$boot" ] && [ -z "$BOOTSIZE" ]; then BOOTSIZE=$(boot_mib); fi
  BOOTSIZE=${BOOTSIZE:-0} UEFISIZE=${UEFISIZE:-0} OFFSET=1
  case $table in mbr) IMAGE_PARTITION_TABLE=msdos ;; *) IMAGE_PARTITION_TABLE=$table ;; esac
  # Configuration hooks may have set these.
  FIXED_IMAGE_SIZE=${FIXED_IMAGE_SIZE:-} EXTRA_ROOTFS_MIB_SIZE=${EXTRA_ROOTFS_MIB_SIZE:-0}
  USE_HOOK_FOR_PARTITION=${USE_HOOK_FOR_PARTITION:-no}
  declare -gA announced=()
  for name in "${choices[@]}"; do
    announced[$name]=${!name}
    if [ -n "${chosen[$name]}" ]; then printf -v "$name" %s "${chosen[$name]}"; fi
  done
  strux_publish parttype mkopts mkopts_label mkfs mountopts "${choices[@]}"
}

# describe_table MIB: the partitions to come, by number, and the size of the image, for handlers that make the table.
describe_table() {
  local place
  SECTOR_SIZE=512 sdsize=$1 UEFI_MOUNT_POINT=/boot/efi PARTITION_TYPE_UUID_ROOT=$(table=gpt type_id root '')
  rootpart=$root_index bootpart=$(index_of boot) uefipart=$(index_of esp)
  for place in rootpart bootpart uefipart; do
    if [ -n "${!place}" ]; then printf -v "$place" %s $((${!place} + 1)); fi
  done
  strux_publish SECTOR_SIZE sdsize UEFI_MOUNT_POINT PARTITION_TYPE_UUID_ROOT rootpart bootpart uefipart OFFSET BOOTSIZE UEFISIZE
}

choices=(ROOTFS_TYPE ROOT_FS_LABEL BOOTFS_TYPE BOOTSIZE UEFISIZE OFFSET IMAGE_PARTITION_TABLE FIXED_IMAGE_SIZE
  EXTRA_ROOTFS_MIB_SIZE USE_HOOK_FOR_PARTITION)
changed() { [ "${!1:-}" != "${announced[$1]}" ]; }
number() { [[ ${!1:-0} =~ ^[0-9]+$ ]] || fail "$1 is '${!1}', not a number of MiB"; }

# About the size of a boot partition, in MiB.
boot_mib() {
  local used
  used=$(du -c --block-size=1 "$BSP_CACHE_DIR"/{vmlinuz,initrd.img,bootloader/efi} 2>/dev/null | tail -1 | cut -f1)
  echo $(((used + used / 5 + 65 * MIB - 1) / MIB))
}

kind_named() { case $1 in fat | fat16 | fat32) echo vfat ;; *) echo "$1" ;; esac; }

# Applies the choices that handlers have made.
apply_choices() {
  local esp boot root name
  for name in rootfs_size BOOTSIZE UEFISIZE OFFSET FIXED_IMAGE_SIZE EXTRA_ROOTFS_MIB_SIZE; do number "$name"; done
  if changed IMAGE_PARTITION_TABLE; then
    case $IMAGE_PARTITION_TABLE in
      gpt) table=gpt ;;
      msdos | dos | mbr) table=mbr ;;
      *) fail "IMAGE_PARTITION_TABLE is '$IMAGE_PARTITION_TABLE', not gpt or msdos" ;;
    esac
  fi
  # A handler may count on a larger root filesystem than the measured one.
  if [ "${rootfs_size:-0}" -gt "${announced[rootfs_size]:-0}" ]; then
    EXTRA_ROOTFS_MIB_SIZE=$((${EXTRA_ROOTFS_MIB_SIZE:-0} + rootfs_size - announced[rootfs_size]))
  fi
  root=$(index_with rootfs)
  if changed ROOTFS_TYPE; then change_partitions --argjson i "$root" --arg v "$(kind_named "$ROOTFS_TYPE")" '.[$i].filesystem = $v'; fi
  if changed ROOT_FS_LABEL; then change_partitions --argjson i "$root" --arg v "$ROOT_FS_LABEL" '.[$i].label = $v'; fi
  boot=$(index_of boot)
  if [ -n "$boot" ]; then
    if changed BOOTFS_TYPE; then change_partitions --argjson i "$boot" --arg v "$(kind_named "$BOOTFS_TYPE")" '.[$i].filesystem = $v'; fi
    if changed BOOTSIZE; then size_partition "$boot" "${BOOTSIZE:-0}"; fi
  elif [ "${BOOTSIZE:-0}" -gt 0 ] && [ -n "${BOOTFS_TYPE:-}" ]; then
    change_partitions --arg size "${BOOTSIZE}M" --arg v "$(kind_named "$BOOTFS_TYPE")" \
      '[{name: "boot", type: "boot", size: $size, filesystem: $v}] + .'
  fi
  esp=$(index_of esp)
  if [ -n "$esp" ]; then
    if changed UEFISIZE; then size_partition "$esp" "${UEFISIZE:-0}"; fi
  elif [ "${UEFISIZE:-0}" -gt 0 ]; then
    change_partitions --arg size "${UEFISIZE}M" '[{name: "esp", type: "esp", size: $size}] + .'
  fi
  count=$(jq length <<<"$partitions")
  if [ "$table" = none ] && [ "$count" -ne 1 ]; then fail "an image without a partition table is one filesystem, not $count"; fi
}

# size_partition INDEX MIB: 0 removes it.
size_partition() {
  if [ "$2" -eq 0 ]; then change_partitions --argjson i "$1" 'del(.[$i])'
  else change_partitions --argjson i "$1" --arg size "${2}M" '.[$i].size = $size'; fi
}

# The index of the first partition with this content: rootfs, boot.
index_with() {
  local i
  for ((i = 0; i < $(jq length <<<"$partitions"); i++)); do
    if [ "$(content_of "$i")" = "$1" ]; then echo "$i"; return; fi
  done
}
