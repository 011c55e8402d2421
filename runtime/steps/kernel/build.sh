# The last part of the kernel step: kernel, modules and device trees, in C/kernel.
draft=$WORK/kernel
rm -rf "$draft"
mkdir -p "$draft"

progress "Compiling Linux $found"
kernel_make "$kernel_image"
if grep -q '^CONFIG_MODULES=y' "$tree/.config"; then
  progress "Compiling the modules of Linux $found"
  kernel_make modules
  kernel_make INSTALL_MOD_PATH="$draft/modules" modules_install
fi

dts=$tree/arch/$kernel_arch/boot/dts

# in_tree NAME ENDING: the path below the kernel's device tree folder, without ending. NAME may omit folders.
in_tree() {
  local name=${1%.dt[sb]} found
  name=${name%.dt[sb]o}
  if [ -f "$dts/$name.${2/b/s}" ]; then echo "$name"; return; fi
  found=$(cd "$dts" 2>/dev/null && find . -path "*/$name.${2/b/s}" | sed "s,^\./,,; s,\.${2/b/s}$,,")
  [ -n "$found" ] || fail "the kernel has no device tree source $name.${2/b/s} for $TARGET_ARCH" "A file of the BSP begins with ./"
  [ "$(wc -l <<<"$found")" = 1 ] || fail "the kernel has several device trees called $name:" "$found" 'Write the folder too.'
  echo "$found"
}

# install_tree NAME ENDING: installs a device tree of the kernel or of the BSP.
install_tree() {
  local name=$1 ending=$2 path source base
  if [[ $name != ./* ]]; then
    path=$(in_tree "$name" "$ending")
    kernel_make "$path.$ending"
    [ ! -e "$draft/dtbs/$(basename "$path").$ending" ] || fail "two device trees are called $(basename "$path").$ending"
    install -D -m 644 "$dts/$path.$ending" "$draft/dtbs/$(basename "$path").$ending"
    return
  fi
  source=$(own_path "$name")
  [ -f "$source" ] || fail "the device tree ${source#"$PROJECT_FOLDER"/} is missing"
  # Listed only so that its folder is searched.
  if [[ $name == *.dtsi ]]; then return; fi
  base=$(basename "$name")
  compile_device_tree "$source" "$draft/dtbs/${base%.*}.$ending" "$dtc" "${include_paths[@]}" "${beside[@]}" "${kernel_includes[@]}"
  declared_files "$source" "$(realpath "$tree")" "${include_paths[@]}"
}

dtc=$tree/scripts/dtc/dtc
if [ ! -x "$dtc" ]; then dtc=dtc; fi
mapfile -t include_paths < <(jq -r '."boot.kernel".device_tree.include_paths // [] | .[]' <<<"$STEP_CONFIG")
for i in "${!include_paths[@]}"; do include_paths[i]=$(own_path "${include_paths[i]}"); done
for folder in "${include_paths[@]}"; do
  [ -d "$folder" ] || fail "there is no folder ${folder#"$PROJECT_FOLDER"/} (boot.kernel.device_tree.include_paths)"
done
mapfile -t own_trees < <(jq -r '."boot.kernel".device_tree.dts // [] | if type == "string" then [.] else . end | .[]' <<<"$STEP_CONFIG")
mapfile -t overlays < <(jq -r '."boot.kernel".device_tree.overlays // [] | .[]' <<<"$STEP_CONFIG")
kernel_includes=("$tree/include" "$tree/scripts/dtc/include-prefixes" "$dts")
for name in "${own_trees[@]}"; do
  if [[ $name == *.dtsi ]]; then beside+=("$(own_path "$(dirname "$name")")"); fi
done
# Sources of the BSP include the chip's sources by bare name, but those lie in folders by vendor.
for folder in "$dts"/*/; do
  if [ -d "$folder" ]; then kernel_includes+=("${folder%/}"); fi
done
for name in "${own_trees[@]}"; do install_tree "$name" dtb; done
for name in "${overlays[@]}"; do install_tree "$name" dtbo; done

install -m 644 "$tree/arch/$kernel_arch/boot/$kernel_image" "$draft/$kernel_image"
cp "$draft/$kernel_image" "$draft/kernel.img"
cp "$tree/.config" "$draft/.config"
rm -rf "$BSP_CACHE_DIR/kernel"
mv -T "$draft" "$BSP_CACHE_DIR/kernel"
