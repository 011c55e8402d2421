# Packages of the suite that the builder image is made from, fetched by apt, which verifies signatures and
# checksums. A name without a version can mean another version tomorrow, so it is looked up each time; without a
# network, the kept package is used.

# use_apt ARCHITECTURE: a separate apt for binary packages of that architecture and for source packages. Fails
# without a network.
use_apt() {
  local root=$scratch/apt-$1 file
  apt_options=(
    -o "Dir::Etc::SourceList=$root/none" -o "Dir::Etc::SourceParts=$root/sources"
    -o "Dir::State=$root/state" -o "Dir::State::Lists=$root/lists" -o "Dir::State::status=$root/status"
    -o "Dir::Cache=$root/cache" -o "APT::Architecture=$1" -o "APT::Architectures=$1"
    -o APT::Sandbox::User=root -o Acquire::Languages=none -o Acquire::GzipIndexes=false
    -o Acquire::Retries=1 -o Acquire::http::Timeout=30 -o Acquire::https::Timeout=30 -o APT::Update::Error-Mode=any
  )
  if [ -n "${SSL_CERT_FILE:-}" ]; then apt_options+=(-o "Acquire::https::CAInfo=$SSL_CERT_FILE"); fi
  if [ -d "$root" ]; then return; fi
  mkdir -p "$root"/{sources,state,lists/partial,cache/archives/partial}
  touch "$root/status"
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [ -f "$file" ] || continue
    cp "$file" "$root/sources/$(basename "$file" .list).list"
    sed -n -E 's/^deb([[:space:]])/deb-src\1/p' "$file" >"$root/sources/$(basename "$file" .list)-src.list"
  done
  for file in /etc/apt/sources.list.d/*.sources; do
    [ -f "$file" ] || continue
    sed -E 's/^Types:.*/Types: deb deb-src/I' "$file" >"$root/sources/$(basename "$file")"
  done
  progress 'Looking up Debian packages' >&2
  apt-get "${apt_options[@]}" --quiet=2 update >"$scratch/apt-words" 2>&1 || some_indexes "$root" || { rm -rf "$root"; return 1; }
}

# A mirror during an update may lack one index, and still have all that is needed here.
some_indexes() {
  compgen -G "$1/lists/*_Packages" >/dev/null && compgen -G "$1/lists/*_Sources" >/dev/null || return 1
  warn "some of Debian's indexes could not be read, so there may be newer versions: $(grep -m 1 '^E:' "$scratch/apt-words")"
}

# fetch_debian deb|deb-src NAME[=VERSION] [ARCHITECTURE]: prints the paths of the kept files.
fetch_debian() {
  local kind=$1 package=$2 architecture=${3:-$debian_arch} key suite lines
  [[ $package =~ ^[a-z0-9][a-z0-9+.-]+(=[A-Za-z0-9.+~:-]+)?$ ]] || fail "'$package' is not NAME or NAME=VERSION of a Debian package"
  suite=$(config .suite)
  key="$kind $suite $package $architecture"
  if [ "$kind" = deb-src ]; then key="$kind $suite $package"; fi
  if [[ $package == *=* ]] && kept_files "$key"; then return; fi
  if ! use_apt "$architecture"; then
    kept_files "$key" || fail "Debian's packages cannot be looked up, and $kind:$package is not kept" "$(tail -n 3 "$scratch/apt-words")"
    warn "Debian's packages cannot be looked up; $kind:$package is used as last fetched"
    return
  fi
  case $kind in
    deb) lines=$(fetch_binary "$package" "$suite") ;;
    deb-src) lines=$(fetch_source_package "$package" "$suite") ;;
  esac
  remember "$key" "$lines"
  kept_files "$key" || fail "the files fetched for $kind:$package have disappeared"
}

# The lines that `apt-get --print-uris` writes for files: 'URI' NAME SIZE HASH
apt_uris() {
  apt-get "${apt_options[@]}" --quiet=2 --print-uris "$@" 2>"$scratch/apt-words" | grep "^'"
}

fetch_binary() {
  local package=$1 uris
  uris=$(apt_uris download "$package") || fail "suite $2 has no package $package" "$(tail -n 1 "$scratch/apt-words")"
  fetch_listed "$uris"
}

# The .dsc is not needed: the suite's index has the same data.
fetch_source_package() {
  local package=$1 uris
  uris=$(apt_uris --download-only source "$package" | grep -v '\.dsc \|\.asc ') ||
    fail "suite $2 has no source package $package" "$(tail -n 1 "$scratch/apt-words")"
  fetch_listed "$uris"
}

# Fetches each file by its SHA-256 in the index, unless it is kept already.
fetch_listed() {
  local uri name size hash sum file
  while read -r uri name size hash; do
    uri=${uri#\'} uri=${uri%\'}
    sum=${hash#SHA256:}
    [[ $sum =~ ^[0-9a-f]{64}$ ]] || fail "the index has no SHA-256 of $name"
    if file=$(kept_file "$sum"); then echo "$sum $(basename "$file")"; continue; fi
    progress "Fetching $name" >&2
    /usr/lib/apt/apt-helper "${apt_options[@]}" download-file "$uri" "$scratch/download" "SHA256:$sum" \
      >"$scratch/apt-words" 2>&1 || fail "$name cannot be fetched" "$(tail -n 2 "$scratch/apt-words")"
    [ "$(sum_of "$scratch/download")" = "$sum" ] || fail "$name does not have the SHA-256 of the suite's index"
    keep_file "$scratch/download" "$(printf '%s' "$name" | sed 's/%3a/:/g')"
    rm -f "$scratch/download"
  done <<<"$1"
}
