# The image's apt sources: the chosen components of Debian's archive, and additional repositories. They stay in
# the image.
configure_repositories() {
  local sources=$ROOTFS_DIR/etc/apt/sources.list.d components count index
  components=$(jq -r '."rootfs.components" | join(" ")' <<<"$STEP_CONFIG")
  sed -i -E "s,^(deb \[signed-by=[^]]*debian-archive-keyring[^]]*\] [^ ]+ [^ ]+) .*,\1 $components," "$sources"/*.list
  count=$(jq '[."rootfs.repositories"[] | (. // [])[]] | length' <<<"$STEP_CONFIG")
  for ((index = 0; index < count; index++)); do
    repository_source "$index" >"$sources/strux-$((index + 1)).sources"
  done
  if for_handlers; then with_kept_apt update_indexes; fi
}

# repository_source INDEX: a repository (the project's first, then the BSP's) as an apt paragraph that includes
# the key.
repository_source() {
  local key declared owner entry
  entry=$(jq --argjson i "$1" '."rootfs.repositories" as [$project, $bsp]
    | [(($project // [])[] + {owner: "project"}), (($bsp // [])[] + {owner: "bsp"})][$i]' <<<"$STEP_CONFIG")
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
