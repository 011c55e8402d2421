# Installs Debian packages of project and BSP: names, and .deb files. Downloads are kept, so that a second run
# needs no network.
install_packages() {
  local names=() files=() entry path source
  # BSP entries: ./x is in the BSP's folder; all other files are relative to the project.
  while IFS=$'\t' read -r source entry; do
    case $entry in
      *.deb)
        if [ "$source" = bsp ]; then path=$(own_or_project_path "$entry"); else path=$(project_path "$entry"); fi
        [ -f "$path" ] || fail "there is no package file $entry (rootfs.packages)"
        files+=("$path") ;;
      *) names+=("$entry") ;;
    esac
  done < <(jq -r '."rootfs.packages" as [$project, $bsp]
    | (($project // [])[] | "project\t\(.)"), (($bsp // [])[] | "bsp\t\(.)")' <<<"$STEP_CONFIG")
  if [ ${#names[@]} -eq 0 ] && [ ${#files[@]} -eq 0 ]; then return; fi

  progress "Installing ${#names[@]} packages and ${#files[@]} package files"
  local kept=$SHARED_CACHE_DIR/.sources/apt/$suite-$debian_arch place lock
  mkdir -p "$kept/archives/partial" "$kept/lists/partial"
  # One apt at a time: builds of several BSPs share the kept packages.
  exec {lock}>"$kept/.lock"
  flock "$lock"
  mkdir -p "$ROOTFS_DIR/var/cache/apt/archives" "$ROOTFS_DIR/var/lib/apt/lists"
  for place in archives:var/cache/apt/archives lists:var/lib/apt/lists; do
    mount --bind "$kept/${place%%:*}" "$ROOTFS_DIR/${place#*:}"
    chroot_mounts+=("$ROOTFS_DIR/${place#*:}")
  done
  rm -f "$ROOTFS_DIR/etc/resolv.conf"
  if [ -e /etc/resolv.conf ]; then cat /etc/resolv.conf >"$ROOTFS_DIR/etc/resolv.conf"; fi
  printf '#!/bin/sh\nexit 101\n' >"$ROOTFS_DIR/usr/sbin/policy-rc.d"
  chmod 755 "$ROOTFS_DIR/usr/sbin/policy-rc.d"
  mkdir -p "$ROOTFS_DIR/tmp/strux-packages"
  # Files from different folders may have the same name.
  for path in "${files[@]}"; do
    place=/tmp/strux-packages/${#names[@]}
    mkdir -p "$ROOTFS_DIR$place"
    cp "$path" "$ROOTFS_DIR$place/"
    names+=("$place/$(basename "$path")")
  done
  local options=(-o Acquire::Retries=3 -o APT::Install-Recommends=false -o APT::Sandbox::User=root
    -o APT::Keep-Downloaded-Packages=true -o Dpkg::Options::=--force-unsafe-io -o Dpkg::Options::=--force-confold)
  # If TLS is inspected, as in many companies, only the host knows the certificate authority.
  if [ -n "${SSL_CERT_FILE:-}" ]; then
    cp "$SSL_CERT_FILE" "$ROOTFS_DIR/tmp/strux-packages/authorities.crt"
    options+=(-o Acquire::https::CAInfo=/tmp/strux-packages/authorities.crt)
  fi
  in_chroot apt-get "${options[@]}" -qq update ||
    warn 'the package lists could not be updated; continuing with the kept ones'
  in_chroot apt-get "${options[@]}" -q -y install -- "${names[@]}" ||
    fail 'not all packages could be installed' 'Check rootfs.packages, rootfs.components and rootfs.repositories of the project and of the BSP.'
  exec {lock}>&-
  rm -rf "$ROOTFS_DIR/tmp/strux-packages" "$ROOTFS_DIR/usr/sbin/policy-rc.d"
}
