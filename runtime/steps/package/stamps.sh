# Which phases are done. A phase's key stands for all that it and the phases before it depend on, its own key for the
# phase alone. A stamp holds both, as they were when the phase was finished.

# The first phases of a package make its build folder.
makes_tree() { case $1 in extract | rsync) return 0 ;; *) return 1 ;; esac }

# What a phase depends on beside the definition: contents of files.
phase_inputs() {
  local need
  case $1 in
    rsync) [ -z "$SRCDIR" ] || content_of "$SRCDIR" \
      -name .svn -o -name .git -o -name .hg -o -name .bzr -o -name CVS $([ -z "$(not_build_folder "$SRCDIR")" ] || echo -o -path ./dist) ;;
    download)
      [ "$(config .source.method)" != debian ] || config .suite
      [ ! -f "$PKGDIR/$(config .source.source)" ] || sum_of "$PKGDIR/$(config .source.source)"
      ;;
    patch) patch_files | while IFS= read -r path; do sum_of "$path"; done ;;
    configure)
      printf '%s\n' "$(config .arch) $variant $BUILDER_KEY $(config .build_folder)"
      # A command that only unpacks the source needs no dependencies.
      while IFS= read -r need; do cat "$BASE_DIR/per-package/$need/digest" 2>/dev/null || echo "no $need"; done < <(config '.needs[].id')
      ! needs_kernel || kernel_state
      ;;
  esac
}

# What a module has from the kernel that it is built for.
kernel_state() {
  local kernel name
  kernel=$(kernel_folder)
  for name in .config include/config/kernel.release Module.symvers; do
    if [ -f "$kernel/$name" ]; then sum_of "$kernel/$name"; fi
  done
}

# content_of FOLDER EXPRESSION…: SHA-256 of names, types, modes and contents, without files and folders for which
# find's expression holds.
content_of() {
  [ -d "$1" ] || return 0
  (cd "$1" && {
    find . -mindepth 1 \( "${@:2}" \) -prune -o -printf '%y %m %P %l\0' | sort -z
    find . -mindepth 1 \( "${@:2}" \) -prune -o -type f -print0 | sort -z | xargs -0 -r sha256sum
  }) | sha256sum | cut -d' ' -f1
}

declare -A phase_keys=() own_keys=()
updating=

# Finds out where the work begins. A fresh build folder is made unless an earlier run stopped in the middle and
# everything that it had finished still holds.
prepare_stamps() {
  local phase own chain= first= stale=
  forget_absent_phases
  while IFS= read -r phase; do
    own=$( (jq -cS --arg phase "$phase" '.phases[$phase]' <<<"$STEP_CONFIG"; phase_inputs "$phase") | sha256sum | cut -d' ' -f1)
    chain=$(printf '%s\n' "$chain" "$own" | sha256sum | cut -d' ' -f1)
    own_keys[$phase]=$own phase_keys[$phase]=$chain
    if [ -n "$first" ] || phase_done "$phase"; then continue; fi
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

# The build folder stays as it is: phases that made it count as finished, even if an earlier phase runs again. A changed
# configuration only repeats that phase and the later ones. A changed source or patch needs a fresh folder, which would
# lose what the developer changed in this one.
keep_finished() {
  local phase own
  while IFS= read -r phase; do
    if [ ! -e "$stamps/$phase" ]; then
      # The source is incomplete, so the folder is made anew.
      case $phase in download | extract) forget_tree; return ;; esac
      continue
    fi
    read -r _ own <"$stamps/$phase"
    if [ "$own" = "${own_keys[$phase]}" ]; then end_phase "$phase"; continue; fi
    case $phase in
      configure) rm "$stamps/$phase"; break ;;
      *) fail "$package_id: the phase $phase has changed since the build folder was made" \
        '`strux build` makes the folder anew.' ;;
    esac
  done < <(config '.order[]')
  updating=yes
}

# A phase that the package has no more leaves neither its record nor its output.
forget_absent_phases() {
  local phase order
  order=" $(config '.order | join(" ")') "
  for phase in "$stamps"/*; do
    if [[ $order != *" ${phase##*/} "* ]]; then rm -f "$phase"; fi
  done
  for phase in install install_staging install_target install_images; do
    # A package of a Buildroot tree has images without a phase for them: see keep_images.
    if [ "$phase" = install_images ] && enabled .of_buildroot; then continue; fi
    if [[ $order != *" $phase "* ]]; then rm -rf "${outputs:?}/$(output_of "$phase")"; fi
  done
  if [[ $order != *' install_target '* ]]; then rm -f "$outputs/debian-packages"; fi
}

# The build folder will be made again.
forget_tree() {
  local phase
  while IFS= read -r phase; do
    if [ "$phase" != download ]; then rm -f "$stamps/$phase"; fi
  done < <(config '.order[]')
}

phase_done() { [ "$(cut -d' ' -f1 "$stamps/$1" 2>/dev/null)" = "${phase_keys[$1]-no such phase}" ]; }

# From here on, neither the phase nor any later one is done; except that a folder as it is gets a newer source.
begin_phase() {
  local phase found=
  if [ "$1" = rsync ] && [ -n "$updating" ]; then rm -f "$stamps/rsync"; return; fi
  while IFS= read -r phase; do
    if [ "$phase" = "$1" ]; then found=yes; fi
    [ -z "$found" ] || rm -f "$stamps/$phase"
  done < <(config '.order[]')
}

end_phase() { printf '%s %s\n' "${phase_keys[$1]}" "${own_keys[$1]}" >"$stamps/$1"; }
