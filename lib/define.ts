/**
 * What a module of a BSP or a project exports. Nothing is validated here: zod is heavy, and the loader, which knows the
 * source, can say where something is wrong.
 */
import type { Bsp, BspBody, ConfigBody, ProjectConfig } from './base.ts'
import type { CheckBsp, CheckConfig, Infer } from './check.ts'
import { markDefinition } from './definition.ts'

/**
 * Defines a board support package; the default export of a `bsp.ts`.
 *
 * The compiler refuses what can be known to be wrong: an unknown hook or key, a kernel or bootloader hook that nothing
 * enables, `after_kernel_extract` beside a `custom_kernel` script, artifacts that begin with `./` or `/`, both or neither
 * of `location` and `run`. All else is checked when the project is loaded. Returns its argument, and never throws.
 *
 * @example
 * export default defineBsp({
 *   name: 'lobby', description: 'Lobby panel', arch: 'arm64', hostname: 'lobby',
 *   scripts: [{ step: 'make_image', location: './make-image.sh', cached_generated_artifacts: ['output/disk.img'] }],
 * })
 */
export function defineBsp<const T, C extends object = CheckBsp<T>>(bsp: Infer<T, BspBody, C>): Bsp {
  return markDefinition('bsp', bsp) as unknown as Bsp
}

/**
 * Defines a project; the default export of `strux.config.ts`. Only `name`, `project_version` and `bsp` have to be given.
 * Returns its argument, and never throws.
 *
 * @example
 * export default defineConfig({ name: 'kiosk', project_version: '1.0.0', bsp: 'qemu' })
 */
export function defineConfig<const T, C extends object = CheckConfig<T>>(
  config: Infer<T, ConfigBody, C>,
): ProjectConfig {
  return markDefinition('project', config) as unknown as ProjectConfig
}
