# From the outputs of each package, made anew each time, so that nothing stays of packages and files that are gone:
#   host, staging   the folders that scripts know as HOST_DIR and STAGING_DIR
#   files           what goes into the root filesystem; files.list says which package each file is from
# and the images of packages into the output folder.
base=$BSP_CACHE_DIR/packages
draft=$base/.draft
rm -rf "$draft"
mkdir -p "$draft"/{host,staging,files} "$PROJECT_DIST_OUTPUT_FOLDER"
ln -sfn . "$draft/host/usr"
: >"$draft/files.list"
: >"$draft/debian"

declare -A owner=()

# replaces A B: whether package A may overwrite files of package B.
replaces() { jq -e --arg a "$1" --arg b "$2" '.packages[] | select(.id == $a) | .replaces // [] | index($b)' <<<"$STEP_CONFIG" >/dev/null; }

# claim PACKAGE PATH: for the package alone, unless it replaces the other or is replaced by it. Fails if the other
# package's file stays.
claim() {
  local other=${owner[$2]:-}
  if [ -n "$other" ] && replaces "$other" "$1"; then return 1; fi
  if [ -n "$other" ] && ! replaces "$1" "$other"; then
    fail "two packages install /$2: $other and $1" "If one of them is to win, give it replaces: ['$other'] or replaces: ['$1']."
  fi
  owner[$2]=$1
}

merge_files() {
  local id=$1 from=$base/per-package/$1/target path
  [ -d "$from" ] || return 0
  while IFS= read -r -d '' path; do
    if ! claim "$id" "$path"; then continue; fi
    mkdir -p "$(dirname "$draft/files/$path")"
    rm -rf "${draft:?}/files/$path"
    cp -a --no-preserve=ownership "$from/$path" "$draft/files/$path"
  done < <(cd "$from" && find . -mindepth 1 \( ! -type d -o -empty \) -printf '%P\0' | sort -z)
}

while IFS=$'\t' read -r id; do
  for kind in host staging; do
    if [ -d "$base/per-package/$id/$kind" ]; then rsync -a -K "$base/per-package/$id/$kind/" "$draft/$kind/"; fi
  done
  merge_files "$id"
  if [ -f "$base/per-package/$id/debian-packages" ]; then cat "$base/per-package/$id/debian-packages" >>"$draft/debian"; fi
done < <(jq -r '.packages[].id' <<<"$STEP_CONFIG")

for path in "${!owner[@]}"; do printf 'file\t%s\t%s\n' "$path" "${owner[$path]}"; done | sort >"$draft/files.list"
sort -u "$draft/debian" | sed 's/^/debian\t/' >>"$draft/files.list"

# Images that an earlier build put there, and no package makes any more.
if [ -f "$base/images.list" ]; then
  while IFS= read -r path; do rm -f "$PROJECT_DIST_OUTPUT_FOLDER/$path"; done <"$base/images.list"
fi
: >"$base/images.list"
for place in "$base"/per-package/*/images; do
  id=$(basename "$(dirname "$place")")
  if [ -d "$place" ] && jq -e --arg id "$id" 'any(.packages[]; .id == $id)' <<<"$STEP_CONFIG" >/dev/null; then
    (cd "$place" && find . -type f -printf '%P\n') >>"$base/images.list"
    cp -a --no-preserve=ownership "$place/." "$PROJECT_DIST_OUTPUT_FOLDER/"
  fi
done

for made in host staging files files.list; do
  rm -rf "${base:?}/$made"
  mv -T "$draft/$made" "$base/$made"
done
rm -rf "$draft"
