# strux_recipe TEXT: the lines of a makefile's recipe, each in a shell of its own in the tree, as make runs them: a '@'
# before a line hides it, and a '-' ignores its failure. Marks in the text become the values of variables.
# The compilers and the package's own variables are not in their environment: a recipe passes on the ones it wants.
strux_recipe() {
  local text=$1 name line= part quiet ignored code
  export -n CC CXX LD AR STRIP RANLIB CFLAGS CXXFLAGS CPPFLAGS LDFLAGS D PKG NAME VERSION SRCDIR PKGDIR SOURCE_FILE \
    HOSTCC HOSTCXX LINUX_DIR LINUX_VERSION KERNEL_ARCH ${!TARGET_C*} ${!HOST_C*} TARGET_LD TARGET_AR TARGET_STRIP \
    TARGET_RANLIB TARGET_LDFLAGS HOST_LDFLAGS
  while [[ $text =~ @STRUX_([A-Z0-9_]+)@ ]]; do
    name=${BASH_REMATCH[1]}
    # The build folder of hooks for the whole image is the working directory.
    text=${text//"@STRUX_${name}@"/"${!name-.}"}
  done
  while IFS= read -r part; do
    line+=$part
    if [[ $part =~ (^|[^\\])(\\\\)*\\$ ]]; then
      line+=$'\n'
      continue
    fi
    quiet= ignored=
    while [[ $line == [@+[:space:]-]* ]]; do
      case $line in
        @*) quiet=yes ;;
        -*) ignored=yes ;;
      esac
      line=${line:1}
    done
    if [ -n "$line" ]; then
      [ -n "$quiet" ] || printf '%s\n' "$line"
      code=0
      bash -c "$line" </dev/null || code=$?
      if [ "$code" != 0 ] && [ -z "$ignored" ]; then return "$code"; fi
    fi
    line=
  done <<<"$text"
}

# strux_apply_patches FOLDER PLACE [PATTERN…]: the patch PLACE, or those in the folder PLACE, with -p1.
strux_apply_patches() {
  local folder=$1 place=$2 pattern file
  if [ -f "$place" ]; then
    patch -g0 -p1 -E --no-backup-if-mismatch -d "$folder" -t -N -i "$(realpath "$place")"
    return
  fi
  shift 2
  [ $# -gt 0 ] || set -- '*.patch'
  for pattern in "$@"; do
    for file in "$place"/$pattern; do
      if [ -f "$file" ]; then
        patch -g0 -p1 -E --no-backup-if-mismatch -d "$folder" -t -N -i "$(realpath "$file")" || return
      fi
    done
  done
}
export -f strux_apply_patches
