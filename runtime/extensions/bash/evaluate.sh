# Reads a bash extension before the build, in a confined shell: the functions of its files, the calls outside functions
# and, if strux_function is set, the effects of one configuration hook. Comes after helpers.sh and
# shared-variables.sh. Before it: strux_files, strux_initial (as in bash-handler.sh), strux_inputs (text that assigns
# the variables of the configuration), strux_input_names (their names, between blanks), strux_root (the project's path).
# Writes records to standard output: the number of fields, then the fields, each ended by a NUL.
set -eEo pipefail
exec 3>&1 1>&2
STRUX_SESSION=/tmp/.strux-extensions
PROJECT_FOLDER="$strux_root"
strux_outside="$(strux_names)"

strux_record() {
  printf '%s\0' "$#" "$@" >&3
}

strux_failed() {
  local strux_code="$1" strux_index strux_file strux_number
  # Not in the subshells of `$(…)`: their caller fails as well.
  ((BASH_SUBSHELL == 0)) || return 0
  for ((strux_index = 1; strux_index < ${#BASH_SOURCE[@]}; strux_index++)); do
    strux_file="${BASH_SOURCE[strux_index]}" strux_number="${BASH_LINENO[strux_index - 1]}"
    [[ "$strux_file" == "$strux_root"/* ]] || continue
    strux_record failure "${strux_file#"$strux_root"/}" "$strux_number" \
      "exit code $strux_code: $(strux_line "$strux_file" "$strux_number")"
    return 0
  done
}
trap 'strux_failed $?' ERR

# Calls outside functions are those of the file, without a hook; with one, those of the hook.
strux_call() {
  [[ -z "$strux_function" || -n "${strux_frozen:-}" ]] || return 0
  strux_record call "${FUNCNAME[1]}" "${BASH_SOURCE[2]#"$strux_root"/}" "${BASH_LINENO[1]}" "$@"
}
add_packages_to_image() { strux_call "$@"; }
add_packages_to_rootfs() { strux_call "$@"; }
remove_packages() { strux_call "$@"; }
extension_hook_opt_out() { strux_call "$@"; }
enable_extension() {
  if [[ -n "${strux_frozen:-}" ]]; then
    strux_record failure "${BASH_SOURCE[1]#"$strux_root"/}" "${BASH_LINENO[0]}" \
      "enable_extension ${1:-} comes too late: call it outside functions"
    exit 2
  fi
  strux_call "$@"
}
exit_with_error() {
  strux_record failure "${BASH_SOURCE[1]#"$strux_root"/}" "${BASH_LINENO[0]}" "${1:-}${2:+ [ $2 ]}"
  exit 43
}
exit_with_target_not_supported_error() {
  strux_record failure "${BASH_SOURCE[1]#"$strux_root"/}" "${BASH_LINENO[0]}" "this target is not supported: ${1:-}${2:+ [ $2 ]}"
  exit 44
}

eval "$strux_inputs"
strux_defaults
# The configuration wins over the variables of earlier handlers.
strux_known="$strux_outside $strux_input_names "
for strux_file in "${strux_files[@]}"; do
  EXTENSION_FILE="$strux_file" EXTENSION_DIR="${strux_file%/*}" . "$strux_file"
done

shopt -s extdebug
for strux_name in $(compgen -A function); do
  read -r strux_name strux_line strux_file < <(declare -F "$strux_name")
  [[ "$strux_file" != "$strux_root"/* ]] || strux_record function "$strux_name" "${strux_file#"$strux_root"/}" "$strux_line"
done
shopt -u extdebug
# Which has switched it off.
set -E

eval "$strux_initial"
if [[ -n "$strux_function" ]]; then
  strux_frozen=yes
  mkdir -p "$SRC" "$DEST/${LOG_SUBPATH:=logs}" 2>/dev/null && cd "$SRC" || :
  "$strux_function"
  strux_at_end=yes
fi
# After an error in an expression, bash goes on here (bash-handler.sh). Its message has the place.
[[ -z "$strux_function" || "${strux_at_end:-}" == yes ]] || exit 1

strux_outside+="$(strux_unchanged)"
for strux_name in $(compgen -v); do
  [[ "$strux_name" != strux_* && "$strux_of_bash$strux_outside" != *" $strux_name "* ]] || continue
  strux_text="$(declare -p "$strux_name" 2>/dev/null || :)"
  [[ "$strux_text" =~ ^declare\ -([a-zA-Z-]+)\ [A-Za-z0-9_]+= ]] || continue
  declare -n strux_value="$strux_name"
  case "${BASH_REMATCH[1]}" in
    *a*) strux_record list "$strux_name" ${strux_value[@]+"${strux_value[@]}"} ;;
    *A*)
      strux_pairs=()
      for strux_key in "${!strux_value[@]}"; do strux_pairs+=("$strux_key" "${strux_value[$strux_key]}"); done
      strux_record map "$strux_name" ${strux_pairs[@]+"${strux_pairs[@]}"}
      ;;
    *n*) ;;
    *) strux_record text "$strux_name" "$strux_value" ;;
  esac
  unset -n strux_value
done
strux_record state "$(strux_keep "$strux_outside")"
