# Compilers and flags for the variant, under the names that build systems know; TARGET_* and HOST* for hooks.

set_toolchain() {
  local libraries=/usr/lib/$triplet
  # The built-in rules of make take this variable for arguments of the compiler.
  export -n TARGET_ARCH
  export TARGET_CROSS=$cross_compile
  export TARGET_CC=${cross_compile}gcc TARGET_CXX=${cross_compile}g++ TARGET_LD=${cross_compile}ld
  export TARGET_AR=${cross_compile}ar TARGET_STRIP=${cross_compile}strip TARGET_RANLIB=${cross_compile}ranlib
  # Buildroot's compiler finds the headers of STAGING_DIR by itself, so its makefiles often pass on nothing else.
  export TARGET_CFLAGS="-O2 -g0 -I$STAGING_DIR/usr/include"
  export TARGET_CXXFLAGS=$TARGET_CFLAGS
  export TARGET_CPPFLAGS="-I$STAGING_DIR/usr/include"
  export TARGET_LDFLAGS="-L$STAGING_DIR$libraries -L$STAGING_DIR/usr/lib -Wl,-rpath-link,$STAGING_DIR$libraries:$STAGING_DIR/usr/lib"
  export HOSTCC=gcc HOSTCXX=g++ HOST_CFLAGS="-O2 -g0 -I$HOST_DIR/include" HOST_CPPFLAGS="-I$HOST_DIR/include"
  # Host programs find their libraries wherever HOST_DIR is.
  export HOST_LDFLAGS="-L$HOST_DIR/lib -Wl,-rpath,'\$\$ORIGIN/../lib'"
  library_folder=lib/$triplet
  if [ "$variant" = host ]; then
    export PKG_CONFIG_PATH=$HOST_DIR/lib/pkgconfig:$HOST_DIR/share/pkgconfig
  else
    export PKG_CONFIG_LIBDIR=$STAGING_DIR$libraries/pkgconfig:$STAGING_DIR/usr/lib/pkgconfig:$STAGING_DIR/usr/share/pkgconfig:$libraries/pkgconfig:/usr/share/pkgconfig
  fi
  if needs_kernel; then
    export LINUX_DIR LINUX_VERSION KERNEL_ARCH=$kernel_arch
    LINUX_DIR=$(kernel_folder)
    LINUX_VERSION=$(make --no-print-directory -s -C "$LINUX_DIR" kernelrelease 2>/dev/null || true)
  fi
  # The kernel's build system chooses its compilers itself.
  if [ "$infra" = kernel-module ]; then
    :
  elif [ "$variant" = target ]; then
    export CC=$TARGET_CC CXX=$TARGET_CXX LD=$TARGET_LD AR=$TARGET_AR STRIP=$TARGET_STRIP RANLIB=$TARGET_RANLIB
    export CFLAGS=$TARGET_CFLAGS CXXFLAGS=$TARGET_CXXFLAGS CPPFLAGS=$TARGET_CPPFLAGS LDFLAGS=$TARGET_LDFLAGS
  else
    export CC=gcc CXX=g++ CFLAGS=$HOST_CFLAGS CXXFLAGS=$HOST_CFLAGS CPPFLAGS=$HOST_CPPFLAGS
    export LDFLAGS="-L$HOST_DIR/lib -Wl,-rpath,$HOST_DIR/lib"
  fi
}

needs_kernel() { [ "$infra" = kernel-module ] || enabled .uses_kernel; }

# The configured tree of the BSP's kernel, or the headers of Debian's.
kernel_folder() {
  local found
  if enabled .custom_kernel; then echo "$BSP_CACHE_DIR/kernel-source"; return; fi
  found=$(compgen -G "/usr/src/linux-headers-*-$debian_arch" | sort -V | tail -n 1) || true
  [ -n "$found" ] || fail "$package_id is built against the kernel, and there are no kernel headers" \
    "Give dependencies: ['deb:linux-headers-$debian_arch'], or a kernel of the BSP: boot.kernel.custom_kernel."
  echo "$found"
}
