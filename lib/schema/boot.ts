/** Kernel and bootloader of a BSP: the `boot` section of bsp.yaml. */
import * as z from 'zod'
import { choice, type Rule, stringOrStrings, strings, text } from './rule.ts'

export const sha256: Rule<string> = {
  code: 'bad_sha256',
  hint: '64 hexadecimal digits, as sha256sum prints them',
  holds: value => /^[0-9a-fA-F]{64}$/.test(value),
  message: value => `'${value}' is no SHA-256`,
  json: { pattern: '^[0-9a-fA-F]{64}$' },
}

export const kernelSchema = z.strictObject({
  /** Whether to build a kernel for this board. Otherwise Debian's is used, and the kernel hooks do not run. */
  custom_kernel: z
    .boolean()
    .describe(
      "Whether to build a kernel for this board. Otherwise Debian's is used, and the kernel hooks do not run.",
    ),
  /** Where the kernel source comes from: git (`URL#ref`), tarball (URL or `./x.tar.xz`), folder (`./x`), `deb:NAME`, `deb-src:NAME`. Without, `version` says which of Debian's. */
  source: z
    .string()
    .optional()
    .describe(
      "Where the kernel source comes from: git (`URL#ref`), tarball (URL or `./x.tar.xz`), folder (`./x`), `deb:NAME`, `deb-src:NAME`. Without, `version` says which of Debian's.",
    ),
  /** SHA-256 of the tarball in hexadecimal; another one fails the build. */
  sha256: text(sha256)
    .optional()
    .describe('SHA-256 of the tarball in hexadecimal; another one fails the build.'),
  /** Version of the kernel, as text: `'6.12'`. */
  version: z.string().optional().describe("Version of the kernel, as text: `'6.12'`."),
  /** Name of the kernel's own configuration to begin with, such as `'defconfig'`. */
  defconfig: z
    .string()
    .optional()
    .describe("Name of the kernel's own configuration to begin with, such as `'defconfig'`."),
  /** Changes to the configuration: files of the BSP (`./configs/x.config`) or lines such as `'CONFIG_USB=y'`. */
  fragments: strings
    .optional()
    .describe(
      "Changes to the configuration: files of the BSP (`./configs/x.config`) or lines such as `'CONFIG_USB=y'`.",
    ),
  /** Patch files of the BSP, applied to the source in this order with `patch -p1`. */
  patches: strings
    .optional()
    .describe('Patch files of the BSP, applied to the source in this order with `patch -p1`.'),
  /** Device trees to compile with the kernel. */
  device_tree: z
    .strictObject({
      /** Device tree sources: `./x.dts` is a file of the BSP, a bare name one of the kernel's own. */
      dts: stringOrStrings.describe(
        "Device tree sources: `./x.dts` is a file of the BSP, a bare name one of the kernel's own.",
      ),
      /** Overlay sources (`.dtso`) of the BSP, compiled to `.dtbo`. */
      overlays: strings.optional().describe('Overlay sources (`.dtso`) of the BSP, compiled to `.dtbo`.'),
      /** Further folders of the BSP in which device tree sources are searched for included files. */
      include_paths: strings
        .optional()
        .describe('Further folders of the BSP in which device tree sources are searched for included files.'),
    })
    .optional()
    .describe('Device trees to compile with the kernel.'),
})

const blobSchema = z.strictObject({
  /** Name of the blob, unique in its role. */
  id: z.string().describe('Name of the blob, unique in its role.'),
  /** What the blob is for: `ddr`, `bl31`, `bl32`, `tee`, … `bl31`, `bl32` and `tee` are given to U-Boot's make. */
  role: z
    .string()
    .describe(
      "What the blob is for: `ddr`, `bl31`, `bl32`, `tee`, … `bl31`, `bl32` and `tee` are given to U-Boot's make.",
    ),
  /** The file: `./x` is in the BSP's folder, `cache/x` and `output/x` in its build folders, `deb:NAME/path` in a Debian package for the board. */
  path: z
    .string()
    .describe(
      "The file: `./x` is in the BSP's folder, `cache/x` and `output/x` in its build folders, `deb:NAME/path` in a Debian package for the board.",
    ),
  /** Whether the build fails when the file is missing. Otherwise it is only warned of. */
  required: z
    .boolean()
    .optional()
    .describe('Whether the build fails when the file is missing. Otherwise it is only warned of.'),
  /** SHA-256 of the file in hexadecimal; a file that has another one fails the build. */
  sha256: text(sha256)
    .optional()
    .describe('SHA-256 of the file in hexadecimal; a file that has another one fails the build.'),
  /** The make variable that is set to the file's path, instead of the one that the role implies. */
  make_var: z
    .string()
    .optional()
    .describe("The make variable that is set to the file's path, instead of the one that the role implies."),
})

