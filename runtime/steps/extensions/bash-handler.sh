# Runs one handler of a bash extension, in strict mode. Comes after helpers.sh and shared-variables.sh, at the top
# level, so that files declare global variables. Before it: strux_function, the handler; strux_files, the extension's
# file and those that it enables, last its own; strux_initial, the variables after configuration; strux_step, the step
# whose handlers share a file of variables; strux_before, the earlier step whose variables come first, if any.
set -eEo pipefail
STRUX_SESSION="${STRUX_SCRATCH:-/tmp}/.strux-extensions"
strux_folder="$PROJECT_DIST_CACHE_FOLDER/extension-variables"
strux_known="$(strux_names)"

strux_failed() {
  local strux_code="$1" strux_command="$2" strux_index
  for ((strux_index = 1; strux_index < ${#BASH_SOURCE[@]}; strux_index++)); do
    [[ -f "${BASH_SOURCE[strux_index]}" ]] || continue
    printf 'error: %s:%s: code %s from: %s\n' "${BASH_SOURCE[strux_index]#"$PROJECT_FOLDER"/}" \
      "${BASH_LINENO[strux_index - 1]}" "$strux_code" "$strux_command" >&2
    return 0
  done
}

strux_ended() {
  local strux_code="$1"
  ((strux_code == 0)) || strux_clean_up
}

eval "strux_outer=($(trap -p EXIT))"
trap 'strux_ended $?; '"${strux_outer[2]:-}" EXIT
trap 'strux_failed $? "$BASH_COMMAND"' ERR

for strux_file in "${strux_files[@]}"; do
  EXTENSION_FILE="$strux_file" EXTENSION_DIR="${strux_file%/*}" . "$strux_file"
done
if [[ ! -e "$STRUX_SESSION.begun" ]]; then
  # The first handler of this step.
  : >"$STRUX_SESSION.begun"
  rm -f "$STRUX_SESSION.cleanup" "$strux_folder/$strux_step.sh"
  mkdir -p "$strux_folder"
  eval "$strux_initial"
  if [[ -n "$strux_before" && -e "$strux_folder/$strux_before.sh" ]]; then . "$strux_folder/$strux_before.sh"; fi
else
  . "$strux_folder/$strux_step.sh"
fi
printf '%s\n' "${strux_files[@]}" >"$STRUX_SESSION.files"
strux_frozen=yes
if [[ -d "${SRC:-}" ]]; then cd "$SRC"; fi

"$strux_function"

strux_keep "$strux_known" >"$strux_folder/.$strux_step.sh"
mv "$strux_folder/.$strux_step.sh" "$strux_folder/$strux_step.sh"
