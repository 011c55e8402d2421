# Names of the target architecture in other tools: the GNU toolchain, Go, meson.
case $TARGET_ARCH in
  x86_64) triplet=x86_64-linux-gnu go_arch=amd64 meson_family=x86_64 ;;
  arm64) triplet=aarch64-linux-gnu go_arch=arm64 meson_family=aarch64 ;;
  armhf) triplet=arm-linux-gnueabihf go_arch=arm meson_family=arm ;;
esac
