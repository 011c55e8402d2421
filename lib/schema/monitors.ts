/** The monitors of a device, part of a project. */
import * as z from 'zod'
import { resolution } from './bsp.ts'
import { choice, obey, strings } from './rule.ts'

const TRANSFORMS = [
  ...(['normal', '0', '90', '180', '270', 'flipped', 'flipped-90', 'flipped-180', 'flipped-270'] as const),
  ...([0, 90, 180, 270] as const),
] as const

const monitorSchema = z.strictObject({
  /** Path of the page that this monitor shows, such as `'/'`. */
  path: z.string().describe("Path of the page that this monitor shows, such as `'/'`."),
  /** WIDTHxHEIGHT in pixels. Default: the monitor's preferred resolution. */
  resolution: resolution
    .optional()
    .describe("WIDTHxHEIGHT in pixels. Default: the monitor's preferred resolution."),
  /** Rotation clockwise in degrees, or mirroring. A number means the same as its text. */
  transform: choice(TRANSFORMS, 'unknown_value', 'a transform')
    .optional()
    .describe('Rotation clockwise in degrees, or mirroring. A number means the same as its text.'),
  /** Names of the outputs that this entry applies to, such as `'HDMI-A-1'`. */
  names: strings
    .optional()
    .describe("Names of the outputs that this entry applies to, such as `'HDMI-A-1'`."),
  /** Names of this monitor's input devices, such as touch panels; part of a name is enough. */
  input_devices: strings
    .optional()
    .describe("Names of this monitor's input devices, such as touch panels; part of a name is enough."),
})

export const monitorsSchema = z.strictObject({
  /** The monitors; at least one. */
  monitors: obey(z.array(monitorSchema).readonly(), {
    code: 'empty_list',
    hint: 'leave display out, or add a monitor',
    holds: value => value.length > 0,
    message: () => 'at least one monitor is needed',
    json: { minItems: 1 },
  }).describe('The monitors; at least one.'),
})
