# The second part of the kernel step: the configuration with the fragments of the definition.
case $found in
  "$(config '."boot.kernel".version')"*) ;;
  *) warn "boot.kernel.version is '$(config '."boot.kernel".version')', but the source is $found" ;;
esac

progress "Configuring Linux $found"
own_config=$BSP_FOLDER/configs/kernel.config
defconfig=$(config '."boot.kernel".defconfig')
if [ -f "$own_config" ]; then
  cp "$own_config" "$tree/.config"
else
  kernel_make "${defconfig:-defconfig}" || fail "the kernel has no configuration '${defconfig:-defconfig}' (boot.kernel.defconfig)"
fi
collect_fragments '."boot.kernel".fragments' boot.kernel.fragments
merge_fragments "$tree" "$tree" kernel_make
mkdir -p "$WORK"
cp "$tree/.config" "$merged_config"

# For handlers of extensions.
KERNEL_MAJOR_MINOR=$(grep -oE '^[0-9]+\.[0-9]+' <<<"$found") || KERNEL_MAJOR_MINOR=$found
opts_y=() opts_m=() opts_n=()
declare -A opts_val=()
strux_publish KERNEL_MAJOR_MINOR opts_y opts_m opts_n opts_val
