/** The root filesystem uses the whole disk, whatever its size. */
import { defineExtension } from '../extension.ts'
import { sh } from '../sh.ts'
import { addPackages } from './packages.ts'

/**
 * At the first boot, the partition of the root filesystem grows to the end of the disk if it is the last one, and its
 * ext4 filesystem with it. A root filesystem without partition table grows as well.
 */
export const growRoot = defineExtension({
  name: 'grow-root',
  description: 'Grows the root filesystem at the first boot',
  hooks: {
    user_config: draft => addPackages(draft, 'cloud-guest-utils', 'fdisk', 'e2fsprogs'),
    post_family_tweaks: sh`
      install -d "$SDCARD/usr/lib/strux" "$SDCARD/etc/systemd/system/multi-user.target.wants"
      cat >"$SDCARD/usr/lib/strux/grow-root" <<'END'
      #!/bin/sh
      set -eu
      device=$(readlink -e "/sys/dev/block/$(findmnt --raw -n -o MAJ:MIN /)")
      if [ -e "$device/partition" ]; then
        code=0
        growpart "/dev/$(basename "$(dirname "$device")")" "$(cat "$device/partition")" || code=$?
        # 1: it has all the space already.
        if [ "$code" -gt 1 ]; then exit "$code"; fi
      fi
      /usr/lib/systemd/systemd-growfs /
      mkdir -p /var/lib/strux
      touch /var/lib/strux/root-grown
      END
      chmod 755 "$SDCARD/usr/lib/strux/grow-root"
      cat >"$SDCARD/etc/systemd/system/grow-root.service" <<'END'
      [Unit]
      Description=Grow the root filesystem to the size of the disk
      ConditionPathExists=!/var/lib/strux/root-grown
      After=systemd-remount-fs.service
      RequiresMountsFor=/tmp /var/lib

      [Service]
      Type=oneshot
      RemainAfterExit=yes
      ExecStart=/usr/lib/strux/grow-root

      [Install]
      WantedBy=multi-user.target
      END
      ln -sf ../grow-root.service "$SDCARD/etc/systemd/system/multi-user.target.wants/grow-root.service"
    `,
  },
})
