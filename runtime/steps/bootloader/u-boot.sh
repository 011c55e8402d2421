# U-Boot: C/bootloader is its build's output folder (O=), with all files under U-Boot's own names.
tree=$BSP_CACHE_DIR/bootloader-source
output=$draft

u_boot_make() {
  make --no-print-directory -C "$tree" O="$output" "${CTHREADS:--j$(nproc)}" CROSS_COMPILE="$cross_compile" LOCALVERSION= "$@"
}

# Copies all of the BSP's declared device trees and includes into one folder.
copy_device_trees() {
  local folder=$1 file
  while IFS= read -r file; do
    [ -d "$(own_path "$file")" ] || fail "there is no folder $file (boot.bootloader.device_tree.include_paths)"
    cp -r "$(own_path "$file")/." "$folder/"
  done < <(list '."boot.bootloader".device_tree.include_paths')
  while IFS= read -r file; do
    [ -f "$(own_path "$file")" ] || fail "the device tree $file is missing (boot.bootloader.device_tree)"
    cp "$(own_path "$file")" "$folder/"
  done < <(list '."boot.bootloader".device_tree.dtsi'; list '."boot.bootloader".device_tree.dts')
}

# Adds the BSP's sources to U-Boot's own device trees, so that U-Boot compiles them.
add_device_trees() {
  local folder file name names=()
  folder=$tree/arch/$(u_boot_arch)/dts
  [ -d "$folder" ] || fail "this U-Boot has no folder ${folder#"$tree"/} for device trees"
  copy_device_trees "$folder"
  while IFS= read -r file; do
    name=$(basename "$file" .dts)
    names+=("$name")
    printf 'dtb-y += %s.dtb\n' "$name" >>"$folder/Makefile"
  done < <(list '."boot.bootloader".device_tree.dts')
  tree_names="${names[*]}"
}

u_boot_arch() { if [ "$TARGET_ARCH" = x86_64 ]; then echo x86; else echo arm; fi; }

# The settings that make U-Boot use them. Settings that this U-Boot or board does not know are left out.
device_tree_settings() {
  local known=$output/.config
  printf 'CONFIG_DEFAULT_DEVICE_TREE="%s"\n' "${tree_names%% *}"
  if grep -q '^CONFIG_OF_LIST=' "$known"; then printf 'CONFIG_OF_LIST="%s"\n' "$tree_names"; fi
  if grep -q '^CONFIG_SPL_OF_LIST=' "$known"; then printf 'CONFIG_SPL_OF_LIST="%s"\n' "$tree_names"; fi
  # Otherwise U-Boot would search its separate folder of kernel device trees.
  if grep -q '^CONFIG_OF_UPSTREAM=y' "$known"; then printf '# CONFIG_OF_UPSTREAM is not set\n'; fi
  if grep -q '^CONFIG_OF_EMBED=y' "$known"; then printf '# CONFIG_OF_EMBED is not set\nCONFIG_OF_SEPARATE=y\n'; fi
  if grep -q '^CONFIG_OF_ALL_DTBS=y' "$known"; then printf '# CONFIG_OF_ALL_DTBS is not set\n'; fi
}

# Compiles copies outside the tree, so that undeclared files are not found.
compile_standalone() {
  local place=$scratch/device-trees file folder includes=() first=
  mkdir -p "$place"
  copy_device_trees "$place"
  for folder in "$tree"/{include,dts/upstream/include,arch/$(u_boot_arch)/dts,dts/upstream/src/arm64,dts/upstream/src/arm64/*/}; do
    if [ -d "$folder" ]; then includes+=("$folder"); fi
  done
  while IFS= read -r file; do
    file=$(basename "$file")
    compile_device_tree "$place/$file" "$output/external-dtbs/${file%.dts}.dtb" dtc "${includes[@]}"
    if [ -z "$first" ]; then first=$output/external-dtbs/${file%.dts}.dtb; fi
  done < <(list '."boot.bootloader".device_tree.dts')
  tree_variables=(EXT_DTB="$first")
}

# Some vendors' trees always build in the source folder.
take_from_tree() {
  local name
  for name in "$tree"/u-boot* "$tree"/*.{bin,img,itb} "$tree"/{MLO,.config,System.map,spl,tpl}; do
    if [ -e "$name" ]; then cp -r "$name" "$draft/"; fi
  done
}

defconfig=$(config '."boot.bootloader".defconfig')
[ -n "$defconfig" ] || fail 'boot.bootloader.defconfig is missing' 'U-Boot cannot be built without, such as qemu_arm64_defconfig.'
collect_fragments '."boot.bootloader".fragments' boot.bootloader.fragments
stage_blobs
mapfile -t patches < <(list '."boot.bootloader".patches')
source=$(config '."boot.bootloader".source')
place_source "$tree" "${source:-deb-src:u-boot}" "$BSP_FOLDER" "$(config '."boot.bootloader".sha256')" "${patches[@]/#/$BSP_FOLDER/}"
[ -f "$tree/Makefile" ] || fail "there is no Makefile in ${source:-deb-src:u-boot}: that is no source of U-Boot"

found=$(make --no-print-directory -s -C "$tree" ubootversion 2>/dev/null) || found=
version=$(config '."boot.bootloader".version')
if [[ -n $found && -n $version && $found != "$version"* ]]; then
  warn "boot.bootloader.version is '$version', but the source is $found"
fi

tree_names= tree_variables=()
has_trees=$(jq '."boot.bootloader".device_tree != null' <<<"$STEP_CONFIG")
standalone=$(jq '."boot.bootloader".device_tree.standalone == true' <<<"$STEP_CONFIG")
if [ "$has_trees $standalone" = 'true false' ]; then add_device_trees; fi

progress "Configuring U-Boot $found"
u_boot_make "$defconfig" || fail "U-Boot has no configuration '$defconfig' (boot.bootloader.defconfig), or it cannot be made"
if [ ! -f "$output/.config" ] && [ -f "$tree/.config" ]; then
  warn 'this U-Boot ignores the folder that it is given for its output'
  output=$tree
fi
if [ -n "$tree_names" ]; then
  device_tree_settings >"$scratch/settings"
  add_fragment boot.bootloader.device_tree <"$scratch/settings"
  tree_variables=(DEVICE_TREE="${tree_names%% *}")
fi
merge_fragments "$tree" "$output" u_boot_make
if [ "$has_trees $standalone" = 'true true' ]; then compile_standalone; fi

progress "Compiling U-Boot $found"
u_boot_make "${blob_variables[@]}" "${tree_variables[@]}"
if [ "$output" != "$draft" ]; then take_from_tree; fi
put_in_place
