# Files out of packages of the builder's suite, without installing these. Package files are kept by content below
# dist/cache/.sources, so that a step whose packages were fetched once needs no network.
package_store=$SHARED_CACHE_DIR/.sources/deb

# Fresh package lists, once for each container; nothing where the archive cannot be reached.
package_lists() {
  [ -z "${package_lists_done-}" ] || return "$package_lists_done"
  package_lists_done=0
  if [ "$debian_arch" != "$(dpkg --print-architecture)" ]; then dpkg --add-architecture "$debian_arch"; fi
  apt-get -qq -o Acquire::Retries=2 -o Acquire::http::Timeout=30 -o APT::Update::Error-Mode=any update \
    >"$scratch/apt.log" 2>&1 || package_lists_done=1
  return "$package_lists_done"
}

# fetch_package NAME: the file of the newest version for the target, in $package_file.
fetch_package() {
  local name=$1 fields sum known=$package_store/$debian_arch-$1
  known+=-$(config .suite)
  mkdir -p "$package_store"
  if ! package_lists; then
    if [ -f "$known" ] && [ -f "$package_store/$(cat "$known").deb" ]; then
      echo "the Debian archive cannot be reached: $name stays as it was fetched before"
      package_file=$package_store/$(cat "$known").deb
      return
    fi
    cat "$scratch/apt.log" >&2
    fail "the package $name cannot be fetched: the Debian archive does not answer" \
      "Check the network, or set builder.mirror in strux.config.ts to an archive that can be reached."
  fi
  fields=$(apt-cache --no-all-versions show "$name:$debian_arch" 2>/dev/null || true)
  sum=$(sed -n 's/^SHA256: //p' <<<"$fields" | head -n 1)
  [ -n "$sum" ] || fail "the suite $(config .suite) has no package $name for $debian_arch"
  package_file=$package_store/$sum.deb
  if [ ! -f "$package_file" ]; then
    progress "fetching $name $(sed -n 's/^Version: //p' <<<"$fields" | head -n 1)"
    (cd "$scratch" && apt-get -qq -o APT::Sandbox::User=root -o Acquire::Retries=3 download "$name:$debian_arch")
    echo "$sum  $(ls "$scratch/$name"_*.deb)" | sha256sum --check --quiet ||
      fail "what was fetched as $name is not what the archive's index speaks of"
    mv "$scratch/$name"_*.deb "$package_file.new"
    mv "$package_file.new" "$package_file"
  fi
  echo "$sum" >"$known.new"
  mv "$known.new" "$known"
}

# unpack_program PATH TARGET: a program of $package_file, put in place whole.
unpack_program() {
  dpkg-deb --fsys-tarfile "$package_file" | tar -xO ".$1" >"$2.new"
  chmod 0755 "$2.new"
  mv "$2.new" "$2"
}
