#!/usr/bin/env bash
# genimage.sh -c CONFIG: makes disk images with genimage, in BINARIES_DIR and from the files there. Further words are
# ignored, so that it can be a post-image script itself.
set -e

die() {
  echo "genimage.sh: $*" >&2
  exit 1
}

config=
while [ $# -gt 0 ]; do
  case $1 in
    -c)
      [ $# -gt 1 ] || die '-c needs a configuration'
      config=$2
      shift
      ;;
    -c?*) config=${1#-c} ;;
    --) ;;
    -*) die "there is no option $1; -c CONFIG is the only one" ;;
  esac
  shift
done
[ -n "$config" ] || die 'no configuration: genimage.sh -c CONFIG'
[ -f "$config" ] || die "there is no configuration $config in $PWD"

empty=$(mktemp -d)
trap 'rm -rf "$empty"' EXIT
rm -rf "$BUILD_DIR/genimage.tmp"
genimage --rootpath "$empty" --tmppath "$BUILD_DIR/genimage.tmp" --inputpath "$BINARIES_DIR" --outputpath "$BINARIES_DIR" \
  --config "$config"

grep -qs '^BR2_PACKAGE_HOST_BMAP_TOOLS=y' "$BR2_CONFIG" || exit 0
# Disks, not the filesystems that they are made of.
awk '$1 == "image" { name = $2; gsub(/["{]/, "", name) } /^[[:space:]]*hdimage[[:space:]{]/ { print name }' "$config" |
  while IFS= read -r image; do
    if [ -f "$BINARIES_DIR/$image" ]; then bmaptool create -o "$BINARIES_DIR/$image.bmap" "$BINARIES_DIR/$image"; fi
  done
