/** Settings of `strux dev`: how a device under development and the machine of its developer find each other. */
import * as z from 'zod'
import { shellSafe } from './path.ts'
import { obey, type Rule, text } from './rule.ts'

const port = obey(z.number(), {
  code: 'bad_port',
  hint: 'a whole number from 1 to 65535',
  holds: value => Number.isInteger(value) && value >= 1 && value <= 65535,
  message: value => `${value} is no port`,
  json: { type: 'integer', minimum: 1, maximum: 65535 },
})

/** The host gets the first address of the network and the device the second, so a prefix above 30 leaves no room. */
const subnetRule: Rule<string> = {
  code: 'bad_subnet',
  hint: "an IPv4 network such as '192.168.7.0/24', with a prefix of at most 30",
  holds: value => {
    const [, address, prefix] = /^(\d{1,3}(?:\.\d{1,3}){3})\/(\d{1,2})$/.exec(value) ?? []
    return address?.split('.').every(byte => Number(byte) <= 255) === true && Number(prefix) <= 30
  },
  message: value => `'${value}' is no IPv4 network`,
}

export const devSchema = z.strictObject({
  /** How the device finds the machine of its developer. */
  server: z
    .strictObject({
      /** Machines that the device tries where it finds none by itself. The port of the first is the server's own. */
      fallback_hosts: z
        .array(
          z.strictObject({
            /** Name or address of the machine. */
            host: text(shellSafe).describe('Name or address of the machine.'),
            /** Its port, 1 to 65535. */
            port: port.describe('Its port, 1 to 65535.'),
          }),
        )
        .readonly()
        .optional()
        .describe(
          "Machines that the device tries where it finds none by itself. The port of the first is the server's own.",
        ),
      /** Whether the device looks for the machine by mDNS first. */
      use_mdns_on_client: z.boolean().describe('Whether the device looks for the machine by mDNS first.'),
      /** Secret that the device shows to the machine. */
      client_key: z.string().describe('Secret that the device shows to the machine.'),
    })
    .optional()
    .describe('How the device finds the machine of its developer.'),
  /** The web inspector of the device. */
  inspector: z
    .strictObject({
      /** Whether it listens. By default not. */
      enabled: z.boolean().optional().describe('Whether it listens. By default not.'),
      /** Its port, 1 to 65535; further monitors take the next ones. By default 9223. */
      port: port
        .optional()
        .describe('Its port, 1 to 65535; further monitors take the next ones. By default 9223.'),
    })
    .optional()
    .describe('The web inspector of the device.'),
  /** The network over the USB cable. */
  usb: z
    .strictObject({
      /** Whether the device offers one. By default it does. */
      enabled: z.boolean().optional().describe('Whether the device offers one. By default it does.'),
      /** IPv4 network in CIDR form; the host gets its first address. By default `'192.168.7.0/24'`. */
      subnet: text(subnetRule)
        .optional()
        .describe(
          "IPv4 network in CIDR form; the host gets its first address. By default `'192.168.7.0/24'`.",
        ),
    })
    .optional()
    .describe('The network over the USB cable.'),
})
