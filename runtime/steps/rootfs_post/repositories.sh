# The image's apt sources: the chosen components of Debian's archive, and additional repositories. They stay in
# the image.
configure_repositories() {
  local sources=$ROOTFS_DIR/etc/apt/sources.list.d preferences=$ROOTFS_DIR/etc/apt/preferences.d components count index
  components=$(jq -r '."rootfs.components" | join(" ")' <<<"$STEP_CONFIG")
  sed -i -E "s,^(deb \[signed-by=[^]]*debian-archive-keyring[^]]*\] [^ ]+ [^ ]+) .*,\1 $components," "$sources"/*.list
  count=$(jq '[."rootfs.repositories"[] | (. // [])[]] | length' <<<"$STEP_CONFIG")
  for ((index = 0; index < count; index++)); do
    repository_source "$index" >"$sources/strux-$((index + 1)).sources"
    if [ -n "$(repository_value "$index" .pin)" ]; then
      mkdir -p "$preferences"
      repository_pin "$index" >"$preferences/strux-$((index + 1))"
    fi
  done
  if for_handlers; then with_kept_apt update_indexes; fi
}

repositories='."rootfs.repositories" as [$project, $bsp]
  | [(($project // [])[] + {owner: "project"}), (($bsp // [])[] + {owner: "bsp"})]'
# repository_value INDEX FILTER: empty if absent.
repository_value() { jq -r --argjson i "$1" "$repositories[\$i] | $2 // empty" <<<"$STEP_CONFIG"; }

# repository_pin INDEX: its priority, as apt's preferences. apt tells archives apart by host, or by suite if Debian's
# own packages come from the same host.
repository_pin() {
  local uri suite host from
  uri=$(repository_value "$1" .uri) suite=$(repository_value "$1" .suite)
  host=$(host_of "$uri") from="origin \"$host\""
  case $suite in
    */) ;;
    *) if debian_hosts | grep -qxF "$host"; then from="release $suite"; fi ;;
  esac
  printf 'Package: %s\nPin: %s\nPin-Priority: %s\n' \
    "$(repository_value "$1" '(.pin.packages // ["*"]) | join(" ")')" "$from" "$(repository_value "$1" .pin.priority)"
}

# The host of an address, without user and port.
host_of() { sed -E 's,^[a-z]+://([^/@]*@)?([^/:]+).*,\2,' <<<"$1"; }
debian_hosts() {
  local uri
  sed -nE 's/^deb \[[^]]*debian-archive-keyring[^]]*\] ([^ ]+) .*/\1/p' "$ROOTFS_DIR"/etc/apt/sources.list.d/*.list |
    while read -r uri; do host_of "$uri"; done
}

# repository_source INDEX: a repository (the project's first, then the BSP's) as an apt paragraph that includes
# the key.
repository_source() {
  local key declared owner entry
  entry=$(repository_value "$1" .)
  declared=$(jq -r .key <<<"$entry") owner=$(jq -r .owner <<<"$entry")
  if [ "$owner" = bsp ]; then key=$(own_or_project_path "$declared"); else key=$(project_path "$declared"); fi
  [ -f "$key" ] || fail "there is no key file $declared (rootfs.repositories)"
  jq -r '"Types: deb\nURIs: \(.uri)\nSuites: \(.suite)",
    (if .suite | endswith("/") then empty else "Components: \(.components // ["main"] | join(" "))" end)' <<<"$entry"
  printf 'Signed-By:\n'
  armored "$key" | sed -E 's/^$/./; s/^/ /'
}

# A public key in text form; the file may have either form.
armored() {
  if grep -q -a '^-----BEGIN PGP PUBLIC KEY BLOCK-----' "$1"; then
    tr -d '\r' <"$1" | sed -n '/^-----BEGIN PGP PUBLIC KEY BLOCK-----/,/^-----END PGP PUBLIC KEY BLOCK-----/p'
  else
    printf -- '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n'
    base64 -w 64 "$1"
    printf -- '-----END PGP PUBLIC KEY BLOCK-----\n'
  fi
}
