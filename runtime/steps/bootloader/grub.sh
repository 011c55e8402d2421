# GRUB as an EFI program that reads /grub/grub.cfg from the partition that it was started from; for x86_64 also
# for BIOS.
only_for_u_boot

case $TARGET_ARCH in
  x86_64) platform=x86_64-efi package=grub-efi-amd64-bin ;;
  arm64) platform=arm64-efi package=grub-efi-arm64-bin ;;
  armhf) platform=arm-efi package=grub-efi-arm-bin ;;
esac
version=$(config '."boot.bootloader".version')

# Modules that a menu on FAT or ext4 needs; those that the platform lacks are left out.
WANTED='part_gpt part_msdos fat ext2 squash4 iso9660 normal linux chain configfile search search_fs_file search_fs_uuid
search_label echo test true cat ls sleep halt reboot gzio zstd loadenv minicmd terminal serial all_video efi_gop gfxterm fdt'

# grub_image PACKAGE PLATFORM PROGRAM ARGUMENT...
grub_image() {
  local package=$1 platform=$2 program=$3 file name modules=()
  file=$(fetch_debian deb "$package${version:+=$version}")
  unpack_deb "$scratch/$package" "$file" ./usr/lib/grub
  grub_modules=$scratch/$package/usr/lib/grub/$platform
  for name in $WANTED; do
    if [ -f "$grub_modules/$name.mod" ]; then modules+=("$name"); fi
  done
  mkdir -p "$(dirname "$program")"
  grub-mkimage --directory="$grub_modules" --format="$platform" --output="$program" "${@:4}" "${modules[@]}"
}

progress "Making GRUB for $platform"
# A prefix without a device means the partition that the firmware started the program from.
grub_image "$package" "$platform" "$draft/efi/BOOT/$efi_program" --prefix=/grub
if [ "$TARGET_ARCH" = x86_64 ]; then
  progress 'Making GRUB for BIOS'
  # A BIOS does not pass on the partition.
  printf 'search --no-floppy --set=root --file /grub/grub.cfg\nset prefix=($root)/grub\nconfigfile /grub/grub.cfg\n' >"$scratch/bios.cfg"
  grub_image grub-pc-bin i386-pc "$draft/bios/core.img" --prefix=/grub --config="$scratch/bios.cfg" biosdisk
  cp "$grub_modules/boot.img" "$draft/bios/boot.img"
fi
put_in_place
