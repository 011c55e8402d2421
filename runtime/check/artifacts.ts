/** Finds artifacts whose paths do not mean what their author expects, and those that are files of strux itself. */
import type { Finding } from '../diagnostics/diagnostic.ts'
import { suggest } from '../diagnostics/suggest.ts'
import { cacheFolder, isEngineState, liesIn, outputFolder } from '../model/paths.ts'
import type { Plan, ScriptNode } from '../model/plan.ts'

export function checkArtifacts({ nodes, flash, bsp }: Plan): Finding[] {
  return [...nodes, ...flash].flatMap(node => (node.kind === 'script' ? checkNode(node, bsp) : []))
}

function checkNode({ artifacts, origin }: ScriptNode, bsp: string): Finding[] {
  return artifacts.flatMap(({ declared, path, position }): Finding[] => {
    const complaint = ofStrux(declared, path, bsp) ?? misplaced(declared, bsp)
    if (!complaint || position === undefined) return []
    const keys = [...origin.keys, 'cached_generated_artifacts', position]
    return [{ ...complaint, origin: { source: origin.source, keys }, at: 'value' }]
  })
}

type Complaint = Pick<Finding, 'severity' | 'code' | 'message' | 'hint'>

function ofStrux(declared: string, path: string, bsp: string): Complaint | undefined {
  const isWhole = ['.', 'dist', 'dist/cache', 'dist/output', cacheFolder(bsp)].includes(path)
  // Logs are written again by each run; a script's file among them does no harm.
  const isState = isEngineState(path) && !liesIn(path, 'dist/logs')
  if (!isWhole && !isState) return undefined
  return {
    severity: 'error',
    code: 'artifact_of_strux',
    message: isWhole
      ? `the artifact '${declared}' is the whole folder ${path}/, where strux keeps its own files`
      : `the artifact '${declared}' is a file of strux itself (${path})`,
    hint: "Name the files that the script makes: 'output/disk.img', 'cache/x'.",
  }
}

function misplaced(declared: string, bsp: string): Complaint | undefined {
  const warning = (meant: string): Complaint => ({
    severity: 'warning',
    code: 'artifact_misplaced',
    message: `the artifact '${declared}' means dist/${declared}`,
    hint: `Artifacts are relative to the build folder: did you mean '${meant}'?`,
  })
  if (declared.startsWith('dist/')) {
    for (const [name, folder] of [
      ['cache', cacheFolder(bsp)],
      ['output', outputFolder(bsp)],
    ] as const)
      if (declared.startsWith(`${folder}/`)) return warning(`${name}/${declared.slice(folder.length + 1)}`)
    return warning(declared.slice('dist/'.length))
  }
  const [first = '', ...rest] = declared.split('/')
  if (rest.length === 0 || first === 'cache' || first === 'output') return undefined
  const near = suggest(first, ['cache', 'output'])
  return near === undefined ? undefined : warning([near, ...rest].join('/'))
}
