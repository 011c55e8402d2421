/** Values of the project that extensions change differently for several BSPs: YAML has one project for all of them. */
import type { Finding } from '../diagnostics/diagnostic.ts'
import { sameValue } from '../layers/changes.ts'
import { isPlain } from '../layers/merge.ts'
import { AS_SCRIPTS } from './bsp.ts'
import type { ExportedBsp } from './bsp-export.ts'

/** One finding for each value. A lossy export keeps that of the first BSP. */
export function differencesOfProject(bsps: readonly ExportedBsp[], lossy: boolean): Finding[] {
  const [first, ...others] = bsps
  if (!first) return []
  const found = new Map<string, Finding>()
  for (const other of others) {
    for (const keys of differences(first.project.config, other.project.config)) {
      const key = keys.join('.')
      if (found.has(key) || AS_SCRIPTS.some(name => name === key)) continue
      const names = `the BSPs ${first.bsp.name} and ${other.bsp.name}`
      const message = `YAML cannot express '${key}' of the project: extensions of ${names} give it different values`
      found.set(key, {
        ...{ code: 'not_in_yaml', origin: { source: 'project', keys }, at: 'value' },
        ...(lossy
          ? { severity: 'warning', message: `${message}, so the one of ${first.bsp.name} is taken` }
          : { severity: 'error', message, hint: `--lossy takes the value of ${first.bsp.name}` }),
      })
    }
  }
  return [...found.values()]
}

/** The keys of the smallest parts that differ; a list is one part. */
function differences(a: unknown, b: unknown, keys: readonly string[] = []): (readonly string[])[] {
  if (sameValue(a, b)) return []
  // A missing section is one without values.
  const [left, right] = [a ?? {}, b ?? {}]
  if (!isPlain(left) || !isPlain(right)) return [keys]
  const [of, other] = [left, right] as Readonly<Record<string, unknown>>[]
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].flatMap(key =>
    differences(of![key], other![key], [...keys, key]),
  )
}
