# Compiles the project's own compositor with meson.

compile_cage() {
  local source patches options program tree=$BSP_CACHE_DIR/.work/cage/tree build=$BSP_CACHE_DIR/.work/cage/build
  source=$(config .cage.source)
  mapfile -t patches < <(jq -r '.cage.patches // [] | .[]' <<<"$STEP_CONFIG")
  place_source "$tree" "$source" "$PROJECT_FOLDER" "$(config .cage.sha256)" "${patches[@]/#/$PROJECT_FOLDER/}"
  [ -f "$tree/meson.build" ] || fail "there is no meson.build in $source" 'The compositor must be built with meson.'
  install_headers
  choose_machine
  mapfile -t options < <(jq -r '.cage.options // [] | .[]' <<<"$STEP_CONFIG")
  rm -rf "$build"
  progress "Compiling the compositor for $TARGET_ARCH"
  meson setup --buildtype=release --wrap-mode=nodownload --prefix=/usr "${machine[@]}" "${options[@]}" "$build" "$tree" ||
    fail "meson cannot set up $source" \
      'Where it misses a library, cage.packages in strux.config.ts names the Debian package with its headers.'
  ninja -C "$build" || fail "$source does not compile"
  program=$(find_program "$build")
  [ -n "$program" ] || fail "$source builds no program called cage, nor a single one that is to be installed"
  "$triplet-strip" -o "$scratch/cage" "$program"
  put_in_place "$scratch/cage" cage
}

# Additional -dev packages for the target, with their dependencies: fetched once, then kept like sources.
install_headers() {
  local names key files file lines=
  mapfile -t names < <(jq -r --arg arch "$debian_arch" '.cage.packages // [] | .[] | "\(.):\($arch)"' <<<"$STEP_CONFIG")
  [ ${#names[@]} -gt 0 ] || return 0
  # The files to fetch depend on the packages in the builder.
  key="install ${names[*]} $(sum_of /var/lib/dpkg/status)"
  if [ "$debian_arch" != "$(dpkg --print-architecture)" ]; then dpkg --add-architecture "$debian_arch"; fi
  mkdir -p "$scratch/debs/partial"
  apt_options=(--quiet=2 -o APT::Install-Recommends=false -o APT::Sandbox::User=root -o Acquire::Retries=1
    -o Acquire::http::Timeout=30 -o APT::Update::Error-Mode=any -o "Dir::Cache::archives=$scratch/debs")
  if apt-get "${apt_options[@]}" update >"$scratch/apt-words" 2>&1; then
    apt-get "${apt_options[@]}" --yes --download-only install "${names[@]}" >"$scratch/apt-words" 2>&1 ||
      fail "the packages of cage.packages cannot be fetched: ${names[*]}" "$(tail -n 3 "$scratch/apt-words")"
    for file in "$scratch"/debs/*.deb; do
      # The builder already has all of them.
      [ -f "$file" ] || return 0
      lines+=${lines:+$'\n'}$(keep_file "$file" "$(basename "$file" | sed 's/%3a/:/g')")
    done
    remember "$key" "$lines"
  fi
  files=$(kept_files "$key") ||
    fail "Debian's packages cannot be looked up, and ${names[*]} are not kept" "$(tail -n 3 "$scratch/apt-words")"
  progress "Installing ${names[*]}"
  # Packages of two architectures may share documentation files.
  xargs -d '\n' dpkg --force-overwrite --install <<<"$files" >"$scratch/apt-words" 2>&1 ||
    fail "the packages of cage.packages cannot be installed: ${names[*]}" "$(tail -n 5 "$scratch/apt-words")"
}

# For a foreign target, meson needs compiler, pkg-config and machine. Sets `machine`, the options for that.
choose_machine() {
  machine=()
  if [ "$debian_arch" = "$(dpkg --print-architecture)" ]; then return; fi
  # meson does not always pass PKG_CONFIG_LIBDIR to pkg-config.
  printf '#!/bin/sh\nexport PKG_CONFIG_LIBDIR=/usr/lib/%s/pkgconfig:/usr/share/pkgconfig\nexec pkg-config "$@"\n' \
    "$triplet" >"$scratch/pkg-config"
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
  machine=(--cross-file "$scratch/cross")
}

# The program called cage, or else the only one that gets installed.
find_program() {
  meson introspect --targets "$1" | jq -r '
    [.[] | select(.type == "executable")] as $all
    | [$all[] | select(.name == "cage")] as $named
    | (if $named != [] then $named else [$all[] | select(.installed)] end) | map(.filename[0]) | unique
    | if length == 1 then .[0] else empty end'
}
