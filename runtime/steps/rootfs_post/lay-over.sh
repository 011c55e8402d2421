# Copies folders over the root filesystem: overlays, files of packages, files of handlers. What the root filesystem
# has already decides about folders: they keep their owner and mode, and a folder in place of a link goes to the
# link's target, which is inside the root filesystem for absolute links too. Files and links replace what is there,
# also a folder.

# lay_over FOLDER [OPTION OF RSYNC]: its entries keep their owners and modes. Hard links within the folder stay.
lay_over() {
  begin_to_lay -H "${@:2}" "$1/"
  put_down -H
}

# lay_checkout_over FOLDER: a folder of the project, whose owners, times and umask are those of a machine. Hard links and
# extended attributes are not kept.
lay_checkout_over() {
  begin_to_lay --chown=0:0 "$1/"
  neutral_modes "$laid"
  find "$laid" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
  put_down
}

# begin_to_lay OPTION… FOLDER/: a copy that may be changed, as $laid.
begin_to_lay() {
  laid=$draft/laid arranged=$draft/arranged
  rm -rf "$laid" "$arranged"
  mkdir -p "$laid" "$arranged"
  rsync -a "$@" "$laid/"
}

# Arranges the entries by the places of their folders in the root filesystem, and copies them there.
put_down() {
  local path place parent
  local -A places=()
  while IFS= read -r -d '' path; do
    if [ -z "$path" ]; then place=; else
      parent=${path%/*}
      place=${places[${parent:-/}]}/${path##*/}
      if [ -L "$ROOTFS_DIR$place" ]; then place=$(target_of "$place"); fi
    fi
    places[${path:-/}]=$place
    if [ ! -d "$arranged$place" ]; then
      mkdir -p "$arranged$place"
      if [ -n "$path" ]; then chown --reference="$laid$path" "$arranged$place" && chmod --reference="$laid$path" "$arranged$place"; fi
    fi
    find "$laid$path" -mindepth 1 -maxdepth 1 ! -type d -exec mv -f -t "$arranged$place" {} +
  done < <(find "$laid" -type d -printf '/%P\0' | sed -z 's,^/$,,' | LC_ALL=C sort -z)
  while IFS= read -r -d '' path; do
    if [ -d "$ROOTFS_DIR$path" ] && [ ! -L "$ROOTFS_DIR$path" ]; then
      chown --reference="$ROOTFS_DIR$path" "$arranged$path"
      chmod --reference="$ROOTFS_DIR$path" "$arranged$path"
    fi
  done < <(find "$arranged" -type d -printf '/%P\0')
  rsync -a "$@" --omit-dir-times --ignore-times --force "$arranged/" "$ROOTFS_DIR/"
  rm -rf "$laid" "$arranged"
}
