# Packs and unpacks the root filesystem at $ROOTFS_DIR. The same content gives the same bytes at any time.

# Uses pigz if the builder has it: its output does not depend on the number of processors.
pack=$(command -v pigz || command -v gzip)

unpack_rootfs() {
  tar --numeric-owner --xattrs --xattrs-include='*' -I "$pack" -xpf "$1" -C "$ROOTFS_DIR"
}

# Leaves out or resets data that differs between builds although nothing has changed: caches, logs, backups,
# dates of passwords. No file is newer than the build's fixed time, and access times are not stored.
pack_rootfs() {
  local root=$ROOTFS_DIR place
  rm -rf "$root"/var/cache/{ldconfig,fontconfig}/* "$root"/var/cache/apt/*.bin "$root"/var/cache/debconf/*-old \
    "$root"/var/lib/dpkg/*-old "$root"/etc/{*-,.resolv.conf.systemd-resolved.bak} "$root"/tmp/* "$root"/run/*
  if [ -d "$root/var/log" ]; then find "$root/var/log" -type f -delete; fi
  if [ -f "$root/etc/shadow" ]; then clamp_password_days "$root/etc/shadow"; fi
  tar --numeric-owner --xattrs --xattrs-include='*' --sort=name --format=posix \
    --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime \
    --mtime="@$SOURCE_DATE_EPOCH" --clamp-mtime -cpf - -C "$root" . | "$pack" -n -6 >"$1"
}

# Earlier days stay: day 0 means that the password must be changed.
clamp_password_days() {
  local day=$((SOURCE_DATE_EPOCH / 86400)) line name password changed rest
  while IFS= read -r line || [ -n "$line" ]; do
    IFS=: read -r name password changed rest <<<"$line"
    if [[ $changed =~ ^[0-9]+$ ]] && [ "$changed" -gt "$day" ]; then line=$name:$password:$day:$rest; fi
    printf '%s\n' "$line"
  done <"$1" >"$1.clamped"
  cat "$1.clamped" >"$1"
  rm "$1.clamped"
}
