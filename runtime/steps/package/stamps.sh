# Which phases are done. A phase's key stands for all that it and the phases before it depend on. A stamp holds the
# key with which the phase was finished.

# The first phases of a package make its build folder.
makes_tree() { case $1 in extract | rsync) return 0 ;; *) return 1 ;; esac }

# What a phase depends on beside the definition: contents of files.
phase_inputs() {
  local need
  case $1 in
    rsync) [ -z "$SRCDIR" ] || content_of "$SRCDIR" ;;
    download) [ ! -f "$PKGDIR/$(config .source.source)" ] || sum_of "$PKGDIR/$(config .source.source)" ;;
    patch) patch_files | while IFS= read -r path; do sum_of "$path"; done ;;
    configure)
      printf '%s\n' "$(config .arch) $variant $BUILDER_KEY"
      while IFS= read -r need; do cat "$BASE_DIR/per-package/$need/digest"; done < <(config '.needs[].id')
      ;;
  esac
}

# Names, modes and contents of a local source.
content_of() {
  [ -d "$1" ] || return 0
  (cd "$1" && find . \( -name .svn -o -name .git -o -name .hg -o -name .bzr -o -name CVS \) -prune -o ! -type d \
    -printf '%m %P %l\n' | LC_ALL=C sort
  cd "$1" && find . \( -name .svn -o -name .git -o -name .hg -o -name .bzr -o -name CVS \) -prune -o -type f -print0 |
    LC_ALL=C sort -z | xargs -0 -r sha256sum) | sha256sum
}

declare -A phase_keys=()
updating=

# Finds out where the work begins. A fresh build folder is made unless an earlier run stopped in the middle and
# everything that it had finished still holds.
prepare_stamps() {
  local phase chain= first= stale=
  while IFS= read -r phase; do
    chain=$( (printf '%s\n' "$chain"; jq -cS --arg phase "$phase" '.phases[$phase]' <<<"$STEP_CONFIG"; phase_inputs "$phase") |
      sha256sum | cut -d' ' -f1)
    phase_keys[$phase]=$chain
    if [ -n "$first" ] || [ "$(cat "$stamps/$phase" 2>/dev/null)" = "$chain" ]; then continue; fi
    first=$phase
    [ ! -e "$stamps/$phase" ] || stale=yes
  done < <(config '.order[]')
  # A command asked for this phase in the build folder as it is.
  if [ -e "$stamps/.update" ]; then
    rm "$stamps/.update"
    if [ -d "$D" ]; then keep_finished; return; fi
  fi
  case $first in
    download | extract | rsync) ;;
    # A phase before installation, finished with another recipe: its products are in the build folder.
    patch) forget_tree ;;
    configure | build) [ -z "$stale" ] || forget_tree ;;
    # Everything is done, so the build was asked for in spite of that.
    '') forget_tree ;;
  esac
  [ -d "$D" ] || forget_tree
}

# What is finished counts as finished, whatever has changed since.
keep_finished() {
  local phase
  updating=yes
  for phase in "${!phase_keys[@]}"; do
    if [ -e "$stamps/$phase" ]; then end_phase "$phase"; fi
  done
}

# The build folder will be made again.
forget_tree() {
  local phase
  for phase in extract rsync patch configure build install install_staging install_target install_images legal_info; do
    rm -f "$stamps/$phase"
  done
}

phase_done() { [ "$(cat "$stamps/$1" 2>/dev/null)" = "${phase_keys[$1]-no such phase}" ]; }

# From here on, neither the phase nor any later one is done; except that a folder as it is gets a newer source.
begin_phase() {
  local phase found=
  if [ "$1" = rsync ] && [ -n "$updating" ]; then rm -f "$stamps/rsync"; return; fi
  while IFS= read -r phase; do
    if [ "$phase" = "$1" ]; then found=yes; fi
    [ -z "$found" ] || rm -f "$stamps/$phase"
  done < <(config '.order[]')
}

end_phase() { printf '%s\n' "${phase_keys[$1]}" >"$stamps/$1"; }
