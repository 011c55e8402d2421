# apply_patches FOLDER FILE...: in this order, with patch -p1; the first failure ends the step.
apply_patches() {
  local folder=$1 file
  shift
  for file in "$@"; do
    file=$(realpath -ms "$file")
    [ -f "$file" ] || fail "the patch ${file#"$PROJECT_FOLDER"/} is missing"
    progress "Applying $(basename "$file")"
    apply_patch "$folder" "$file"
  done
}

# apply_patch FOLDER FILE [OPTION...]: the folder is fresh, so a half-applied patch does no harm when the step
# fails.
apply_patch() {
  local folder=$1 file=$2 words
  local options=(-p1 --directory="$folder" --input="$file" --batch --no-backup-if-mismatch --reject-file=- "${@:3}")
  if words=$(patch "${options[@]}" --forward 2>&1); then
    if grep -q -e '^Hunk.*\(fuzz\|offset\)' <<<"$words"; then grep -e '^patching file' -e '^Hunk' <<<"$words"; fi
  elif all_skipped "$words" && patch "${options[@]}" --reverse --dry-run >/dev/null 2>&1; then
    warn "${file#"$PROJECT_FOLDER"/} is already in the source; remove the patch"
  else
    fail "the patch ${file#"$PROJECT_FOLDER"/} does not apply:" "$(refusals "$words")" \
      'It must fit the source after the patches before it, with paths that begin with one folder (a/, b/).'
  fi
}

# Whether the patch changed nothing because all of its changes were already made.
all_skipped() {
  [ "$(grep -c '^patching file' <<<"$1")" = "$(grep -c 'Skipping patch' <<<"$1")" ] && ! grep -q FAILED <<<"$1"
}

# From patch's output: the hunks that failed, each with its file.
refusals() {
  local line file= found=
  while IFS= read -r line; do
    case $line in
      'patching file '*) file=${line#patching file } ;;
      *FAILED* | *ignored* | "can't find file"* | *'Only garbage'* | *malformed* | *'not supported'* | *'unexpectedly ends'* | *'Reversed (or previously applied)'*)
        echo "  ${file:+$file: }$line"
        found=yes
        ;;
    esac
  done <<<"$1"
  if [ -z "$found" ]; then sed 's/^/  /' <<<"$1" | tail -n 8; fi
}
