/** A project: all keys of strux.yaml, and the keys that only a TypeScript configuration has. */
import * as z from 'zod'
import { builderSchema, buildSchema } from './build.ts'
import { cageSourceSchema } from './cage.ts'
import { devSchema } from './dev.ts'
import { extensionKeys } from './extension.ts'
import { monitorsSchema } from './monitors.ts'
import { packageEntry } from './package.ts'
import { hostName, projectPath, shellSafe } from './path.ts'
import { componentsSchema, DEBIAN_COMPONENTS, projectRepositories } from './repository.ts'
import { choice, matching, stringOrStrings, text } from './rule.ts'
import { projectScriptSchema } from './script.ts'
import { testSchema } from './test.ts'

/** Defaults of absent keys. The schema leaves absent keys absent, so that an export adds nothing. */
export const PROJECT_DEFAULTS = {
  bsps: ['bsp/*/bsp.ts', 'bsp/*/bsp.yaml'],
  application: '.',
  builder: { suite: 'trixie' },
  update: { enabled: false, auto_bundle: false },
  build: { cache: { enabled: true } },
  rootfs: { components: DEBIAN_COMPONENTS, media: true, fonts: 'all', gpu_drivers: 'all' },
  dev: { inspector: { enabled: false, port: 9223 }, usb: { enabled: true, subnet: '192.168.7.0/24' } },
} as const

