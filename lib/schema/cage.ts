/** The source of a project's own Cage compositor. */
import * as z from 'zod'
import { sha256 } from './boot.ts'
import { projectPath, shellSafe } from './path.ts'
import { text } from './rule.ts'

export const cageSourceSchema = z.strictObject({
  /** The source: git (`URL#ref`), tarball (URL or `./x.tar.xz`) or folder (`./x`), relative to the project. */
  source: text(shellSafe).describe(
    'The source: git (`URL#ref`), tarball (URL or `./x.tar.xz`) or folder (`./x`), relative to the project.',
  ),
  /** SHA-256 of the tarball in hexadecimal. The build fails if it differs. */
  sha256: text(sha256)
    .optional()
    .describe('SHA-256 of the tarball in hexadecimal. The build fails if it differs.'),
  /** Patch files, relative to the project, applied in this order with `patch -p1`. */
  patches: z
    .array(text(...projectPath))
    .readonly()
    .optional()
    .describe('Patch files, relative to the project, applied in this order with `patch -p1`.'),
  /** Additional options for meson, such as `'-Dman-pages=disabled'`. */
  options: z
    .array(text(shellSafe))
    .readonly()
    .optional()
    .describe("Additional options for meson, such as `'-Dman-pages=disabled'`."),
  /** Debian packages with headers for this compositor, in addition to those of wlroots and Wayland. */
  packages: z
    .array(text(shellSafe))
    .readonly()
    .optional()
    .describe(
      'Debian packages with headers for this compositor, in addition to those of wlroots and Wayland.',
    ),
})
