# The compositor of the device: the suite's Cage, or what the project names, and the environment that the board gives it.

# Copies, unpacks or fetches the project's source to $tree.
fetch_source() {
  local source=$1
  rm -rf "$tree"
  mkdir -p "$tree"
  if [ -d "$PROJECT_FOLDER/$source" ]; then
    rsync -a --exclude=.git --exclude=node_modules "$PROJECT_FOLDER/$source/" "$tree/"
  elif [ -f "$PROJECT_FOLDER/$source" ]; then
    check_sum "$PROJECT_FOLDER/$source"
    tar -xf "$PROJECT_FOLDER/$source" -C "$tree" --strip-components=1
  else
    fail "there is no $source"
  fi
}

check_sum() {
  local wanted
  wanted=$(config '."cage".sha256')
  [ -z "$wanted" ] || echo "${wanted,,}  $1" | sha256sum --check --quiet 2>/dev/null ||
    fail "$(config .cage.source) has the SHA-256 $(sha256sum <"$1" | cut -d' ' -f1)" "The configuration says $wanted."
}

apply_patches() {
  local patch
  while IFS= read -r patch; do
    [ -f "$PROJECT_FOLDER/$patch" ] || fail "there is no patch $patch"
    progress "applying $patch"
    patch --batch --forward -p1 -d "$tree" <"$PROJECT_FOLDER/$patch" || fail "$patch does not fit the source"
  done < <(jq -r '.cage.patches // [] | .[]' <<<"$STEP_CONFIG")
}

install_headers() {
  local names
  mapfile -t names < <(jq -r '.cage.packages // [] | .[]' <<<"$STEP_CONFIG")
  [ "${#names[@]}" -gt 0 ] || return 0
  progress "installing ${names[*]}"
  package_lists || { cat "$scratch/apt.log" >&2; fail "the Debian archive does not answer"; }
  apt-get -qq -y --no-install-recommends -o Dpkg::Options::=--force-overwrite install "${names[@]/%/:$debian_arch}" \
    >"$scratch/apt.log" 2>&1 || { cat "$scratch/apt.log" >&2; fail "the packages of cage.packages cannot be installed"; }
}

# Compiler, pkg-config and machine for meson; a cross file also where the target is the builder's own architecture would
# keep programs of the build from running, so there it says nothing.
write_machine_file() {
  if [ "$debian_arch" = "$(dpkg --print-architecture)" ]; then
    machine_options=()
    return
  fi
  # meson does not hand PKG_CONFIG_LIBDIR on to pkg-config everywhere.
  printf '#!/bin/sh\nexport PKG_CONFIG_LIBDIR=/usr/lib/%s/pkgconfig:/usr/share/pkgconfig\nexec pkg-config "$@"\n' "$triplet" \
    >"$scratch/pkg-config"
  chmod +x "$scratch/pkg-config"
  cat >"$scratch/cross" <<END
[binaries]
c = '$triplet-gcc'
cpp = '$triplet-g++'
ar = '$triplet-ar'
strip = '$triplet-strip'
pkg-config = '$scratch/pkg-config'
[host_machine]
system = 'linux'
cpu_family = '$meson_family'
cpu = '$meson_family'
endian = 'little'
END
  machine_options=(--cross-file "$scratch/cross")
}

# The program called cage, or else the only one that is to be installed.
find_program() {
  meson introspect --targets "$build" | jq -r '
    [.[] | select(.type == "executable")] as $all
    | ([$all[] | select(.name == "cage")] + [$all[] | select(.installed)]) | map(.filename[0]) | unique
    | if any(.[]; endswith("/cage")) then map(select(endswith("/cage"))) else . end
    | if length == 1 then .[0] else empty end'
}

compile_cage() {
  local options program
  tree=$BSP_CACHE_DIR/.work/cage/source
  build=$BSP_CACHE_DIR/.work/cage/build
  fetch_source "$(config .cage.source)"
  apply_patches
  install_headers
  [ -f "$tree/meson.build" ] || fail "$(config .cage.source) has no meson.build" "Compositors are built with meson."
  write_machine_file
  mapfile -t options < <(jq -r '.cage.options // [] | .[]' <<<"$STEP_CONFIG")
  rm -rf "$build"
  progress "compiling the compositor for $TARGET_ARCH"
  meson setup --buildtype=release --wrap-mode=nodownload --prefix=/usr "${machine_options[@]}" "${options[@]}" "$build" "$tree"
  ninja -C "$build"
  program=$(find_program)
  [ -n "$program" ] || fail "$(config .cage.source) builds no program called cage, nor a single one that is installed"
  "$triplet-strip" -o "$scratch/cage" "$program"
  chmod 0755 "$scratch/cage"
  mv "$scratch/cage" "$BSP_CACHE_DIR/.cage.new"
  mv "$BSP_CACHE_DIR/.cage.new" "$BSP_CACHE_DIR/cage"
}

mkdir -p "$BSP_CACHE_DIR"
if [ -n "$(config .cage)" ]; then
  compile_cage
else
  fetch_package cage
  unpack_program /usr/bin/cage "$BSP_CACHE_DIR/cage"
fi

# Cage itself always shows a cursor where there is a mouse, so the pointer gets a theme whose pictures are empty.
jq -r '(if ."cage.hide_cursor" then "STRUX_HIDE_CURSOR=1", "XCURSOR_PATH=/usr/share/strux/cursors", "XCURSOR_THEME=default" else empty end),
  (."cage.env" // [] | .[])' <<<"$STEP_CONFIG" >"$scratch/env"
mv "$scratch/env" "$BSP_CACHE_DIR/.cage-env"
