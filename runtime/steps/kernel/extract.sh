# The first half of the kernel step: the patched source in C/kernel-source.
source=$(config '."boot.kernel".source')
version=$(config '."boot.kernel".version')
if [ -z "$source" ]; then
  [ -n "$version" ] || fail 'boot.kernel.source is missing' \
    "Name a source, such as 'deb:linux-source-6.12', or a version of Debian's kernel source: version: '6.12'."
  source=deb:linux-source-$version
fi
mapfile -t patches < <(jq -r '."boot.kernel".patches // [] | .[]' <<<"$STEP_CONFIG")
place_source "$BSP_CACHE_DIR/kernel-source" "$source" "$BSP_FOLDER" "$(config '."boot.kernel".sha256')" "${patches[@]/#/$BSP_FOLDER/}"
[ -f "$BSP_CACHE_DIR/kernel-source/Makefile" ] || fail "there is no Makefile in $source: this is not a kernel source"
