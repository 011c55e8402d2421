# A Debian root filesystem with the packages that a kiosk needs, as C/rootfs-base.tar.gz.
suite=$(config .suite)
draft=$BSP_CACHE_DIR/.rootfs-base.tar
trap 'disable_emulation; rm -f "$draft" "$draft.gz"' EXIT

packages=(
  systemd systemd-sysv udev dbus kmod iproute2 ca-certificates e2fsprogs initramfs-tools zstd
  systemd-resolved libnss-resolve
)
if enabled .cage; then
  packages+=(
    seatd libseat1 cage wlr-randr xkb-data libinput-bin
    libgl1-mesa-dri libegl-mesa0 libegl1 libgles2 libgbm1 fonts-dejavu-core
  )
fi
# Media support that web pages expect, unless the project wants a small image.
if enabled .media; then
  packages+=(
    gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly
    gstreamer1.0-libav gstreamer1.0-gl gstreamer1.0-alsa
  )
fi
if [ "$(config .fonts)" = all ]; then packages+=(fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji); fi
if [ "$(config .gpu_drivers)" = all ]; then
  packages+=(mesa-vulkan-drivers mesa-va-drivers)
  if [ "$debian_arch" = amd64 ]; then packages+=(intel-media-va-driver); fi
fi
if enabled .wpe; then packages+=(cog libwpebackend-fdo-1.0-1 libjson-glib-1.0-0); fi
# Plymouth's initramfs hook calls fc-cache.
if enabled .splash; then packages+=(plymouth fontconfig); fi
if enabled .debian_kernel; then
  case $debian_arch in
    armhf) packages+=(linux-image-armmp) ;;
    *) packages+=("linux-image-$debian_arch") ;;
  esac
fi

# Downloads by apt for a suite and architecture are kept for all BSPs: packages, and the indexes they were
# chosen from.
kept=$SHARED_CACHE_DIR/.sources/apt/$suite-$debian_arch
mkdir -p "$kept/archives" "$kept/base-lists"

# This builder's archive settings, for the project's suite.
here=$(. /etc/os-release && echo "$VERSION_CODENAME")
# Its name becomes the name of a file in the root filesystem.
sources=${STRUX_SCRATCH:-/tmp}/debian.list
apt-get -qq update || true
# indextargets lists only fetched indexes: nothing without a network.
apt-get indextargets --format 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
  sort -u | sed -E "s/ $here(-[a-z]+)? / $suite\1 /" >"$sources"
offline=
if [ -s "$sources" ]; then
  cp "$sources" "$kept/base.list"
elif [ -s "$kept/base.list" ]; then
  warn "Debian's packages cannot be looked up; the root filesystem is made from the kept ones"
  cp "$kept/base.list" "$sources"
  offline=yes
else
  fail "Debian's packages cannot be looked up, and none are kept for $suite on $debian_arch" \
    'This takes a network, or builder.mirror in strux.config.ts.'
fi

# Puts kept packages where apt looks before it downloads; apt still verifies them.
before=$(mktemp)
cat >"$before" <<'BEFORE'
set -e
mkdir -p "$1/var/cache/apt/archives" "$1/var/lib/apt/lists"
rsync -rt --include='*.deb' --exclude='*' "$2/archives/" "$1/var/cache/apt/archives/"
if [ -n "$3" ]; then rsync -rt "$2/base-lists/" "$1/var/lib/apt/lists/"; fi
BEFORE
keep=$(mktemp)
cat >"$keep" <<'KEEP'
set -e
rsync -rt --ignore-existing --chmod=F644 --include='*.deb' --exclude='*' "$1/var/cache/apt/archives/" "$2/archives/"
rsync -rt --delete --chmod=F644 --exclude=/lock --exclude=/partial --exclude=/auxfiles "$1/var/lib/apt/lists/" "$2/base-lists/"
KEEP

# Runs before packages are configured: limits the initramfs to the drivers of a virtual machine's disk and
# screen.
setup=$(mktemp)
cat >"$setup" <<'SETUP'
set -e
mkdir -p "$1/etc/initramfs-tools/conf.d" "$1/etc/kernel"
printf '%s\n' virtio_pci virtio_mmio virtio_blk virtio_scsi virtio_gpu sd_mod ahci nvme usb_storage uas mmc_block \
  sdhci_pci sdhci_acpi ext4 >"$1/etc/initramfs-tools/modules"
printf 'MODULES=list\nCOMPRESS=zstd\n' >"$1/etc/initramfs-tools/conf.d/strux"
if [ "$2" = true ]; then printf 'FRAMEBUFFER=y\n' >>"$1/etc/initramfs-tools/conf.d/strux"; fi
# The device starts services, not the installation of their packages.
printf '#!/bin/sh\nexit 101\n' >"$1/usr/sbin/policy-rc.d"
chmod 755 "$1/usr/sbin/policy-rc.d"
SETUP
splash=false
if enabled .splash; then splash=true; fi

# Removes files that differ between installations although nothing has changed.
cleanup=$(mktemp)
cat >"$cleanup" <<'CLEANUP'
set -e
root=$1
rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/*
rm -f "$root/usr/sbin/policy-rc.d" "$root/etc/hostname" "$root/etc/resolv.conf" "$root/etc/.resolv.conf.systemd-resolved.bak"
# What apt and dpkg are given for the build, as --aptopt and --dpkgopt.
rm -f "$root/etc/apt/apt.conf.d/99mmdebstrap" "$root/etc/dpkg/dpkg.cfg.d/99mmdebstrap"
rm -rf "$root"/var/cache/ldconfig/* "$root"/var/cache/fontconfig/* "$root"/var/cache/debconf/*-old "$root"/var/log/* \
  "$root"/var/lib/systemd/catalog/database "$root"/var/lib/dpkg/*-old "$root"/etc/*- "$root"/tmp/* "$root"/run/*
: >"$root/etc/machine-id"
rm -f "$root/var/lib/dbus/machine-id" "$root/var/lib/systemd/random-seed"
# The date of the last password change, in days since 1970: otherwise the day of the build.
sed -i -E "s/^([^:]*:[^:]*:)[0-9]+:/\1$(($SOURCE_DATE_EPOCH / 86400)):/" "$root/etc/shadow"
CLEANUP

enable_emulation
progress "Bootstrapping Debian $suite for $debian_arch"
nameless mmdebstrap --mode=root --variant=minbase --format=tar --architectures="$debian_arch" \
  --include="$(IFS=,; echo "${packages[*]}")" \
  --aptopt='Acquire::Retries "3"' --aptopt='APT::Install-Recommends "false"' \
  "${dpkg_options[@]/#/--dpkgopt=}" \
  --skip=download/empty --skip=essential/unlink ${offline:+--skip=update} \
  --setup-hook="sh $before \"\$1\" '$kept' $offline" \
  --essential-hook="sh $setup \"\$1\" $splash" \
  --customize-hook="sh $keep \"\$1\" '$kept'" \
  --customize-hook="sh $cleanup \"\$1\"" \
  "$suite" "$draft" "$sources" 2> >(grep -vE '^W: gpg --version|^I: (downloading|removing|automatically|chroot arch|running|installing|extracting|done|success|waiting|cleaning|creating|arm|using|Detected|detected)' >&2)

progress 'Compressing'
pigz -n -6 "$draft"
mv "$draft.gz" "$BSP_CACHE_DIR/rootfs-base.tar.gz"
