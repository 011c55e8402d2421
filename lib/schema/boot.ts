/** Kernel and bootloader of a BSP: the `boot` section of bsp.yaml. */
import * as z from 'zod'
import { choice, type Rule, stringOrStrings, strings, text } from './rule.ts'

export const sha256: Rule<string> = {
  code: 'bad_sha256',
  hint: '64 hexadecimal digits, as printed by sha256sum',
  holds: value => /^[0-9a-fA-F]{64}$/.test(value),
  message: value => `'${value}' is not a SHA-256`,
  json: { pattern: '^[0-9a-fA-F]{64}$' },
}

const kernelPackage: Rule<string> = {
  code: 'bad_kernel_package',
  hint: 'a name that begins with linux-image-, with /SUITE or =VERSION if another one is wanted',
  holds: value => /^linux-image-[a-z0-9][a-z0-9+.-]*([/=][A-Za-z0-9][A-Za-z0-9.+:~-]*)?$/.test(value),
  message: value => `'${value}' is not the name of a kernel package`,
  json: { pattern: '^linux-image-[a-z0-9][a-z0-9+.-]*([/=][A-Za-z0-9][A-Za-z0-9.+:~-]*)?$' },
}

export const kernelSchema = z.strictObject({
  /** Whether to build a kernel for this board. If not, Debian's kernel is used, and the kernel hooks do not run. */
  custom_kernel: z
    .boolean()
    .describe(
      "Whether to build a kernel for this board. If not, Debian's kernel is used, and the kernel hooks do not run.",
    ),
  /** Debian's package of the kernel, such as `'linux-image-rt-amd64'` or `'linux-image-amd64/trixie-backports'`. Default: the suite's `linux-image` for the architecture. */
  package: text(kernelPackage)
    .optional()
    .describe(
      "Debian's package of the kernel, such as `'linux-image-rt-amd64'` or `'linux-image-amd64/trixie-backports'`. Default: the suite's `linux-image` for the architecture.",
    ),
  /** Source of the kernel: git (`URL#ref`), tarball (URL or `./x.tar.xz`), folder (`./x`), `deb:NAME`, `deb-src:NAME`. By default the Debian source of `version`. */
  source: z
    .string()
    .optional()
    .describe(
      'Source of the kernel: git (`URL#ref`), tarball (URL or `./x.tar.xz`), folder (`./x`), `deb:NAME`, `deb-src:NAME`. By default the Debian source of `version`.',
    ),
  /** SHA-256 of the tarball in hexadecimal. The build fails if it differs. */
  sha256: text(sha256)
    .optional()
    .describe('SHA-256 of the tarball in hexadecimal. The build fails if it differs.'),
  /** Version of the kernel, as text: `'6.12'`. */
  version: z.string().optional().describe("Version of the kernel, as text: `'6.12'`."),
  /** Name of the kernel's base configuration, such as `'defconfig'`. */
  defconfig: z
    .string()
    .optional()
    .describe("Name of the kernel's base configuration, such as `'defconfig'`."),
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
      /** Device tree sources: `./x.dts` is a file of the BSP, a bare name is a source in the kernel tree. */
      dts: stringOrStrings.describe(
        'Device tree sources: `./x.dts` is a file of the BSP, a bare name is a source in the kernel tree.',
      ),
      /** Overlay sources (`.dtso`) of the BSP, compiled to `.dtbo`. */
      overlays: strings.optional().describe('Overlay sources (`.dtso`) of the BSP, compiled to `.dtbo`.'),
      /** Additional include folders of the BSP for device tree sources. */
      include_paths: strings
        .optional()
        .describe('Additional include folders of the BSP for device tree sources.'),
    })
    .optional()
    .describe('Device trees to compile with the kernel.'),
})

