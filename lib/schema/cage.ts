/** Where a project's own Cage compositor comes from. */
import * as z from 'zod'
import { sha256 } from './boot.ts'
import { projectPath, shellSafe } from './path.ts'
import { text } from './rule.ts'

export const cageSourceSchema = z.strictObject({
  /** Where the source comes from: git (`URL#ref`), tarball (URL or `./x.tar.xz`) or folder (`./x`), relative to the project. */
  source: text(shellSafe).describe(
    'Where the source comes from: git (`URL#ref`), tarball (URL or `./x.tar.xz`) or folder (`./x`), relative to the project.',
  ),
  /** SHA-256 of the tarball in hexadecimal; another one fails the build. */
  sha256: text(sha256)
    .optional()
    .describe('SHA-256 of the tarball in hexadecimal; another one fails the build.'),
  /** Patch files, relative to the project, applied in this order with `patch -p1`. */
  patches: z
    .array(text(...projectPath))
    .readonly()
    .optional()
    .describe('Patch files, relative to the project, applied in this order with `patch -p1`.'),
  /** Further options for meson, such as `'-Dman-pages=disabled'`. */
  options: z
    .array(text(shellSafe))
    .readonly()
    .optional()
    .describe("Further options for meson, such as `'-Dman-pages=disabled'`."),
  /** Debian packages with headers that this compositor needs beyond those of wlroots and Wayland. */
  packages: z
    .array(text(shellSafe))
    .readonly()
    .optional()
    .describe('Debian packages with headers that this compositor needs beyond those of wlroots and Wayland.'),
})
