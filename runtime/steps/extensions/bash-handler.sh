# Runs one handler of a bash extension, in strict mode. Comes after helpers.sh and shared-variables.sh, at the top
# level, so that files declare global variables. Before it: strux_function, the handler; strux_files, the files to
# read; strux_initial, bash that restores the variables of the configuration hooks; strux_step, the step whose handlers
# share variables; strux_after, the earlier step that leaves its variables to this one, if any; strux_working_folder.
set -eEo pipefail
STRUX_SESSION="${STRUX_SCRATCH:-/tmp}/.strux-extensions"
strux_folder="$PROJECT_DIST_CACHE_FOLDER/extension-variables"
: "${CTHREADS:=-j$(nproc)}" "${WORKDIR:=${STRUX_SCRATCH:-/tmp}}" "${LOGDIR:=${STRUX_SCRATCH:-/tmp}}"
# The original's folder for logs.
: "${LOG_SUBPATH:=logs}"
if grep -qs LOG_SUBPATH "${strux_files[@]}"; then mkdir -p "$DEST/$LOG_SUBPATH"; fi
# Steps know its parts joined; handlers, as an array.
unset EXTRA_IMAGE_SUFFIXES
strux_known="$(strux_names)"
strux_defaults

strux_failed() {
  local strux_code="$1" strux_index strux_file strux_number
  # The function itself returned the code, without a failed command of its own: its last command is a list such as
  # `[[ … ]] && …`.
  if [[ -n "${strux_frozen:-}" && "${FUNCNAME[1]:-main}" == main ]]; then
    shopt -s extdebug
    read -r _ strux_number strux_file < <(declare -F "$strux_function")
    shopt -u extdebug
    printf 'error: %s:%s: exit code %s: the last command of %s returned %s; end the function with "return 0"\n' \
      "${strux_file#"$PROJECT_FOLDER"/}" "$strux_number" "$strux_code" "$strux_function" "$strux_code" >&2
    return 0
  fi
  for ((strux_index = 1; strux_index < ${#BASH_SOURCE[@]}; strux_index++)); do
    strux_file="${BASH_SOURCE[strux_index]}" strux_number="${BASH_LINENO[strux_index - 1]}"
    [[ -f "$strux_file" ]] || continue
    printf 'error: %s:%s: exit code %s: %s\n' "${strux_file#"$PROJECT_FOLDER"/}" "$strux_number" "$strux_code" \
      "$(strux_line "$strux_file" "$strux_number")" >&2
    return 0
  done
}

strux_ended() {
  local strux_code="$1"
  ((strux_code == 0)) || strux_clean_up
}

eval "strux_outer=($(trap -p EXIT))"
strux_at_exit='strux_ended $?; '"${strux_outer[2]:-}"
trap "$strux_at_exit" EXIT
trap 'strux_failed $?' ERR

for strux_file in "${strux_files[@]}"; do
  EXTENSION_FILE="$strux_file" EXTENSION_DIR="${strux_file%/*}" . "$strux_file"
done
if [[ ! -e "$STRUX_SESSION.begun" ]]; then
  # The first handler of this step. Files write to drop-in folders that the original's larger system has.
  if [[ -d "${SDCARD:-}/etc" ]]; then
    mkdir -p "$SDCARD"/etc/{modprobe.d,modules-load.d,sudoers.d,sysctl.d,systemd/network,udev/rules.d,update-motd.d}
  fi
  : >"$STRUX_SESSION.begun"
  rm -f "$STRUX_SESSION.cleanup" "$strux_folder/$strux_step.sh"
  mkdir -p "$strux_folder"
  eval "$strux_initial"
  if [[ -n "$strux_after" && -e "$strux_folder/$strux_after.sh" ]]; then . "$strux_folder/$strux_after.sh"; fi
else
  . "$strux_folder/$strux_step.sh"
fi
strux_frozen=yes
if [[ -d "$strux_working_folder" ]]; then cd "$strux_working_folder"; fi

# After an error in an expression, such as a division by zero, bash abandons the whole command and goes on behind it,
# in spite of errexit.
{ "$strux_function"; strux_at_end=yes; }
if [[ "${strux_at_end:-}" != yes ]]; then
  printf 'error: %s: bash abandoned it after the error in an expression that is shown above\n' "$strux_function" >&2
  exit 1
fi

# A handler may have set a trap of its own, which replaced this one.
eval "strux_theirs=($(trap -p EXIT))"
if [[ "${strux_theirs[2]:-}" != "$strux_at_exit" ]]; then trap "$strux_at_exit; ${strux_theirs[2]:-}" EXIT; fi

strux_keep "$strux_known" >"$strux_folder/.$strux_step.sh"
mv "$strux_folder/.$strux_step.sh" "$strux_folder/$strux_step.sh"

# The step's end runs the cleanup handlers that are left, with the functions and variables of now.
if [[ -s "$STRUX_SESSION.cleanup" ]]; then
  {
    printf 'strux_known=" "\n'
    strux_keep ''
    declare -p STRUX_SESSION
    declare -f
    printf 'strux_clean_up\n'
  } >"$STRUX_SESSION.clean-up.sh"
fi
