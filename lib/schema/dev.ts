/** Settings of `strux dev`: how a device under development and the developer's machine find each other. */
import * as z from 'zod'
import { shellSafe } from './path.ts'
import { obey, type Rule, text } from './rule.ts'

const port = obey(z.number(), {
  code: 'bad_port',
  hint: 'a whole number from 1 to 65535',
  holds: value => Number.isInteger(value) && value >= 1 && value <= 65535,
  message: value => `${value} is not a port`,
  json: { type: 'integer', minimum: 1, maximum: 65535 },
})

/** The host gets the first address of the network and the device the second, so the prefix is at most 30. */
const subnetRule: Rule<string> = {
  code: 'bad_subnet',
  hint: "an IPv4 network such as '192.168.7.0/24', with a prefix of at most 30",
  holds: value => {
    const [, address, prefix] = /^(\d{1,3}(?:\.\d{1,3}){3})\/(\d{1,2})$/.exec(value) ?? []
    return address?.split('.').every(byte => Number(byte) <= 255) === true && Number(prefix) <= 30
  },
  message: value => `'${value}' is not an IPv4 network`,
}

export const devSchema = z.strictObject({
  /** How the device finds the developer's machine. */
  server: z
    .strictObject({
      /** Machines that the device tries if mDNS finds none. The first one's port is also the server's port. */
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
          "Machines that the device tries if mDNS finds none. The first one's port is also the server's port.",
        ),
      /** Whether the device looks for the machine by mDNS first. */
      use_mdns_on_client: z.boolean().describe('Whether the device looks for the machine by mDNS first.'),
      /** Secret with which the device identifies itself to the machine. */
      client_key: z.string().describe('Secret with which the device identifies itself to the machine.'),
    })
    .optional()
    .describe("How the device finds the developer's machine."),
  /** The web inspector of the device. */
  inspector: z
    .strictObject({
      /** Whether it is enabled. Default: false. */
      enabled: z.boolean().optional().describe('Whether it is enabled. Default: false.'),
      /** Its port, 1 to 65535; additional monitors use the next ports. Default: 9223. */
      port: port
        .optional()
        .describe('Its port, 1 to 65535; additional monitors use the next ports. Default: 9223.'),
    })
    .optional()
    .describe('The web inspector of the device.'),
  /** Network over USB. */
  usb: z
    .strictObject({
      /** Whether the device offers it. Default: true. */
      enabled: z.boolean().optional().describe('Whether the device offers it. Default: true.'),
      /** IPv4 network in CIDR form; the host gets its first address. Default: `'192.168.7.0/24'`. */
      subnet: text(subnetRule)
        .optional()
        .describe("IPv4 network in CIDR form; the host gets its first address. Default: `'192.168.7.0/24'`."),
    })
    .optional()
    .describe('Network over USB.'),
})
