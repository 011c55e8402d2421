/** The bash around a handler of an extension: strict mode, and for bash files the helpers and shared variables. */

import { quoteForShell } from '../../../lib/sh.ts'
import type { BashSource, ExtensionHandler } from '../../model/extensions.ts'
import { imageHook } from '../../model/image-hooks.ts'
import type { Harness } from '../../plan/pipeline.ts'
import { stepScript } from '../package-files.ts'

/** Strict mode; a failure is told with its place (runtime/run/handler-failure.ts reads it). */
const strict = (place: string, folder: string | undefined) =>
  `${folder === undefined ? '' : `cd "${folder}"; `}set -eEo pipefail; trap 'printf "error: %s: exit code %s: %s\\n" "${place}" "$?" "$BASH_COMMAND" >&2' ERR`

export const handlerHarness: Harness = (script, handler) => {
  if (handler?.source.kind === 'bash') return bashHandler(handler, handler.source)
  const folder = handler && imageHook(handler.hook)?.working_folder
  return 'file' in script
    ? `${strict('${BASH_SOURCE[0]#"$PROJECT_FOLDER"/}:$LINENO', folder)}; . ${quoteForShell(script.file)}`
    : `${strict('line $LINENO', folder)}; ${script.text}`
}

const LIBRARY = ['helpers.sh', 'shared-variables.sh', 'armbian-defaults.sh', 'bash-handler.sh'].map(
  name => `extensions/${name}`,
)

/** Calls a function of a bash extension. The text is the same for every place of the project. */
function bashHandler({ hook, extension }: ExtensionHandler, source: BashSource): string {
  const { step = 'end', working_folder: folder = '${SRC:-}' } = imageHook(hook)!
  const files = source.files ?? [extension.file ?? '']
  return [
    `strux_function=${quoteForShell(source.function)}`,
    `strux_files=(${files.map(path => `"$PROJECT_FOLDER"/${quoteForShell(path)}`).join(' ')})`,
    `strux_initial=${quoteForShell(source.variables ?? '')}`,
    `strux_step=${quoteForShell(step)}`,
    `strux_after=${quoteForShell(source.after ?? '')}`,
    `strux_working_folder="${folder}"`,
    stepScript(...LIBRARY),
  ].join('\n')
}
