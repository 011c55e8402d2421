# Compilers and reproducibility settings. Kernel and U-Boot share most of their build system.
case $TARGET_ARCH in
  x86_64) triplet=x86_64-linux-gnu kernel_arch=x86 kernel_image=bzImage ;;
  arm64) triplet=aarch64-linux-gnu kernel_arch=arm64 kernel_image=Image ;;
  armhf) triplet=arm-linux-gnueabihf kernel_arch=arm kernel_image=zImage ;;
esac

# Always by its full name, so that the machine's own architecture is no special case. A user's own image may
# have only `gcc`.
cross_compile=$triplet-
if ! command -v "${cross_compile}gcc" >/dev/null; then
  [ "$(gcc -dumpmachine 2>/dev/null)" = "$triplet" ] || fail "the builder image has no compiler for $TARGET_ARCH (${cross_compile}gcc)"
  cross_compile=
fi

export KBUILD_BUILD_USER=strux KBUILD_BUILD_HOST=strux KBUILD_BUILD_VERSION=1
KBUILD_BUILD_TIMESTAMP=$(date -u -d "@$SOURCE_DATE_EPOCH" '+%a %b %e %H:%M:%S UTC %Y')
export KBUILD_BUILD_TIMESTAMP
# The project may be a git repository, but its commits say nothing about the source in dist/.
export GIT_CEILING_DIRECTORIES=$BSP_CACHE_DIR:$WORK
