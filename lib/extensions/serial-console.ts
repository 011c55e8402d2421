/** A login on the serial port. */
import { defineExtension } from '../extension.ts'
import { sh } from '../sh.ts'

/** The first serial port, by architecture as Debian names it. Source: the kernel's drivers of PC, PL011 and 8250 ports. */
const PORTS: Readonly<Record<string, string>> = { x86_64: 'ttyS0', arm64: 'ttyAMA0', armhf: 'ttyAMA0' }

/**
 * Messages of kernel and systemd, and a login, on a serial port. Options: `port`, the device below `/dev` (default: the
 * first port of a PC or of QEMU's machine), and `baud`.
 *
 * @example
 * extensions: [serialConsole.with({ port: 'ttyS2', baud: 1500000 })]
 */
export const serialConsole = defineExtension({
  name: 'serial-console',
  description: 'Console and login on a serial port',
  options: { port: '', baud: 115200 },
  hooks: {
    extension_prepare_config: ({ bsp, options }) => {
      const port = options.port || PORTS[bsp.arch ?? '']
      if (port === undefined)
        throw new Error(`serial-console needs the option 'port' for the architecture '${bsp.arch}'`)
      if (!/^tty[A-Za-z0-9]+$/.test(port)) throw new Error(`'${port}' is not a serial port, such as 'ttyS0'`)
      bsp.boot ??= {}
      const words = (bsp.boot.cmdline ?? '').split(/\s+/).filter(word => word !== '')
      const isPort = (word: string) => word === `console=${port}` || word.startsWith(`console=${port},`)
      // The last console is the one that systemd writes to.
      bsp.boot.cmdline = [...words.filter(word => !isPort(word)), `console=${port},${options.baud}`].join(' ')
    },
    post_family_tweaks: sh`
      port=$(jq -r .port <<<"$EXTENSION_OPTIONS")
      if [ -z "$port" ]; then
        case $ARCH in amd64) port=ttyS0 ;; *) port=ttyAMA0 ;; esac
      fi
      baud=$(jq -r .baud <<<"$EXTENSION_OPTIONS")
      wants=$SDCARD/etc/systemd/system/getty.target.wants
      install -d "$wants" "$SDCARD/etc/systemd/system/serial-getty@$port.service.d"
      ln -sf /usr/lib/systemd/system/serial-getty@.service "$wants/serial-getty@$port.service"
      cat >"$SDCARD/etc/systemd/system/serial-getty@$port.service.d/10-baud.conf" <<END
      [Service]
      ExecStart=
      ExecStart=-/sbin/agetty -o '-- \\\\u' --noreset --noclear --keep-baud $baud - \$TERM
      END
    `,
  },
})
