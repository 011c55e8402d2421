# From the outputs of each package, made anew each time, so that nothing stays of packages and files that are gone:
#   host, staging   the folders that scripts know as HOST_DIR and STAGING_DIR
#   files           what goes into the root filesystem; files.list says which package each file is from
# and the images of packages into the output folder.
base=$BSP_CACHE_DIR/packages
draft=$base/.draft
rm -rf "$draft"
mkdir -p "$draft"/{host,staging,files} "$PROJECT_DIST_OUTPUT_FOLDER"
ln -sfn . "$draft/host/usr"
: >"$draft/debian"

# Path to type and package: `f NAME` for files and links, `d NAME` for folders, which several packages may have.
declare -A in_rootfs=() in_images=()

# replaces A B: whether package A may overwrite files of package B.
replaces() { jq -e --arg a "$1" --arg b "$2" '.packages[] | select(.id == $a) | .replaces // [] | index($b)' <<<"$STEP_CONFIG" >/dev/null; }

# claim OWNERS PLACE TYPE PACKAGE PATH: whether the package's file is copied, or its folder is new. PLACE is for messages.
claim() {
  local -n owners=$1
  local place=$2$5 type=$3 id=$4 path=$5 other=${owners[$5]:-} of
  if [ -n "$other" ]; then
    of=${other#? }
    case ${other%% *}$type in
      dd) return 1 ;;
      df) fail "two packages install $place: $of a folder, and $id a file" 'Install one of them elsewhere.' ;;
      fd) fail "two packages install $place: $of a file, and $id a folder" 'Install one of them elsewhere.' ;;
      ff)
        if replaces "$of" "$id"; then return 1; fi
        replaces "$id" "$of" || fail "two packages install $place: $of and $id" \
          "If one of them is to win, give it replaces: ['$of'] or replaces: ['$id']."
        ;;
    esac
  fi
  owners[$path]="$type $id"
}

# claim_all OWNERS PLACE PACKAGE KIND: everything in that output of the package; what is to be copied, to a list.
claim_all() {
  local from=$base/per-package/$3/$4 type path
  [ -d "$from" ] || return 0
  while IFS= read -r -d '' path; do
    type=f
    if [ "${path%% *}" = d ]; then type=d; fi
    path=${path#* }
    if claim "$1" "$2" "$type" "$3" "$path"; then printf './%s\0' "$path"; fi
  done < <(find "$from" -mindepth 1 -printf '%y %P\0' | sort -z -k 2) >"$draft/$3.$4"
}

# copy PACKAGE KIND TO: a folder has the mode that it has in the first package.
copy() {
  [ -s "$draft/$1.$2" ] || return 0
  rsync -a --no-owner --no-group --ignore-times --from0 --files-from="$draft/$1.$2" --no-implied-dirs "$base/per-package/$1/$2/" "$3/"
}

# files_of OWNERS: the paths of all files.
files_of() {
  local -n listed=$1
  local path
  for path in "${!listed[@]}"; do
    if [[ ${listed[$path]} == f* ]]; then printf '%s\n' "$path"; fi
  done | sort
}

mapfile -t packages < <(jq -r '.packages[].id' <<<"$STEP_CONFIG")
for id in "${packages[@]}"; do
  claim_all in_rootfs / "$id" target
  claim_all in_images 'the image ' "$id" images
done

# Images that an earlier build put there.
if [ -f "$base/images.list" ]; then
  while IFS= read -r path; do rm -f "$PROJECT_DIST_OUTPUT_FOLDER/$path"; done <"$base/images.list"
fi
files_of in_images >"$base/images.list"

for id in "${packages[@]}"; do
  for kind in host staging; do
    if [ -d "$base/per-package/$id/$kind" ]; then rsync -a -K "$base/per-package/$id/$kind/" "$draft/$kind/"; fi
  done
  copy "$id" target "$draft/files"
  copy "$id" images "$PROJECT_DIST_OUTPUT_FOLDER"
  if [ -f "$base/per-package/$id/debian-packages" ]; then cat "$base/per-package/$id/debian-packages" >>"$draft/debian"; fi
done

while IFS= read -r path; do printf 'file\t%s\t%s\n' "$path" "${in_rootfs[$path]#? }"; done < <(files_of in_rootfs) >"$draft/files.list"
sort -u "$draft/debian" | sed 's/^/debian\t/' >>"$draft/files.list"

for made in host staging files files.list; do
  rm -rf "${base:?}/$made"
  mv -T "$draft/$made" "$base/$made"
done
rm -rf "$draft"