/** Semantic Versioning 2.0.0: three numbers without leading zeros, then optional -prerelease and +build. */
const SEMVER =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(\.(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?(\+[0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*)?$/

const version = matching(
  'bad_version',
  SEMVER,
  'a semantic version',
  "three numbers, such as '1.4.0', without a 'v'",
)
const color = matching(
  'bad_color',
  /^[0-9a-fA-F]{6}$/,
  'a colour',
  "six hexadecimal digits, such as '1e90ff', without '#'",
)
const usbId = matching(
  'bad_usb_id',
  /^[0-9a-fA-F]{4}$/,
  'a USB id',
  "four hexadecimal digits, such as '0bda'",
)
export const projectSchema = z.strictObject({
  /** Version of the project's product: three numbers, such as `'1.4.0'`. */
  project_version: text(version).describe(
    "Version of the project's product: three numbers, such as `'1.4.0'`.",
  ),
  /** Name of the project. Scripts get it as PROJECT_NAME. */
  name: text(shellSafe).describe('Name of the project. Scripts get it as PROJECT_NAME.'),
  /** Name of the default BSP for commands. */
  bsp: text(shellSafe).describe('Name of the default BSP for commands.'),
  /** One or more globs for the files of BSPs, relative to the project. Default: `bsp.ts` or `bsp.yaml` in every folder of `bsp/`. */
  bsps: stringOrStrings
    .optional()
    .describe(
      'One or more globs for the files of BSPs, relative to the project. Default: `bsp.ts` or `bsp.yaml` in every folder of `bsp/`.',
    ),
  /** Folder of the application's sources (main.go, frontend), relative to the project. Default: `'.'`. */
  application: text(...projectPath)
    .optional()
    .describe(
      "Folder of the application's sources (main.go, frontend), relative to the project. Default: `'.'`.",
    ),
  /** Host name of the device; overrides the BSP's. */
  hostname: text(...hostName)
    .optional()
    .describe("Host name of the device; overrides the BSP's."),
  /** The screen while the device starts. */
  boot: z
    .strictObject({
      /** The image on the screen while the device starts. */
      splash: z
        .strictObject({
          /** Whether to show it. */
          enabled: z.boolean().describe('Whether to show it.'),
          /** The image, a PNG file, relative to the project. Scripts get it as SPLASH_LOGO. */
          logo: text(...projectPath).describe(
            'The image, a PNG file, relative to the project. Scripts get it as SPLASH_LOGO.',
          ),
          /** Background colour: six hexadecimal digits. Scripts get it as SPLASH_COLOR. */
          color: text(color).describe(
            'Background colour: six hexadecimal digits. Scripts get it as SPLASH_COLOR.',
          ),
        })
        .optional()
        .describe('The image on the screen while the device starts.'),
    })
    .optional()
    .describe('The screen while the device starts.'),
  /** Update bundles. */
  update: z
    .strictObject({
      /** Whether devices accept updates. Default: false. */
      enabled: z.boolean().optional().describe('Whether devices accept updates. Default: false.'),
      /** Whether every build makes a bundle. Default: false. */
      auto_bundle: z.boolean().optional().describe('Whether every build makes a bundle. Default: false.'),
    })
    .optional()
    .describe('Update bundles.'),
  /** The monitors of the device. */
  display: monitorsSchema.optional().describe('The monitors of the device.'),
  /** The project's additions to the root filesystem of every BSP. */
  rootfs: z
    .strictObject({
      /** A folder whose files are copied over the root filesystem, after the BSP's; relative to the project. */
      overlay: text(...projectPath)
        .optional()
        .describe(
          "A folder whose files are copied over the root filesystem, after the BSP's; relative to the project.",
        ),
      /** Debian packages: names, or `.deb` files relative to the project. */
      packages: z
        .array(text(shellSafe))
        .readonly()
        .optional()
        .describe('Debian packages: names, or `.deb` files relative to the project.'),
      /** Components of Debian's archive for packages. Default: `['main', 'contrib', 'non-free', 'non-free-firmware']`. */
      components: componentsSchema
        .optional()
        .describe(
          "Components of Debian's archive for packages. Default: `['main', 'contrib', 'non-free', 'non-free-firmware']`.",
        ),
      /** Whether pages can play sound and video: installs GStreamer's plugins with the usual codecs. Default: true. */
      media: z
        .boolean()
        .optional()
        .describe(
          "Whether pages can play sound and video: installs GStreamer's plugins with the usual codecs. Default: true.",
        ),
      /** Writing systems that pages can show: `'all'` of Noto, with Chinese, Japanese, Korean and emoji, or `'latin'` (with Greek and Cyrillic). Default: `'all'`. */
      fonts: choice(['all', 'latin'] as const, 'unknown_value', 'a set of fonts')
        .optional()
        .describe(
          "Writing systems that pages can show: `'all'` of Noto, with Chinese, Japanese, Korean and emoji, or `'latin'` (with Greek and Cyrillic). Default: `'all'`.",
        ),
      /** Mesa's drivers: `'all'`, with Vulkan and hardware video decoders, or only OpenGL (`'gl'`). Default: `'all'`. */
      gpu_drivers: choice(['all', 'gl'] as const, 'unknown_value', 'a set of drivers')
        .optional()
        .describe(
          "Mesa's drivers: `'all'`, with Vulkan and hardware video decoders, or only OpenGL (`'gl'`). Default: `'all'`.",
        ),
      /** Additional repositories of Debian packages. They stay in the image's apt sources. */
      repositories: projectRepositories
        .optional()
        .describe("Additional repositories of Debian packages. They stay in the image's apt sources."),
    })
    .optional()
    .describe("The project's additions to the root filesystem of every BSP."),
  /** Scripts that change the finished root filesystem of every BSP, in this order. */
  scripts: z
    .array(projectScriptSchema)
    .readonly()
    .optional()
    .describe('Scripts that change the finished root filesystem of every BSP, in this order.'),
  ...extensionKeys,
  /** Packages that are built from source for every BSP: names of files in the project's `packages/` folder, or values made by `definePackage`. */
  packages: z
    .array(packageEntry)
    .readonly()
    .optional()
    .describe(
      "Packages that are built from source for every BSP: names of files in the project's `packages/` folder, or values made by `definePackage`.",
    ),
  /** The Cage compositor, if the project replaces the Debian suite's. */
  cage: cageSourceSchema
    .optional()
    .describe("The Cage compositor, if the project replaces the Debian suite's."),
  /** The assertions of `strux test` about the running image. */
  test: testSchema.optional().describe('The assertions of `strux test` about the running image.'),
  /** Settings of `strux run` and `strux test`, which start the image in QEMU. */
  qemu: z
    .strictObject({
      /** Whether `strux run` may start the project in QEMU. */
      enabled: z.boolean().describe('Whether `strux run` may start the project in QEMU.'),
      /** Whether the machine has a network. */
      network: z.boolean().describe('Whether the machine has a network.'),
      /** USB devices of the host that QEMU passes to the guest. */
      usb: z
        .array(
          z.strictObject({
            /** Vendor id: four hexadecimal digits. */
            vendor_id: text(usbId).describe('Vendor id: four hexadecimal digits.'),
            /** Product id: four hexadecimal digits. */
            product_id: text(usbId).describe('Product id: four hexadecimal digits.'),
          }),
        )
        .readonly()
        .optional()
        .describe('USB devices of the host that QEMU passes to the guest.'),
      /** Additional arguments for QEMU. */
      flags: z.array(text(shellSafe)).readonly().optional().describe('Additional arguments for QEMU.'),
    })
    .optional()
    .describe('Settings of `strux run` and `strux test`, which start the image in QEMU.'),
  /** Settings of `strux build`. */
  build: buildSchema.optional().describe('Settings of `strux build`.'),
  /** The container image for steps and scripts. */
  builder: builderSchema.optional().describe('The container image for steps and scripts.'),
  /** Settings of `strux dev`. */
  dev: devSchema.optional().describe('Settings of `strux dev`.'),
})

export type ProjectData = z.output<typeof projectSchema>
