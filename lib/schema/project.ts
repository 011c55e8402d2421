/** A project: all that strux.yaml can say, and what only a TypeScript configuration has. */
import * as z from 'zod'
import { resolution } from './bsp.ts'
import { cageSourceSchema } from './cage.ts'
import { devSchema } from './dev.ts'
import { projectPath, shellSafe } from './path.ts'
import { componentsSchema, DEBIAN_COMPONENTS, projectRepositories } from './repository.ts'
import { choice, obey, type Rule, stringOrStrings, strings, text } from './rule.ts'
import { projectScriptSchema } from './script.ts'
import { testSchema } from './test.ts'

/** What holds where the configuration says nothing. The schema leaves absent keys absent, so that an export adds nothing. */
export const PROJECT_DEFAULTS = {
  bsps: ['bsp/*/bsp.ts', 'bsp/*/bsp.yaml'],
  application: '.',
  builder: { suite: 'trixie' },
  update: { enabled: false, auto_bundle: false },
  build: { cache: { enabled: true } },
  rootfs: { components: DEBIAN_COMPONENTS, media: true, fonts: 'all', gpu_drivers: 'all' },
  dev: { inspector: { enabled: false, port: 9223 }, usb: { enabled: true, subnet: '192.168.7.0/24' } },
} as const

