/** The bash around a handler of an extension: strict mode, as the original runs handlers. */

import { quoteForShell } from '../../../lib/sh.ts'
import type { Harness } from '../../plan/pipeline.ts'

const STRICT = 'set -eo pipefail'

export const handlerHarness: Harness = script =>
  'file' in script ? `${STRICT}; . ${quoteForShell(script.file)}` : `${STRICT}; ${script.text}`
