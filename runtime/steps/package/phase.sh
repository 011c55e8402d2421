# run_phase PHASE: its pre hooks, its work, its post hooks. A phase that is done is passed over.
run_phase() {
  local phase=$1
  if phase_done "$phase"; then echo "$phase is done"; return; fi
  progress "${phase//_/ }"
  begin_phase "$phase"
  if makes_tree "$phase" && [ -z "$updating" ]; then rm -rf "$D"; fi
  case $phase in
    rsync | patch | configure) mkdir -p "$D" ;;
    install*) mark_view ;;
  esac
  run_scripts "$phase" pre
  # The work of each phase is done in the build folder.
  if [ "$phase" != download ]; then mkdir -p "$D"; fi
  run_work "$phase"
  run_scripts "$phase" post
  case $phase in
    extract | rsync) chmod -R u+rwX "$D" ;;
    install*) keep_output "$(output_of "$phase")" ;;
  esac
  case $phase in install | install_target) keep_images ;; esac
  end_phase "$phase"
}

run_scripts() {
  local count i hook name
  count=$(jq --arg phase "$1" --arg side "$2" '.phases[$phase][$side] | length' <<<"$STEP_CONFIG")
  for ((i = 0; i < count; i++)); do
    hook=$(jq -r --arg phase "$1" --arg side "$2" --argjson i "$i" '.phases[$phase][$side][$i].hook' <<<"$STEP_CONFIG")
    name=$hook
    if [ "$count" -gt 1 ]; then name="$hook[$i]"; fi
    echo ">>> $package_id $hook"
    run_text "$(jq -r --arg phase "$1" --arg side "$2" --argjson i "$i" '.phases[$phase][$side][$i].text' <<<"$STEP_CONFIG")" "$name"
  done
}

run_work() {
  local text
  text=$(jq -r --arg phase "$1" '.phases[$phase].command // empty' <<<"$STEP_CONFIG")
  echo ">>> $package_id $1"
  if [ -n "$text" ]; then run_text "$text" "$1"; else "work_$1"; fi
}

# run_text TEXT NAME: in the build folder, or in the project before that exists; the first failure ends the phase. The
# message has the form that runtime/run/handler-failure.ts reads.
run_text() {
  local folder=$PROJECT_FOLDER code=0
  if [ -d "$D" ]; then folder=$(source_folder); fi
  [ -d "$folder" ] || folder=$D
  (cd "$folder" && exec bash -e -o pipefail -c "$1" "$2") || code=$?
  [ "$code" = 0 ] || fail "$package_id: $2 failed with exit code $code"
}
