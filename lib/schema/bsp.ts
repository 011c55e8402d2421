/** A board support package: all that bsp.yaml can say below `bsp:`, and the keys that only TypeScript has. */
import * as z from 'zod'
import { bootloaderSchema, kernelSchema } from './boot.ts'
import { imageSchema } from './image.ts'
import { shellSafe } from './path.ts'
import { boardQemuSchema } from './qemu.ts'
import { bspRepositories } from './repository.ts'
import { choice, type Rule, stringOrStrings, strings, text } from './rule.ts'
import { scriptSchema } from './script.ts'

/** What may be written for `arch`; several names stand for one architecture. In lower case: YAML's other cases are mapped by its reader. */
export const ARCHES = ['host', 'arm64', 'aarch64', 'x86_64', 'amd64', 'armhf', 'armv7', 'arm'] as const

export type Arch = Extract<(typeof ARCHES)[number], string>

/** Pixels. The original splits at the `x` and goes on with what it finds; a display of NaN by 0 helps nobody. */
const resolutionRule: Rule<string> = {
  code: 'bad_resolution',
  hint: "write WIDTHxHEIGHT in pixels, such as '1920x1080'",
  holds: value => /^0*[1-9]\d*x0*[1-9]\d*$/.test(value),
  message: value => `'${value}' is no resolution`,
  json: { pattern: '^0*[1-9]\\d*x0*[1-9]\\d*$' },
}

/** WIDTHxHEIGHT, both positive integers. The type cannot say "positive integer"; the rule does. */
export const resolution = text(resolutionRule) as z.ZodType<unknown> as z.ZodType<
  `${number}x${number}`,
  `${number}x${number}`
>

const cmdline: Rule<string> = {
  code: 'bad_cmdline',
  hint: 'write the arguments on one line',
  holds: value => !/[\r\n\0]/.test(value),
  message: () => 'the kernel command line has a line break',
  json: { pattern: '^[^\\r\\n\\u0000]*$' },
}

/** One of both must be there for the runtime to find the extension. */
const extensionSchema = z
  .strictObject({
    /** Folder of the Go package, relative to the BSP's folder. */
    path: z.string().optional().describe("Folder of the Go package, relative to the BSP's folder."),
    /** Import path of the Go package, where it cannot be derived from `path`. */
    import: z
      .string()
      .optional()
      .describe('Import path of the Go package, where it cannot be derived from `path`.'),
  })
  .refine(value => value.path !== undefined || value.import !== undefined, {
    error: 'a runtime extension needs path or import',
    params: { code: 'path_or_import' },
  })

export const bspSchema = z.strictObject({
  /** Name of the BSP, for people. Commands, scripts and caches go by the name of the BSP's folder. */
  name: z
    .string()
    .describe(
      "Name of the BSP, for people. Commands, scripts and caches go by the name of the BSP's folder.",
    ),
  /** The board in a few words. */
  description: z.string().describe('The board in a few words.'),
  /** CPU architecture of the board. `host` is that of the machine that builds. */
  arch: choice<Arch>(ARCHES, 'bad_arch', 'architecture').describe(
    'CPU architecture of the board. `host` is that of the machine that builds.',
  ),
  /** Host name of the device, where the project gives none. */
  hostname: text(shellSafe).describe('Host name of the device, where the project gives none.'),
  /** The display that the board has. */
  display: z
    .strictObject({
      /** WIDTHxHEIGHT in pixels, such as `'1920x1080'`. Scripts see DISPLAY_WIDTH and DISPLAY_HEIGHT. */
      resolution: resolution.describe(
        "WIDTHxHEIGHT in pixels, such as `'1920x1080'`. Scripts see DISPLAY_WIDTH and DISPLAY_HEIGHT.",
      ),
    })
    .optional()
    .describe('The display that the board has.'),
  /** Settings of Cage, the Wayland compositor of the device. */
  cage: z
    .strictObject({
      /** Environment variables for Cage, each `'NAME=value'`. `STRUX_OUTPUT_TRANSFORM=90` turns the screen, like `display.monitors[].transform`. */
      env: strings
        .optional()
        .describe(
          "Environment variables for Cage, each `'NAME=value'`. `STRUX_OUTPUT_TRANSFORM=90` turns the screen, like `display.monitors[].transform`.",
        ),
      /** Whether to hide the mouse cursor. */
      hide_cursor: z.boolean().optional().describe('Whether to hide the mouse cursor.'),
    })
    .optional()
    .describe('Settings of Cage, the Wayland compositor of the device.'),
  /** The scripts of the board, each at a hook of the build pipeline; those of one hook run in this order. */
  scripts: z
    .array(scriptSchema)
    .readonly()
    .optional()
    .describe(
      'The scripts of the board, each at a hook of the build pipeline; those of one hook run in this order.',
    ),
  /** What starts the device. */
  boot: z
    .strictObject({
      /** The bootloader, where the board needs one built. */
      bootloader: bootloaderSchema.optional().describe('The bootloader, where the board needs one built.'),
      /** The kernel, where the board needs another than Debian's. */
      kernel: kernelSchema.optional().describe("The kernel, where the board needs another than Debian's."),
      /** Arguments for the kernel, such as `'console=ttyS0'`. `root=` is added where it is not given. */
      cmdline: text(cmdline)
        .optional()
        .describe(
          "Arguments for the kernel, such as `'console=ttyS0'`. `root=` is added where it is not given.",
        ),
    })
    .optional()
    .describe('What starts the device.'),
  /** What the board adds to the root filesystem. */
  rootfs: z
    .strictObject({
      /** Folder whose files are copied over the root filesystem, or several, each over those before. `./x` is in the BSP's folder, else in the project. */
      overlay: stringOrStrings
        .optional()
        .describe(
          "Folder whose files are copied over the root filesystem, or several, each over those before. `./x` is in the BSP's folder, else in the project.",
        ),
      /** Debian packages: names, or `.deb` files (`./x.deb` in the BSP's folder, else in the project). */
      packages: strings
        .optional()
        .describe(
          "Debian packages: names, or `.deb` files (`./x.deb` in the BSP's folder, else in the project).",
        ),
      /** Further repositories of Debian packages, which the image keeps in its apt sources. */
      repositories: bspRepositories
        .optional()
        .describe('Further repositories of Debian packages, which the image keeps in its apt sources.'),
    })
    .optional()
    .describe('What the board adds to the root filesystem.'),
  /** The disk image, for boards that need nothing special. Others make theirs with `make_image` scripts. */
  image: imageSchema
    .optional()
    .describe(
      'The disk image, for boards that need nothing special. Others make theirs with `make_image` scripts.',
    ),
  /** How `strux run` and `strux test` start the board in QEMU. */
  qemu: boardQemuSchema.optional().describe('How `strux run` and `strux test` start the board in QEMU.'),
  /** What the board adds to the runtime on the device. */
  runtime: z
    .strictObject({
      /** Versions of the Strux API that the extensions work with, each `'MAJOR.MINOR'`. */
      compatible_strux_api: stringOrStrings
        .optional()
        .describe("Versions of the Strux API that the extensions work with, each `'MAJOR.MINOR'`."),
      /** Go packages that are compiled into the application for this board. */
      extensions: z
        .array(extensionSchema)
        .readonly()
        .optional()
        .describe('Go packages that are compiled into the application for this board.'),
    })
    .optional()
    .describe('What the board adds to the runtime on the device.'),
})

export type BspData = z.output<typeof bspSchema>