export const bootloaderSchema = z.strictObject({
  /** Whether to build a bootloader for this board. Otherwise the bootloader hooks do not run. */
  enabled: z
    .boolean()
    .describe('Whether to build a bootloader for this board. Otherwise the bootloader hooks do not run.'),
  /** Which bootloader. `custom` leaves all to the scripts, `none` means there is none. */
  type: choice(['grub', 'u-boot', 'systemd-boot', 'custom', 'none'], 'unknown_value', 'type of bootloader')
    .optional()
    .describe('Which bootloader. `custom` leaves all to the scripts, `none` means there is none.'),
  /** Version of the bootloader, as text: `'2025.01'`. */
  version: z.string().optional().describe("Version of the bootloader, as text: `'2025.01'`."),
  /** Where the source comes from: git (`URL#ref`), tarball (URL or `./x.tar.xz`), folder (`./x`), `deb:NAME`, `deb-src:NAME`. Of U-Boot by default Debian's, `deb-src:u-boot`. */
  source: z
    .string()
    .optional()
    .describe(
      "Where the source comes from: git (`URL#ref`), tarball (URL or `./x.tar.xz`), folder (`./x`), `deb:NAME`, `deb-src:NAME`. Of U-Boot by default Debian's, `deb-src:u-boot`.",
    ),
  /** SHA-256 of the tarball in hexadecimal; another one fails the build. */
  sha256: text(sha256)
    .optional()
    .describe('SHA-256 of the tarball in hexadecimal; another one fails the build.'),
  /** Name of the bootloader's own configuration to begin with. U-Boot cannot be built without. */
  defconfig: z
    .string()
    .optional()
    .describe("Name of the bootloader's own configuration to begin with. U-Boot cannot be built without."),
  /** Changes to the configuration: files of the BSP or lines of their own. */
  fragments: strings
    .optional()
    .describe('Changes to the configuration: files of the BSP or lines of their own.'),
  /** Patch files of the BSP, applied to the source in this order with `patch -p1`. */
  patches: strings
    .optional()
    .describe('Patch files of the BSP, applied to the source in this order with `patch -p1`.'),
  /** Device trees to compile with the bootloader. */
  device_tree: z
    .strictObject({
      /** Device tree sources of the BSP. The first is the one that the bootloader uses. */
      dts: stringOrStrings.describe(
        'Device tree sources of the BSP. The first is the one that the bootloader uses.',
      ),
      /** Files that the device tree sources include. */
      dtsi: stringOrStrings.optional().describe('Files that the device tree sources include.'),
      /** Further folders of the BSP in which device tree sources are searched for included files. */
      include_paths: strings
        .optional()
        .describe('Further folders of the BSP in which device tree sources are searched for included files.'),
      /** Whether to compile them outside the bootloader's tree and hand it the finished file. */
      standalone: z
        .boolean()
        .optional()
        .describe("Whether to compile them outside the bootloader's tree and hand it the finished file."),
    })
    .optional()
    .describe('Device trees to compile with the bootloader.'),
  /** How the bootloader finds the kernel, for scripts of the BSP. A declared `image` uses extlinux with U-Boot. */
  boot_method: choice(['extlinux', 'script', 'direct'], 'unknown_value', 'boot method')
    .optional()
    .describe(
      'How the bootloader finds the kernel, for scripts of the BSP. A declared `image` uses extlinux with U-Boot.',
    ),
  /** The file with the boot configuration. Only scripts of the BSP act on it. */
  boot_config: z
    .string()
    .optional()
    .describe('The file with the boot configuration. Only scripts of the BSP act on it.'),
  /** Firmware of the vendor that goes into the bootloader. */
  blobs: z
    .array(blobSchema)
    .readonly()
    .optional()
    .describe('Firmware of the vendor that goes into the bootloader.'),
})
