# systemd-boot from the suite's package for the board: an EFI program that reads loader/ of the partition that
# it was started from.
only_for_u_boot
case $TARGET_ARCH in
  x86_64) program=systemd-bootx64.efi ;;
  arm64) program=systemd-bootaa64.efi ;;
  armhf) program=systemd-bootarm.efi ;;
esac
version=$(config '."boot.bootloader".version')
file=$(fetch_debian deb "systemd-boot-efi${version:+=$version}")
progress 'Unpacking systemd-boot'
unpack_deb "$scratch/systemd-boot" "$file" ./usr/lib/systemd/boot/efi
install -D -m 644 "$scratch/systemd-boot/usr/lib/systemd/boot/efi/$program" "$draft/efi/BOOT/$efi_program"
put_in_place
