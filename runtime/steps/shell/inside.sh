# Paths inside the root filesystem at $ROOTFS_DIR.

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
