# The work of phases as each infrastructure does it. Arguments are those of the definition.

# words KEY: the arguments in the recipe of a phase, to the array `words`.
words() {
  mapfile -d '' -t words < <(jq -j --arg phase "$1" --arg key "$2" '.phases[$phase].settings[$key] // [] | .[] | (., "\u0000")' <<<"$STEP_CONFIG")
  fill_marks words
}

# The texts of packages from makefiles have marks such as @STRUX_STAGING_DIR@ for values that only the build knows.
# fill_marks ARRAY: puts the values into the elements of an array.
fill_marks() {
  local -n filled=$1
  local i name
  for i in "${!filled[@]}"; do
    while [[ ${filled[i]} =~ @STRUX_([A-Z0-9_]+)@ ]]; do
      name=${BASH_REMATCH[1]}
      filled[i]=${filled[i]//"@STRUX_${name}@"/"${!name-}"}
    done
  done
}

# Where cmake and meson put their products.
build_folder() { realpath -ms -- "$(source_folder)/$(config '.build_folder // ".strux-build"')"; }

# with_environment PHASE KEY COMMAND…: with the variables in the recipe of a phase.
with_environment() {
  local settings
  mapfile -d '' -t settings < <(jq -j --arg phase "$1" --arg key "$2" \
    '.phases[$phase].settings[$key] // {} | to_entries[] | ("\(.key)=\(.value)", "\u0000")' <<<"$STEP_CONFIG")
  fill_marks settings
  env "${settings[@]}" "${@:3}"
}
with_conf_env() { with_environment configure conf_env "$@"; }
with_make_env() { with_environment build make_env "$@"; }

in_source() { (cd "$(source_folder)" && "$@"); }

configure_autotools() {
  local prefix=(--prefix="$HOST_DIR")
  words configure conf_opts
  if [ ! -x "$(source_folder)/configure" ]; then in_source autoreconf --force --install; fi
  if [ "$variant" = target ]; then
    prefix=(--host="$triplet" --build="$(gcc -dumpmachine)" --prefix=/usr --sysconfdir=/etc --localstatedir=/var
      --libdir="/usr/$library_folder")
  fi
  in_source with_conf_env ./configure "${prefix[@]}" --disable-dependency-tracking "${words[@]}"
}
build_autotools() { words build make_opts; in_source with_make_env make -j"$PARALLEL_JOBS" "${words[@]}"; }
install_autotools() { words build make_opts; in_source with_make_env make "${words[@]}" DESTDIR="${1:-}" install; }

configure_cmake() {
  local options=(-DCMAKE_INSTALL_PREFIX="$HOST_DIR" -DCMAKE_PREFIX_PATH="$HOST_DIR" '-DCMAKE_INSTALL_RPATH=$ORIGIN/../lib'
    -DCMAKE_INSTALL_LIBDIR=lib)
  words configure conf_opts
  if [ "$variant" = target ]; then
    cmake_toolchain >"$D/.strux-toolchain.cmake"
    options=(-DCMAKE_TOOLCHAIN_FILE="$D/.strux-toolchain.cmake" -DCMAKE_INSTALL_PREFIX=/usr
      -DCMAKE_INSTALL_LIBDIR="$library_folder" -DCMAKE_INSTALL_SYSCONFDIR=/etc -DCMAKE_INSTALL_LOCALSTATEDIR=/var)
  fi
  with_conf_env cmake -S "$(source_folder)" -B "$(build_folder)" -G Ninja -DCMAKE_BUILD_TYPE=Release -DBUILD_TESTING=OFF \
    -Wno-dev "${options[@]}" "${words[@]}"
}
cmake_toolchain() {
  local processor=$meson_family
  cat <<END
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR $processor)
set(CMAKE_C_COMPILER $TARGET_CC)
set(CMAKE_CXX_COMPILER $TARGET_CXX)
set(CMAKE_LIBRARY_ARCHITECTURE $triplet)
set(CMAKE_FIND_ROOT_PATH $STAGING_DIR)
set(CMAKE_PREFIX_PATH $STAGING_DIR/usr)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY BOTH)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE BOTH)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE BOTH)
END
}
build_cmake() { words build make_opts; with_make_env cmake --build "$(build_folder)" --parallel "$PARALLEL_JOBS" -- "${words[@]}"; }
install_cmake() { DESTDIR=${1:-} with_make_env cmake --install "$(build_folder)"; }

configure_meson() {
  local options=(--prefix="$HOST_DIR" --libdir=lib)
  words configure conf_opts
  if [ "$variant" = target ]; then
    meson_cross >"$D/.strux-cross.ini"
    options=(--cross-file "$D/.strux-cross.ini" --prefix=/usr --libdir="$library_folder" --sysconfdir=/etc --localstatedir=/var)
  fi
  rm -rf "$(build_folder)"
  # Meson takes flags from the cross file, and these variables for programs of the build machine.
  (if [ "$variant" = target ]; then unset CC CXX LD AR STRIP RANLIB CFLAGS CXXFLAGS CPPFLAGS LDFLAGS; fi
    with_conf_env meson setup "$(build_folder)" "$(source_folder)" --buildtype=release --wrap-mode=nodownload \
      "${options[@]}" "${words[@]}")
}
meson_list() { printf '%s\n' "$@" | jq -cRn '[inputs]' | tr '"' "'"; }
meson_cross() {
  # shellcheck disable=SC2086 # flags are words
  cat <<END
[binaries]
c = '$TARGET_CC'
cpp = '$TARGET_CXX'
ar = '$TARGET_AR'
strip = '$TARGET_STRIP'
pkg-config = 'pkg-config'
[built-in options]
c_args = $(meson_list $TARGET_CPPFLAGS $TARGET_CFLAGS)
cpp_args = $(meson_list $TARGET_CPPFLAGS $TARGET_CXXFLAGS)
c_link_args = $(meson_list $TARGET_LDFLAGS)
cpp_link_args = $(meson_list $TARGET_LDFLAGS)
[properties]
needs_exe_wrapper = $(enabled .native && echo false || echo true)
pkg_config_libdir = '$PKG_CONFIG_LIBDIR'
[host_machine]
system = 'linux'
cpu_family = '$meson_family'
cpu = '$meson_family'
endian = 'little'
END
}
build_meson() { words build make_opts; with_make_env ninja -C "$(build_folder)" -j "$PARALLEL_JOBS" "${words[@]}"; }
install_meson() { DESTDIR=${1:-} with_make_env meson install -C "$(build_folder)" --no-rebuild; }

configure_kernel_module() { :; }
module_make() {
  words build make_opts
  # Makefiles of modules name their own folder as $(PWD), which make would have from the caller.
  with_make_env make -C "$LINUX_DIR" PWD="$(source_folder)" M="$(source_folder)" ARCH="$kernel_arch" CROSS_COMPILE="$cross_compile" "${words[@]}" "$@"
}
build_kernel_module() { module_make -j"$PARALLEL_JOBS" modules; }
install_kernel_module() { module_make INSTALL_MOD_PATH="$1/usr" INSTALL_MOD_STRIP=1 DEPMOD=true modules_install; }

# A generic package does what its commands say.
configure_generic() { :; }
build_generic() { :; }
install_generic() { :; }
