/** What is wrong with the extensions of a BSP together, at its place in a definition. */
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { ResolveProblem } from '../extensions/resolve.ts'
import { configFileOf, locator, type WishSources } from './extension-wishes.ts'

export async function asDiagnostic(problem: ResolveProblem, sources: WishSources): Promise<Diagnostic> {
  const { severity, code, message, hint, at, other } = problem
  const { bspSource, bsp, configSource } = sources
  const place =
    typeof at === 'function'
      ? await at()
      : await locator(
          at.source === 'bsp' ? bspSource : configSource,
          at.source === 'bsp' ? bsp.file : configFileOf(configSource),
        )(at)
  const second = await other?.()
  const whole = second ? `${message} (${second.file}:${second.line})` : message
  return { severity, code, message: whole, hint, ...place }
}
