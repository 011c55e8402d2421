/** Finds projects without the sources of their application: a build would fail after minutes of preparations. */
import { existsSync } from 'node:fs'
import { join, posix } from 'node:path'
import { PROJECT_DEFAULTS, type ProjectData } from '../../lib/schema.ts'
import type { Finding } from '../diagnostics/diagnostic.ts'
import { isProduct } from '../model/paths.ts'
import type { Plan } from '../model/plan.ts'

interface MissingOptions {
  readonly severity?: Finding['severity']
  /** Indices of nodes: only steps among them count. */
  readonly selection?: ReadonlySet<number>
}

const SOURCES = { frontend: 'frontend/package.json', application: 'main.go' } as const

/**
 * A warning of `strux check`, and an error of a build that selects one of the steps.
 *
 * @param root the project's real path
 */
export function missingSources(
  config: ProjectData,
  plan: Plan,
  root: string,
  { severity = 'warning', selection }: MissingOptions = {},
): Finding[] {
  const folder = config.application ?? PROJECT_DEFAULTS.application
  const missing = (['frontend', 'application'] as const).flatMap(step => {
    const at = plan.nodes.findIndex(node => node.kind === 'step' && node.id === step)
    if (selection && !selection.has(at)) return []
    const path = posix.join(folder, SOURCES[step])
    // An earlier script may make them.
    const isMade = plan.nodes.slice(0, at).some(node => node.kind === 'script') || isProduct(path)
    return at < 0 || isMade || existsSync(join(root, path)) ? [] : [{ step, path }]
  })
  if (missing.length === 0) return []
  const paths = missing.map(({ path }) => path).join(' and ')
  const off = missing.some(({ step }) => step === 'application') ? 'application' : 'frontend'
  return [
    {
      severity,
      code: 'no_application',
      message: `there is no ${paths}: ${selection ? `the ${missing.length > 1 ? 'steps' : 'step'} ${missing.map(({ step }) => step).join(' and ')} cannot be built` : 'a whole build of the device fails'}`,
      hint: `${selection ? 'Build parts with --only, --from or --until. For a whole device: write' : 'Write'} ${missing.length > 1 ? 'them' : 'it'}, or set build.steps.${off} to false${off === 'application' ? ', which makes a plain Debian image' : ''}.`,
      origin: { source: 'project', keys: config.build?.steps ? ['build', 'steps'] : [] },
      at: 'value',
    },
  ]
}
