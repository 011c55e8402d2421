# What the tools call the architecture that is built for: Debian, the GNU toolchain, Go, meson.
case $TARGET_ARCH in
  x86_64) deb_arch=amd64 triplet=x86_64-linux-gnu go_arch=amd64 meson_family=x86_64 ;;
  arm64) deb_arch=arm64 triplet=aarch64-linux-gnu go_arch=arm64 meson_family=aarch64 ;;
  armhf) deb_arch=armhf triplet=arm-linux-gnueabihf go_arch=arm meson_family=arm ;;
  *)
    echo "there is no way to build for the architecture $TARGET_ARCH" >&2
    exit 1
    ;;
esac