/** Semantic Versioning 2.0.0: three numbers without leading zeros, then optionally -prerelease and +build. */
const SEMVER =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(\.(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?(\+[0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*)?$/

const matching = (code: string, pattern: RegExp, noun: string, hint: string): Rule<string> => ({
  code,
  hint,
  holds: value => pattern.test(value),
  message: value => `'${value}' is no ${noun}`,
  json: { pattern: pattern.source },
})

const version = matching(
  'bad_version',
  SEMVER,
  'semantic version',
  "three numbers, such as '1.4.0', without a 'v'",
)
const color = matching(
  'bad_color',
  /^[0-9a-fA-F]{6}$/,
  'colour',
  "six hexadecimal digits, such as '1e90ff', without '#'",
)
const usbId = matching('bad_usb_id', /^[0-9a-fA-F]{4}$/, 'USB id', "four hexadecimal digits, such as '0bda'")
const suite = matching('bad_suite', /^[a-z][a-z0-9.-]*$/, 'name of a Debian suite', "such as 'trixie'")
const mirror = matching(
  'bad_url',
  /^https?:\/\/[^\s$`;&|<>]+$/,
  'URL of a mirror',
  "such as 'http://mirror.example/debian'",
)
const image = matching(
  'bad_image',
  /^[a-z0-9][A-Za-z0-9._/:@-]*$/,
  'name of an image',
  "such as 'registry.example/builder:2'",
)

const TRANSFORMS = [
  ...(['normal', '0', '90', '180', '270', 'flipped', 'flipped-90', 'flipped-180', 'flipped-270'] as const),
  ...([0, 90, 180, 270] as const),
] as const

const monitorSchema = z.strictObject({
  /** Path of the page that this monitor shows, such as `'/'`. */
  path: z.string().describe("Path of the page that this monitor shows, such as `'/'`."),
  /** WIDTHxHEIGHT in pixels; by default what the monitor prefers. */
  resolution: resolution.optional().describe('WIDTHxHEIGHT in pixels; by default what the monitor prefers.'),
  /** How the picture is turned, clockwise in degrees, or mirrored. A number counts like its text. */
  transform: choice(TRANSFORMS, 'unknown_value', 'transform')
    .optional()
    .describe('How the picture is turned, clockwise in degrees, or mirrored. A number counts like its text.'),
  /** Names of the outputs for which this entry is meant, such as `'HDMI-A-1'`. */
  names: strings
    .optional()
    .describe("Names of the outputs for which this entry is meant, such as `'HDMI-A-1'`."),
  /** Names of the input devices, such as touch panels, that belong to this monitor; a part of a name is enough. */
  input_devices: strings
    .optional()
    .describe(
      'Names of the input devices, such as touch panels, that belong to this monitor; a part of a name is enough.',
    ),
})

export const projectSchema = z.strictObject({
  /** Version of what the project builds: three numbers, such as `'1.4.0'`. */
  project_version: text(version).describe(
    "Version of what the project builds: three numbers, such as `'1.4.0'`.",
  ),
  /** Name of the project. Scripts see it as PROJECT_NAME. */
  name: text(shellSafe).describe('Name of the project. Scripts see it as PROJECT_NAME.'),
  /** Name of the BSP that commands use when they are given none. */
  bsp: text(shellSafe).describe('Name of the BSP that commands use when they are given none.'),
  /** Where the BSPs are: a glob or several, relative to the project. By default `bsp.ts` or `bsp.yaml` in every folder of `bsp/`. */
  bsps: stringOrStrings
    .optional()
    .describe(
      'Where the BSPs are: a glob or several, relative to the project. By default `bsp.ts` or `bsp.yaml` in every folder of `bsp/`.',
    ),
  /** Folder of the application's sources (main.go, frontend), relative to the project. By default `'.'`. */
  application: text(...projectPath)
    .optional()
    .describe(
      "Folder of the application's sources (main.go, frontend), relative to the project. By default `'.'`.",
    ),
  /** Host name of the device; goes before the one of the BSP. */
  hostname: text(shellSafe).optional().describe('Host name of the device; goes before the one of the BSP.'),
  /** What is seen while the device starts. */
  boot: z
    .strictObject({
      /** The picture while the device starts. */
      splash: z
        .strictObject({
          /** Whether to show it. */
          enabled: z.boolean().describe('Whether to show it.'),
          /** The picture, a PNG file, relative to the project. Scripts see it as SPLASH_LOGO. */
          logo: text(...projectPath).describe(
            'The picture, a PNG file, relative to the project. Scripts see it as SPLASH_LOGO.',
          ),
          /** What is around it: six hexadecimal digits. Scripts see it as SPLASH_COLOR. */
          color: text(color).describe(
            'What is around it: six hexadecimal digits. Scripts see it as SPLASH_COLOR.',
          ),
        })
        .optional()
        .describe('The picture while the device starts.'),
    })
    .optional()
    .describe('What is seen while the device starts.'),
  /** Update bundles. */
  update: z
    .strictObject({
      /** Whether devices take updates. By default not. */
      enabled: z.boolean().optional().describe('Whether devices take updates. By default not.'),
      /** Whether every build makes a bundle. By default not. */
      auto_bundle: z.boolean().optional().describe('Whether every build makes a bundle. By default not.'),
    })
    .optional()
    .describe('Update bundles.'),
  /** The monitors of the device. */
  display: z
    .strictObject({
      /** What each monitor shows; at least one. */
      monitors: obey(z.array(monitorSchema).readonly(), {
        code: 'empty_list',
        hint: 'leave display out, or add a monitor',
        holds: value => value.length > 0,
        message: () => 'at least one monitor is needed',
        json: { minItems: 1 },
      }).describe('What each monitor shows; at least one.'),
    })
    .optional()
    .describe('The monitors of the device.'),
  /** What the project adds to the root filesystem of every BSP. */
  rootfs: z
    .strictObject({
      /** Folder whose files are copied over the root filesystem, after the BSP's; relative to the project. */
      overlay: text(...projectPath)
        .optional()
        .describe(
          "Folder whose files are copied over the root filesystem, after the BSP's; relative to the project.",
        ),
      /** Debian packages: names, or `.deb` files relative to the project. */
      packages: z
        .array(text(shellSafe))
        .readonly()
        .optional()
        .describe('Debian packages: names, or `.deb` files relative to the project.'),
      /** Components of Debian's archive from which packages may come. By default `['main', 'contrib', 'non-free', 'non-free-firmware']`. */
      components: componentsSchema
        .optional()
        .describe(
          "Components of Debian's archive from which packages may come. By default `['main', 'contrib', 'non-free', 'non-free-firmware']`.",
        ),
      /** Whether pages can play sound and video: GStreamer's plugins with the usual codecs. By default true. */
      media: z
        .boolean()
        .optional()
        .describe(
          "Whether pages can play sound and video: GStreamer's plugins with the usual codecs. By default true.",
        ),
      /** The scripts that pages can show: `'all'` that Noto has, with Chinese, Japanese, Korean and emoji, or those of `'latin'` (also Greek and Cyrillic). By default `'all'`. */
      fonts: choice(['all', 'latin'] as const, 'unknown_value', 'set of fonts')
        .optional()
        .describe(
          "The scripts that pages can show: `'all'` that Noto has, with Chinese, Japanese, Korean and emoji, or those of `'latin'` (also Greek and Cyrillic). By default `'all'`.",
        ),
      /** Mesa's drivers: `'all'`, with Vulkan and the decoders of video chips, or OpenGL's alone (`'gl'`). By default `'all'`. */
      gpu_drivers: choice(['all', 'gl'] as const, 'unknown_value', 'set of drivers')
        .optional()
        .describe(
          "Mesa's drivers: `'all'`, with Vulkan and the decoders of video chips, or OpenGL's alone (`'gl'`). By default `'all'`.",
        ),
      /** Further repositories of Debian packages, which the image keeps in its apt sources. */
      repositories: projectRepositories
        .optional()
        .describe('Further repositories of Debian packages, which the image keeps in its apt sources.'),
    })
    .optional()
    .describe('What the project adds to the root filesystem of every BSP.'),
  /** Scripts that change the finished root filesystem of every BSP, in this order. */
  scripts: z
    .array(projectScriptSchema)
    .readonly()
    .optional()
    .describe('Scripts that change the finished root filesystem of every BSP, in this order.'),
  /** The Cage compositor, where the project wants another than that of the Debian suite. */
  cage: cageSourceSchema
    .optional()
    .describe('The Cage compositor, where the project wants another than that of the Debian suite.'),
  /** What `strux test` asserts of the running image. */
  test: testSchema.optional().describe('What `strux test` asserts of the running image.'),
  /** Settings of `strux run` and `strux test`, which start the image in QEMU. */
  qemu: z
    .strictObject({
      /** Whether `strux run` may start the project in QEMU. */
      enabled: z.boolean().describe('Whether `strux run` may start the project in QEMU.'),
      /** Whether the machine has a network. */
      network: z.boolean().describe('Whether the machine has a network.'),
      /** USB devices of this machine that QEMU hands to the guest. */
      usb: z
        .array(
          z.strictObject({
            /** Vendor of the device: four hexadecimal digits. */
            vendor_id: text(usbId).describe('Vendor of the device: four hexadecimal digits.'),
            /** Product of the vendor: four hexadecimal digits. */
            product_id: text(usbId).describe('Product of the vendor: four hexadecimal digits.'),
          }),
        )
        .readonly()
        .optional()
        .describe('USB devices of this machine that QEMU hands to the guest.'),
      /** Further arguments for QEMU. */
      flags: z.array(text(shellSafe)).readonly().optional().describe('Further arguments for QEMU.'),
    })
    .optional()
    .describe('Settings of `strux run` and `strux test`, which start the image in QEMU.'),
  /** Settings of `strux build`. */
  build: z
    .strictObject({
      /** Debian packages that every builder image has beside the tools that its scripts ask for. */
      host_packages: z
        .array(text(shellSafe))
        .readonly()
        .optional()
        .describe('Debian packages that every builder image has beside the tools that its scripts ask for.'),
      /** Built-in steps that a device without a screen, or without an application, can do without. */
      steps: z
        .strictObject({
          /** Whether the device has an application. By default it has; `false` is the default of all other steps here too. */
          application: z
            .boolean()
            .optional()
            .describe(
              'Whether the device has an application. By default it has; `false` is the default of all other steps here too.',
            ),
          /** Whether the device has the client, which starts the application and the screen. By default it has, with an application. */
          client: z
            .boolean()
            .optional()
            .describe(
              'Whether the device has the client, which starts the application and the screen. By default it has, with an application.',
            ),
          /** Whether to build the web frontend. By default it is built. */
          frontend: z
            .boolean()
            .optional()
            .describe('Whether to build the web frontend. By default it is built.'),
          /** Whether the device has the Cage compositor. By default it has. */
          cage: z
            .boolean()
            .optional()
            .describe('Whether the device has the Cage compositor. By default it has.'),
          /** Whether the device has the WPE WebKit browser. By default it has. */
          wpe: z
            .boolean()
            .optional()
            .describe('Whether the device has the WPE WebKit browser. By default it has.'),
        })
        .optional()
        .describe(
          'Built-in steps that a device without a screen, or without an application, can do without.',
        ),
      /** What may be skipped. */
      cache: z
        .strictObject({
          /** Whether steps and scripts may be skipped when nothing has changed. By default they may. */
          enabled: z
            .boolean()
            .optional()
            .describe(
              'Whether steps and scripts may be skipped when nothing has changed. By default they may.',
            ),
          /** Steps, hooks and ids of scripts that run on every build. `rootfs-base` and `rootfs-post` are the steps `rootfs` and `rootfs_post`. */
          force_rebuild: strings
            .optional()
            .describe(
              'Steps, hooks and ids of scripts that run on every build. `rootfs-base` and `rootfs-post` are the steps `rootfs` and `rootfs_post`.',
            ),
          /** Names, or suffixes written `*.log`, that do not count in folders and globs that scripts depend on. */
          ignore_patterns: strings
            .optional()
            .describe(
              'Names, or suffixes written `*.log`, that do not count in folders and globs that scripts depend on.',
            ),
        })
        .optional()
        .describe('What may be skipped.'),
    })
    .optional()
    .describe('Settings of `strux build`.'),
  /** The image in which steps and scripts run. */
  builder: z
    .strictObject({
      /** Name of an image of your own, used as it is. By default images are made from what each script asks for. */
      image: text(image)
        .optional()
        .describe(
          'Name of an image of your own, used as it is. By default images are made from what each script asks for.',
        ),
      /** Debian suite that images and root filesystems are made from. By default `'trixie'`. */
      suite: text(suite)
        .optional()
        .describe("Debian suite that images and root filesystems are made from. By default `'trixie'`."),
      /** URL of the Debian mirror that packages come from. */
      mirror: text(mirror).optional().describe('URL of the Debian mirror that packages come from.'),
    })
    .optional()
    .describe('The image in which steps and scripts run.'),
  /** Settings of `strux dev`. */
  dev: devSchema.optional().describe('Settings of `strux dev`.'),
})

export type ProjectData = z.output<typeof projectSchema>
