# Debian packages of project and BSP. Downloads are kept, so that a second run needs no network.

# The network for programs in the root filesystem: through the link that the device has, to a file that is not
# packed. Services are not started here. Packages write the domain of the machine to their settings, so it is left out
# unless a mirror needs it.
prepare_chroot() {
  local lines=^nameserver
  mkdir -p "$ROOTFS_DIR/run/systemd/resolve"
  if debian_hosts 2>/dev/null | grep -qv '\.'; then lines=; fi
  if [ -e /etc/resolv.conf ]; then grep "$lines" /etc/resolv.conf >"$ROOTFS_DIR/run/systemd/resolve/stub-resolv.conf" || :; fi
  ln -sfn ../run/systemd/resolve/stub-resolv.conf "$ROOTFS_DIR/etc/resolv.conf"
  printf '#!/bin/sh\nexit 101\n' >"$ROOTFS_DIR/usr/sbin/policy-rc.d"
  chmod 755 "$ROOTFS_DIR/usr/sbin/policy-rc.d"
  begin_installing
}

# An overlay may have a policy of its own.
restore_chroot() {
  end_installing
  # apt also reads these from the address of a mirror, but they are secrets of the machine that builds.
  find "$ROOTFS_DIR/etc/apt/sources.list.d" -name '*.list' -exec sed -i -E 's,^(deb .* [a-z+]+://)[^/@ ]+@,\1,' {} +
  if printf '#!/bin/sh\nexit 101\n' | cmp -s - "$ROOTFS_DIR/usr/sbin/policy-rc.d"; then
    rm "$ROOTFS_DIR/usr/sbin/policy-rc.d"
  fi
  if for_handlers; then rm -rf "$ROOTFS_DIR"/var/lib/apt/lists/* "$ROOTFS_DIR"/var/cache/apt/archives/*.deb; fi
}

# Whether handlers of extensions work in this step: they find apt's indexes in the root filesystem.
for_handlers() { enabled '.handlers // false'; }

# with_kept_apt COMMAND…: runs it with the kept packages and indexes in their places. One apt at a time, because
# builds of several BSPs share them.
with_kept_apt() {
  local kept=$SHARED_CACHE_DIR/.sources/apt/$suite-$debian_arch places=(archives:var/cache/apt/archives lists:var/lib/apt/lists)
  local place lock
  mkdir -p "$kept/archives/partial" "$kept/lists/partial"
  exec {lock}>"$kept/.lock"
  flock "$lock"
  for place in "${places[@]}"; do
    mkdir -p "$ROOTFS_DIR/${place#*:}"
    mount --bind "$kept/${place%%:*}" "$ROOTFS_DIR/${place#*:}"
  done
  "$@"
  for place in "${places[@]}"; do umount "$ROOTFS_DIR/${place#*:}"; done
  if for_handlers; then rsync -a --delete --exclude=lock "$kept/lists/" "$ROOTFS_DIR/var/lib/apt/lists/"; fi
  exec {lock}>&-
}

apt_options=(-o APT::Sandbox::User=root -o APT::Keep-Downloaded-Packages=true -o Dpkg::Options::=--force-confold)

# If TLS is inspected, as in many companies, only the host knows the certificate authority.
update_indexes() {
  if [ -n "${SSL_CERT_FILE:-}" ]; then
    mkdir -p "$ROOTFS_DIR/tmp/strux-packages"
    cp "$SSL_CERT_FILE" "$ROOTFS_DIR/tmp/strux-packages/authorities.crt"
    apt_options+=(-o Acquire::https::CAInfo=/tmp/strux-packages/authorities.crt)
  fi
  in_chroot apt-get "${apt_options[@]}" -qq update ||
    warn 'the package lists could not be updated; continuing with the kept ones'
}

# update_and_install WHAT_TO_CHECK NAME…
update_and_install() {
  local advice=$1
  shift
  update_indexes
  in_chroot apt-get "${apt_options[@]}" -q -y install -- "$@" || fail 'not all packages could be installed' "$advice"
}

# What packages make for one machine when they are installed, before the files of authors, who may have keys of their
# own. Devices make it themselves, or all of them would be the same machine.
forget_identity() {
  : >"$ROOTFS_DIR/etc/machine-id"
  rm -f "$ROOTFS_DIR"/var/lib/systemd/{random-seed,credential.secret}
  if [ ! -L "$ROOTFS_DIR/var/lib/dbus/machine-id" ]; then rm -f "$ROOTFS_DIR/var/lib/dbus/machine-id"; fi
  if compgen -G "$ROOTFS_DIR/etc/ssh/ssh_host_*_key" >/dev/null; then
    rm -f "$ROOTFS_DIR"/etc/ssh/ssh_host_*_key{,.pub}
    mkdir -p "$ROOTFS_DIR/etc/systemd/system/ssh.service.d"
    printf '# Makes the host keys of this device if it has none.\n[Service]\nExecStartPre=\n%s\n%s\n' \
      'ExecStartPre=/usr/bin/ssh-keygen -A' 'ExecStartPre=/usr/sbin/sshd -t' \
      >"$ROOTFS_DIR/etc/systemd/system/ssh.service.d/10-strux-host-keys.conf"
  fi
  if [ -f "$ROOTFS_DIR/etc/ssl/private/ssl-cert-snakeoil.key" ]; then forget_certificate; fi
}

# The certificate that the package ssl-cert makes for local services.
forget_certificate() {
  local unit=$ROOTFS_DIR/etc/systemd/system/strux-ssl-cert.service
  rm -f "$ROOTFS_DIR"/etc/ssl/private/ssl-cert-snakeoil.key "$ROOTFS_DIR"/etc/ssl/certs/ssl-cert-snakeoil.pem
  find "$ROOTFS_DIR/etc/ssl/certs" -lname '*ssl-cert-snakeoil.pem' -delete
  mkdir -p "${unit%/*}/sysinit.target.wants"
  cat >"$unit" <<'UNIT'
[Unit]
Description=Make the local TLS certificate of this device
ConditionPathExists=!/etc/ssl/private/ssl-cert-snakeoil.key
DefaultDependencies=no
After=local-fs.target systemd-remount-fs.service
Before=sysinit.target

[Service]
Type=oneshot
ExecStart=/usr/sbin/make-ssl-cert generate-default-snakeoil

[Install]
WantedBy=sysinit.target
UNIT
  ln -sfn ../strux-ssl-cert.service "${unit%/*}/sysinit.target.wants/strux-ssl-cert.service"
}

# The packages of the definitions: names, and .deb files.
install_packages() {
  local names=() files=() entry path source place
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
    | (($project // [])[] | "project\t\(.)"), (($bsp // [])[] | "bsp\t\(.)"),
      (if ."boot.kernel.custom_kernel" then empty else ."boot.kernel.package" // empty | "bsp\t\(.)" end)' <<<"$STEP_CONFIG")
  if [ ${#names[@]} -eq 0 ] && [ ${#files[@]} -eq 0 ]; then return; fi

  progress "Installing ${#names[@]} packages and ${#files[@]} package files"
  # Files from different folders may have the same name.
  for path in "${files[@]}"; do
    place=/tmp/strux-packages/${#names[@]}
    mkdir -p "$ROOTFS_DIR$place"
    cp "$path" "$ROOTFS_DIR$place/"
    names+=("$place/$(basename "$path")")
  done
  with_kept_apt update_and_install \
    'Check rootfs.packages, rootfs.components and rootfs.repositories of the project and of the BSP.' "${names[@]}"
  rm -rf "$ROOTFS_DIR/tmp/strux-packages"
}