const blobSchema = z.strictObject({
  /** Name of the blob, unique in its role. */
  id: z.string().describe('Name of the blob, unique in its role.'),
  /** Role of the blob: `ddr`, `bl31`, `bl32`, `tee`, … The build passes `bl31`, `bl32` and `tee` to U-Boot's make. */
  role: z
    .string()
    .describe(
      "Role of the blob: `ddr`, `bl31`, `bl32`, `tee`, … The build passes `bl31`, `bl32` and `tee` to U-Boot's make.",
    ),
  /** The file: `./x` is in the BSP's folder, `cache/x` and `output/x` in its build folders, `deb:NAME/path` in a Debian package for the board. */
  path: z
    .string()
    .describe(
      "The file: `./x` is in the BSP's folder, `cache/x` and `output/x` in its build folders, `deb:NAME/path` in a Debian package for the board.",
    ),
  /** Whether the build fails if the file is missing. If not, it only warns. */
  required: z
    .boolean()
    .optional()
    .describe('Whether the build fails if the file is missing. If not, it only warns.'),
  /** SHA-256 of the file in hexadecimal. The build fails if it differs. */
  sha256: text(sha256)
    .optional()
    .describe('SHA-256 of the file in hexadecimal. The build fails if it differs.'),
  /** The make variable for the file's path, instead of the role's default. */
  make_var: z
    .string()
    .optional()
    .describe("The make variable for the file's path, instead of the role's default."),
})

export const bootloaderSchema = z.strictObject({
  /** Whether to build a bootloader for this board. If not, the bootloader hooks do not run. */
  enabled: z
    .boolean()
    .describe('Whether to build a bootloader for this board. If not, the bootloader hooks do not run.'),
  /** Type of bootloader. `custom`: scripts build it. `none`: the board has none. */
  type: choice(['grub', 'u-boot', 'systemd-boot', 'custom', 'none'], 'unknown_value', 'a type of bootloader')
    .optional()
    .describe('Type of bootloader. `custom`: scripts build it. `none`: the board has none.'),
  /** Version of the bootloader, as text: `'2025.01'`. */
  version: z.string().optional().describe("Version of the bootloader, as text: `'2025.01'`."),
  /** The source: git (`URL#ref`), tarball (URL or `./x.tar.xz`), folder (`./x`), `deb:NAME`, `deb-src:NAME`. Default for U-Boot: Debian's source, `deb-src:u-boot`. */
  source: z
    .string()
    .optional()
    .describe(
      "The source: git (`URL#ref`), tarball (URL or `./x.tar.xz`), folder (`./x`), `deb:NAME`, `deb-src:NAME`. Default for U-Boot: Debian's source, `deb-src:u-boot`.",
    ),
  /** SHA-256 of the tarball in hexadecimal. The build fails if it differs. */
  sha256: text(sha256)
    .optional()
    .describe('SHA-256 of the tarball in hexadecimal. The build fails if it differs.'),
  /** Name of the bootloader's base configuration. U-Boot needs one. */
  defconfig: z.string().optional().describe("Name of the bootloader's base configuration. U-Boot needs one."),
  /** Changes to the configuration: files of the BSP, or lines of configuration. */
  fragments: strings
    .optional()
    .describe('Changes to the configuration: files of the BSP, or lines of configuration.'),
  /** Patch files of the BSP, applied to the source in this order with `patch -p1`. */
  patches: strings
    .optional()
    .describe('Patch files of the BSP, applied to the source in this order with `patch -p1`.'),
  /** Device trees to compile with the bootloader. */
  device_tree: z
    .strictObject({
      /** Device tree sources of the BSP. The bootloader uses the first. */
      dts: stringOrStrings.describe('Device tree sources of the BSP. The bootloader uses the first.'),
      /** Files that the device tree sources include. */
      dtsi: stringOrStrings.optional().describe('Files that the device tree sources include.'),
      /** Additional include folders of the BSP for device tree sources. */
      include_paths: strings
        .optional()
        .describe('Additional include folders of the BSP for device tree sources.'),
      /** Whether to compile them outside the bootloader's tree and pass the compiled file to its build. */
      standalone: z
        .boolean()
        .optional()
        .describe(
          "Whether to compile them outside the bootloader's tree and pass the compiled file to its build.",
        ),
    })
    .optional()
    .describe('Device trees to compile with the bootloader.'),
  /** How the bootloader finds the kernel, for scripts of the BSP. A declared `image` uses extlinux with U-Boot. */
  boot_method: choice(['extlinux', 'script', 'direct'], 'unknown_value', 'a boot method')
    .optional()
    .describe(
      'How the bootloader finds the kernel, for scripts of the BSP. A declared `image` uses extlinux with U-Boot.',
    ),
  /** The file with the boot configuration. Only scripts of the BSP read this key. */
  boot_config: z
    .string()
    .optional()
    .describe('The file with the boot configuration. Only scripts of the BSP read this key.'),
  /** The vendor's firmware files for the bootloader. */
  blobs: z
    .array(blobSchema)
    .readonly()
    .optional()
    .describe("The vendor's firmware files for the bootloader."),
})
