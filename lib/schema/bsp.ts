/** A board support package: all keys of bsp.yaml below `bsp:`, and the keys that only TypeScript has. */
import * as z from 'zod'
import { bootloaderSchema, kernelSchema } from './boot.ts'
import { extensionKeys } from './extension.ts'
import { imageSchema } from './image.ts'
import { packageEntry, scriptsOfHook } from './package.ts'
import { hostName } from './path.ts'
import { postImageSchema, postScripts } from './post-script.ts'
import { boardQemuSchema } from './qemu.ts'
import { bspRepositories } from './repository.ts'
import { choice, type Rule, stringOrStrings, strings, text } from './rule.ts'
import { scriptSchema } from './script.ts'

/**
 * The values of `arch`; several names mean the same architecture. In lower case: the YAML reader converts other
 * cases.
 */
export const ARCHES = ['host', 'arm64', 'aarch64', 'x86_64', 'amd64', 'armhf', 'armv7', 'arm'] as const

export type Arch = Extract<(typeof ARCHES)[number], string>

/** In pixels. The original splits at the `x` without checks, which can give a display of NaN by 0. */
const resolutionRule: Rule<string> = {
  code: 'bad_resolution',
  hint: "write WIDTHxHEIGHT in pixels, such as '1920x1080'",
  holds: value => /^0*[1-9]\d*x0*[1-9]\d*$/.test(value),
  message: value => `'${value}' is not a resolution`,
  json: { pattern: '^0*[1-9]\\d*x0*[1-9]\\d*$' },
}

/** WIDTHxHEIGHT, both positive integers. The type cannot express "positive integer"; the rule does. */
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

/** At least one is required, so that the runtime can find the extension. */
const extensionSchema = z
  .strictObject({
    /** Folder of the Go package, relative to the BSP's folder. */
    path: z.string().optional().describe("Folder of the Go package, relative to the BSP's folder."),
    /** Import path of the Go package, if it cannot be derived from `path`. */
    import: z
      .string()
      .optional()
      .describe('Import path of the Go package, if it cannot be derived from `path`.'),
  })
  .refine(value => value.path !== undefined || value.import !== undefined, {
    error: 'a runtime extension needs path or import',
    params: { code: 'path_or_import' },
  })

