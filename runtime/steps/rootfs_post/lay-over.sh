# Copies folders over the root filesystem: overlays, files of packages, files of handlers. What the root filesystem
# has already decides about folders: they keep their owner and mode, and a folder in place of a link goes to the
# link's target, which is inside the root filesystem for absolute links too. Files and links replace what is there,
# also a folder.

# lay_over FOLDER [OPTION OF RSYNC]: its entries keep their owners and modes. Hard links within the folder stay.
lay_over() {
  begin_to_lay -H "${@:2}" "$1/"
  put_down -H
}

# lay_checkout_over FOLDER: a folder of the project, whose owners, times and umask are those of a machine. Of the
# modes, git keeps only whether a file is executable; hard links and extended attributes are not kept either.
lay_checkout_over() {
  begin_to_lay --chown=0:0 "$1/"
  neutral_modes
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

# Bits that all folders at the top of a checkout lack are those of its umask (one that only the owner can read lacks
# them everywhere); bits that single files or folders lack beyond these, such as of a key with mode 600, are the
# author's. Group and others may write only where a sticky or setgid bit shows that this is meant.
neutral_modes() {
  local path mode kind common=0 wanted
  while read -r mode; do common=$((common | 8#$mode)); done \
    < <(find "$laid" -mindepth 1 -maxdepth 1 -type d ! -perm /3000 -printf '%m\n')
  while IFS=' ' read -r -d '' kind mode path; do
    mode=$((8#$mode))
    if [ "$kind" = d ] && ((mode & 8#3000)); then continue; fi
    if [ "$kind" = d ] || ((mode & 8#100)); then wanted=$((8#755)); else wanted=$((8#644)); fi
    # Execution of a file follows its readability.
    if ((common & 8#40 && !(mode & 8#40))); then wanted=$((wanted & ~8#070)); fi
    if ((common & 8#04 && !(mode & 8#04))); then wanted=$((wanted & ~8#007)); fi
    if ((common & 8#200 && !(mode & 8#200))); then wanted=$((wanted & ~8#222)); fi
    wanted=$((wanted | mode & 8#7000))
    if [ "$wanted" != "$mode" ]; then chmod "$(printf %o "$wanted")" "$path"; fi
  done < <(find "$laid" -mindepth 1 \( -type d -o -type f \) -printf '%y %m %p\0')
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

# target_of PATH: the place of a link in the root filesystem that leads to a folder, or to nothing yet; otherwise
# the path itself, which becomes a folder. The kernel follows forty links at most.
target_of() {
  local left=$1 at= name links=0 target
  while [ -n "$left" ]; do
    left=${left#/} name=${left%%/*}
    case $left in */*) left=${left#*/} ;; *) left= ;; esac
    case $name in
      '' | .) ;;
      ..) at=${at%/*} ;;
      *)
        if [ -L "$ROOTFS_DIR$at/$name" ]; then
          links=$((links + 1))
          if [ "$links" -gt 40 ]; then printf '%s\n' "$1"; return; fi
          target=$(readlink "$ROOTFS_DIR$at/$name")
          case $target in /*) at= ;; esac
          left=$target${left:+/$left}
        elif [ -e "$ROOTFS_DIR$at/$name" ] && [ ! -d "$ROOTFS_DIR$at/$name" ]; then printf '%s\n' "$1"; return
        else at=$at/$name; fi ;;
    esac
  done
  printf '%s\n' "$at"
}
