/**
 * The functions for modules of a BSP or a project. They validate nothing: zod is heavy, and the loader, which
 * knows the source, can report the position of an error.
 */
import type { Bsp, ConfigBody, Layer, ProjectConfig } from './base.ts'
import type {
  BspArgument,
  CheckBsp,
  CheckConfig,
  CheckLayer,
  Infer,
  LayerArgument,
} from './check/definition.ts'
import type { FlagsOf } from './check/known.ts'
import { markBoardLayer, markDefinition } from './definition.ts'

/**
 * Defines a board support package; the default export of a `bsp.ts`.
 *
 * The compiler reports an unknown hook or key, a kernel or bootloader hook that no setting enables,
 * `after_kernel_extract` beside a `custom_kernel` script, artifacts that begin with `./` or `/`, and a script with both
 * `location` and `run`, or neither. Other errors are reported when the project is loaded. Returns its argument. Never
 * throws.
 *
 * @example
 * export default defineBsp({
 *   name: 'lobby', description: 'Lobby panel', arch: 'arm64', hostname: 'lobby',
 *   scripts: [{ step: 'make_image', location: './make-image.sh', cached_generated_artifacts: ['output/disk.img'] }],
 * })
 */
export function defineBsp<const T, C extends object = CheckBsp<T>>(bsp: Infer<T, BspArgument, C>): Bsp {
  return markDefinition('bsp', bsp) as unknown as Bsp
}

/**
 * Part of a BSP, for `extends`: any of its keys, all optional. docs/boards.md explains how layers are merged.
 * Relative paths belong to the board or BSP that uses the layer. Returns its argument. Never throws.
 *
 * @example
 * const quiet = layer({ boot: { kernel: { fragments: ['CONFIG_DEBUG_INFO=n'] } } })
 */
export function layer<const T, C extends object = CheckLayer<T>>(
  body: Infer<T, LayerArgument, C>,
): Layer<FlagsOf<T>> {
  return markDefinition('layer', body) as unknown as Layer<FlagsOf<T>>
}

/** The result of `defineBoard`: call it with options to get a layer for `extends`. */
export type Board<O, L extends Layer = Layer> = (...options: BoardArguments<O>) => L

/** The arguments of a board: none if it has no options, an optional one if every option is optional. */
type BoardArguments<O> = undefined extends string
  ? [options?: O]
  : unknown extends O
    ? []
    : undefined extends O
      ? [options?: O]
      : // biome-ignore lint/complexity/noBannedTypes: {} is what "has no required key" is asked with
        {} extends O
        ? [options?: O]
        : [options: O]

/**
 * Defines a board: a layer with options, in a package or a file of its own. In its paths, `./x` is in the folder of the
 * module that defines the board, wherever that is installed. A call without options passes `{}` to `make`.
 *
 * @param url `import.meta.url`; a URL that ends in `/` names the folder itself
 * @param make returns the layer for these options: `options => layer({ … })`
 *
 * @example
 * export default defineBoard(import.meta.url, (options: { ram?: 2 | 4 }) =>
 *   layer({ arch: 'arm64', hostname: `board-${options.ram ?? 2}`, scripts: [{ step: 'make_image', location: './make-image.sh' }] }),
 * )
 */
export function defineBoard<O, L extends Layer>(url: string, make: (options: O) => L): Board<O, L> {
  const board: Board<O, L> = (...options) => markBoardLayer(url, make((options[0] ?? {}) as O))
  return markDefinition('board', board)
}

/**
 * Defines a project; the default export of `strux.config.ts`. `name`, `project_version` and `bsp`
 * are required. Returns its argument. Never throws.
 *
 * @example
 * export default defineConfig({ name: 'kiosk', project_version: '1.0.0', bsp: 'qemu' })
 */
export function defineConfig<const T, C extends object = CheckConfig<T>>(
  config: Infer<T, ConfigBody, C>,
): ProjectConfig {
  return markDefinition('project', config) as unknown as ProjectConfig
}