export const bspSchema = z.strictObject({
  /** Name of the BSP, for people. Commands, scripts and caches use the name of the BSP's folder. */
  name: z
    .string()
    .describe("Name of the BSP, for people. Commands, scripts and caches use the name of the BSP's folder."),
  /** Short description of the board. */
  description: z.string().describe('Short description of the board.'),
  /** CPU architecture of the board. `host` means the architecture of the build machine. */
  arch: choice<Arch>(ARCHES, 'bad_arch', 'an architecture').describe(
    'CPU architecture of the board. `host` means the architecture of the build machine.',
  ),
  /** Host name of the device, if the project sets none. */
  hostname: text(...hostName).describe('Host name of the device, if the project sets none.'),
  /** The board's display. */
  display: z
    .strictObject({
      /** WIDTHxHEIGHT in pixels, such as `'1920x1080'`. Scripts get it as DISPLAY_WIDTH and DISPLAY_HEIGHT. */
      resolution: resolution.describe(
        "WIDTHxHEIGHT in pixels, such as `'1920x1080'`. Scripts get it as DISPLAY_WIDTH and DISPLAY_HEIGHT.",
      ),
    })
    .optional()
    .describe("The board's display."),
  /** Settings of Cage, the Wayland compositor of the device. */
  cage: z
    .strictObject({
      /** Environment variables for Cage, each `'NAME=value'`. `STRUX_OUTPUT_TRANSFORM=90` rotates the screen, like `display.monitors[].transform`. */
      env: strings
        .optional()
        .describe(
          "Environment variables for Cage, each `'NAME=value'`. `STRUX_OUTPUT_TRANSFORM=90` rotates the screen, like `display.monitors[].transform`.",
        ),
      /** Whether to hide the mouse cursor. */
      hide_cursor: z.boolean().optional().describe('Whether to hide the mouse cursor.'),
    })
    .optional()
    .describe('Settings of Cage, the Wayland compositor of the device.'),
  /** The scripts of the board, each at a hook of the build pipeline. Scripts of one hook run in this order. */
  scripts: z
    .array(scriptSchema)
    .readonly()
    .optional()
    .describe(
      'The scripts of the board, each at a hook of the build pipeline. Scripts of one hook run in this order.',
    ),
  ...extensionKeys,
  /** Bootloader, kernel and kernel arguments. */
  boot: z
    .strictObject({
      /** The bootloader, if the board needs one. */
      bootloader: bootloaderSchema.optional().describe('The bootloader, if the board needs one.'),
      /** The kernel, if the board does not use Debian's. */
      kernel: kernelSchema.optional().describe("The kernel, if the board does not use Debian's."),
      /** Arguments for the kernel, such as `'console=ttyS0'`. `root=` is added if it is missing. */
      cmdline: text(cmdline)
        .optional()
        .describe("Arguments for the kernel, such as `'console=ttyS0'`. `root=` is added if it is missing."),
    })
    .optional()
    .describe('Bootloader, kernel and kernel arguments.'),
  /** The board's additions to the root filesystem. */
  rootfs: z
    .strictObject({
      /** A folder, or several, whose files are copied over the root filesystem in this order. `./x` is in the BSP's folder; other paths are relative to the project. */
      overlay: stringOrStrings
        .optional()
        .describe(
          "A folder, or several, whose files are copied over the root filesystem in this order. `./x` is in the BSP's folder; other paths are relative to the project.",
        ),
      /** Debian packages: names, or `.deb` files (`./x.deb` in the BSP's folder; other paths are relative to the project). */
      packages: strings
        .optional()
        .describe(
          "Debian packages: names, or `.deb` files (`./x.deb` in the BSP's folder; other paths are relative to the project).",
        ),
      /** Additional repositories of Debian packages. They stay in the image's apt sources. */
      repositories: bspRepositories
        .optional()
        .describe("Additional repositories of Debian packages. They stay in the image's apt sources."),
    })
    .optional()
    .describe("The board's additions to the root filesystem."),
  /** The disk image, for boards with ordinary partitions. Other boards make theirs with `make_image` scripts. */
  image: imageSchema
    .optional()
    .describe(
      'The disk image, for boards with ordinary partitions. Other boards make theirs with `make_image` scripts.',
    ),
  /** Packages that are built from source: names of files in the project's `packages/` folder, or values made by `definePackage`. */
  packages: z
    .array(packageEntry)
    .readonly()
    .optional()
    .describe(
      "Packages that are built from source: names of files in the project's `packages/` folder, or values made by `definePackage`.",
    ),
  /** Scripts that run in the root filesystem after the `target_finalize` hooks of all packages, before overlays and images. */
  target_finalize: scriptsOfHook
    .optional()
    .describe(
      'Scripts that run in the root filesystem after the `target_finalize` hooks of all packages, before overlays and images.',
    ),
  /** Scripts that change the complete root filesystem, in this order, as root. */
  post_build: postScripts
    .optional()
    .describe('Scripts that change the complete root filesystem, in this order, as root.'),
  /** The same, after everything else: for owners and device nodes. */
  post_fakeroot: postScripts
    .optional()
    .describe('The same, after everything else: for owners and device nodes.'),
  /** Scripts that run when all images exist: after the disk image and all `make_image` scripts. */
  post_image: postImageSchema
    .optional()
    .describe('Scripts that run when all images exist: after the disk image and all `make_image` scripts.'),
  /** How `strux run` and `strux test` start the board in QEMU. */
  qemu: boardQemuSchema.optional().describe('How `strux run` and `strux test` start the board in QEMU.'),
  /** The board's extensions of the on-device runtime. */
  runtime: z
    .strictObject({
      /** Versions of the Strux API that the extensions support, each `'MAJOR.MINOR'`. */
      compatible_strux_api: stringOrStrings
        .optional()
        .describe("Versions of the Strux API that the extensions support, each `'MAJOR.MINOR'`."),
      /** Go packages that are compiled into the application for this board. */
      extensions: z
        .array(extensionSchema)
        .readonly()
        .optional()
        .describe('Go packages that are compiled into the application for this board.'),
    })
    .optional()
    .describe("The board's extensions of the on-device runtime."),
})

export type BspData = z.output<typeof bspSchema>
