/** A root shell for everyone who can reach the device's console. */
import { defineExtension } from '../extension.ts'
import { sh } from '../sh.ts'

/**
 * Consoles log in as root, without a password. For development only: every command that loads a definition with this
 * extension warns of it.
 */
export const debugAccess = defineExtension({
  name: 'debug-access',
  description: 'A root shell without password on every console: for development only',
  warning: 'THIS IMAGE IS OPEN: every console has a root shell without a password. Never ship it.',
  hooks: {
    post_family_tweaks: sh`
      echo 'warning: debug-access: THIS IMAGE IS OPEN: every console has a root shell without a password. Never ship it.' >&2
      for unit in getty@ serial-getty@; do
        folder=$SDCARD/etc/systemd/system/$unit.service.d
        install -d "$folder"
        # After the settings of single ports, which begin with smaller numbers.
        cat >"$folder/90-debug-access.conf" <<'END'
      [Service]
      ExecStart=
      ExecStart=-/sbin/agetty --autologin root --noreset --noclear --keep-baud 115200,57600,38400,9600 - $TERM
      END
      done
      printf '\n*** debug-access: this image has a root shell without a password ***\n\n' >>"$SDCARD/etc/issue"
    `,
  },
})
