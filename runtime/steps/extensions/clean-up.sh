# At the end of a step with handlers of bash extensions, failed or not: runs the cleanup handlers that are left. Comes
# after helpers.sh.
STRUX_SESSION="${STRUX_SCRATCH:-/tmp}/.strux-extensions"
if [[ -s "$STRUX_SESSION.cleanup" ]]; then
  strux_known="$(strux_names)"
  mapfile -t strux_files <"$STRUX_SESSION.files"
  for strux_file in "${strux_files[@]}"; do
    EXTENSION_FILE="$strux_file" EXTENSION_DIR="${strux_file%/*}" . "$strux_file"
  done
  . "$PROJECT_DIST_CACHE_FOLDER/extension-variables/$strux_step.sh"
  strux_frozen=yes
  strux_clean_up
fi
