/** What the compiler says of definitions: where the error is, in which words, and what an editor offers. */
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { HOOK_NAMES } from '../../lib/hooks/build.ts'
import { kernelSchema } from '../../lib/schema/boot.ts'
import { bspSchema, projectSchema } from '../../lib/schema.ts'

const here = dirname(fileURLToPath(import.meta.url))
const root = resolve(here, '../..')
const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile)
const parsed = ts.parseJsonConfigFileContent(config, ts.sys, root).options
/** The drafts import more than they use. */
const options = { ...parsed, noUnusedLocals: false }
const file = (name: string) => join(here, 'types', name)

/**
 * A language service over real files and one that exists only here. All that is asked of it is written into it before the
 * first question, each piece in a block of its own: a change between two questions would begin all checking anew.
 */
const draft = file('draft.ts')
let draftText = `import { defineBoard, defineBsp, defineConfig, layer, sh, without } from 'strux-bsp'
import { family, scripted, vendorKernel } from './boards.ts'
const id = { name: 'a', description: 'd', arch: 'arm64', hostname: 'h' } as const
`
const MODULES = ['right.ts', 'edges.ts', 'wrong.ts', 'extensions.ts']
const roots = MODULES.map(file)
const service = ts.createLanguageService({
  getCompilationSettings: () => options,
  getCurrentDirectory: () => root,
  getDefaultLibFileName: ts.getDefaultLibFilePath,
  getScriptFileNames: () => [...roots, draft],
  getScriptVersion: () => '0',
  getScriptSnapshot: name => {
    const text = name === draft ? draftText : ts.sys.readFile(name)
    return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text)
  },
  fileExists: name => name === draft || ts.sys.fileExists(name),
  readFile: ts.sys.readFile,
  directoryExists: ts.sys.directoryExists,
  getDirectories: ts.sys.getDirectories,
})

/** Where a piece stands in the draft; `marker`, where it had a `|`. */
interface Piece {
  readonly start: number
  readonly end: number
  readonly marker: number
}

function add(text: string): Piece {
  const start = draftText.length
  const at = text.indexOf('|')
  draftText += `{ ${text.replace('|', '')} }\n`
  return { start, end: draftText.length, marker: start + 2 + at }
}

/** Each error of a piece as the text that it underlines and what it says. */
function errors({ start, end }: Piece): { at: string; says: string }[] {
  return service
    .getSemanticDiagnostics(draft)
    .map(d => ({ from: d.start ?? 0, to: (d.start ?? 0) + (d.length ?? 0), message: d.messageText }))
    .filter(d => d.from >= start && d.to <= end)
    .map(d => ({ at: draftText.slice(d.from, d.to), says: ts.flattenDiagnosticMessageText(d.message, ' ') }))
}

/** What is offered at the marker. */
function offered({ marker }: Piece): string[] {
  return (service.getCompletionsAtPosition(draft, marker, {})?.entries ?? []).map(entry => entry.name).sort()
}

/** What is shown of the key that follows the marker. */
function shown({ marker }: Piece): string {
  return ts.displayPartsToString(service.getQuickInfoAtPosition(draft, marker)?.documentation)
}

for (const name of MODULES) {
  test(`${name}: every error is expected and every expected error is there`, () => {
    const found = [
      ...service.getSyntacticDiagnostics(file(name)),
      ...service.getSemanticDiagnostics(file(name)),
    ]
    assert.equal(
      found.map(d => {
        const line = d.file?.getLineAndCharacterOfPosition(d.start ?? 0).line ?? -1
        return `${name}:${line + 1} ${ts.flattenDiagnosticMessageText(d.messageText, ' ')}`
      }),
      [],
    )
  })
}

const SAYS: readonly [what: string, draft: string, at: string, says: string][] = [
  [
    'kernel hook without a kernel',
    `defineBsp({ ...id, scripts: [{ step: 'before_kernel', location: 'x' }] })`,
    'step',
    `Type 'string' is not assignable to type 'BspError<"before_kernel runs only with boot.kernel.custom_kernel: true">'.`,
  ],
  [
    'bootloader hook without a bootloader',
    `defineBsp({ ...id, boot: { bootloader: { enabled: false } }, scripts: [{ step: 'after_bootloader', location: 'x' }] })`,
    'step',
    `Type 'string' is not assignable to type 'BspError<"after_bootloader runs only with boot.bootloader.enabled: true">'.`,
  ],
  [
    'after_kernel_extract beside custom_kernel',
    `defineBsp({ ...id, boot: { kernel: { custom_kernel: true } }, scripts: [{ step: 'custom_kernel', location: 'x' }, { step: 'after_kernel_extract', location: 'x' }] })`,
    'step',
    `Type 'string' is not assignable to type 'BspError<"after_kernel_extract never runs: a custom_kernel script replaces the kernel build">'.`,
  ],
  [
    'artifact with ./',
    `defineBsp({ ...id, scripts: [{ step: 'make_image', location: 'x', cached_generated_artifacts: ['output/a', './cache/b'] }] })`,
    `'./cache/b'`,
    `Type 'string' is not assignable to type 'BspError<"artifacts are relative to the build folder: write 'cache/b'">'.`,
  ],
  [
    'absolute artifact',
    `defineBsp({ ...id, scripts: [{ step: 'make_image', location: 'x', cached_generated_artifacts: ['/b'] }] })`,
    `'/b'`,
    `Type 'string' is not assignable to type 'BspError<"artifacts are relative to the build folder: write 'b'">'.`,
  ],
  [
    'location and run',
    `defineBsp({ ...id, scripts: [{ step: 'make_image', run: sh\`x\`, location: 'x' }] })`,
    'location',
    `Type 'string' is not assignable to type 'BspError<"give location or run, not both">'.`,
  ],
  [
    'neither location nor run',
    `defineBsp({ ...id, scripts: [{ step: 'make_image' }] })`,
    'step',
    `Type 'string' is not assignable to type 'BspError<"a script needs location or run">'.`,
  ],
  [
    'absolute location',
    `defineBsp({ ...id, scripts: [{ step: 'make_image', location: '/x' }] })`,
    'location',
    `Type 'string' is not assignable to type 'BspError<"absolute path: write './x'">'.`,
  ],
  [
    'unknown hook',
    `defineBsp({ ...id, scripts: [{ step: 'before_kernal', location: 'x' }] })`,
    'step',
    `Type '"before_kernal"' is not assignable to type 'Hook'. Did you mean '"before_kernel"'?`,
  ],
  [
    'unknown key of a script',
    `defineBsp({ ...id, scripts: [{ step: 'make_image', location: 'x', depend_on: [] }] })`,
    'depend_on',
    `Object literal may only specify known properties, but 'depend_on' does not exist in type 'Script'. Did you mean to write 'depends_on'?`,
  ],
  [
    'unknown key of the kernel',
    `defineBsp({ ...id, boot: { kernel: { custom_kernel: true, defcnfig: 'x' } } })`,
    'defcnfig',
    `Object literal may only specify known properties, but 'defcnfig' does not exist in type 'Kernel'. Did you mean to write 'defconfig'?`,
  ],
  [
    'unknown architecture',
    `defineBsp({ ...id, arch: 'amd46' })`,
    'arch',
    `Type '"amd46"' is not assignable to type 'Arch'. Did you mean '"amd64"'?`,
  ],
  [
    'a string is no inline script',
    `defineBsp({ ...id, scripts: [{ step: 'make_image', run: 'x' }] })`,
    'run',
    `Type 'string' is not assignable to type 'Sh'.`,
  ],
  [
    'a choice between lists',
    `defineBsp({ ...id, scripts: Math.random() ? [{ step: 'before_kernel', location: 'x' }] : [] })`,
    'scripts',
    `Property '[error]' is missing in type '{ step: string; location: string; }[]' but required in type 'BspError<"before_kernel runs only with boot.kernel.custom_kernel: true">'.`,
  ],
  [
    'unknown key of a BSP on layers',
    `defineBsp({ extends: family(), hostnam: 'x' })`,
    'hostnam',
    `Object literal may only specify known properties, but 'hostnam' does not exist in type 'ExtendingBsp'. Did you mean to write 'hostname'?`,
  ],
  [
    'unknown key of a layer',
    `layer({ hostnam: 'x' })`,
    'hostnam',
    `Object literal may only specify known properties, but 'hostnam' does not exist in type 'LayerBody'. Did you mean to write 'hostname'?`,
  ],
  [
    'unknown key of a script beside without',
    `defineBsp({ extends: family(), scripts: [without('a'), { step: 'make_image', location: 'x', depend_on: [] }] })`,
    'depend_on',
    `Object literal may only specify known properties, but 'depend_on' does not exist in type 'Script'. Did you mean to write 'depends_on'?`,
  ],
  [
    'a layer whose scripts nothing enables',
    `defineBsp({ ...id, extends: [family(), scripted()] })`,
    'scripted()',
    `Property '[error]' is missing in type 'Layer<{ kernel: undefined; bootloader: undefined; steps: "custom_kernel" | "before_bootloader"; gives: never; }>' but required in type 'BspError<"this layer's kernel scripts run only with boot.kernel.custom_kernel: true">'.`,
  ],
  [
    'a board that is not called',
    `defineBsp({ ...id, extends: vendorKernel })`,
    'vendorKernel',
    `Type 'Board<{ ram?: 2 | 4; }, Layer<{ kernel: true; bootloader: undefined; steps: never; gives: "arch" | "hostname"; }>>' is not assignable to type 'Layers | undefined'.`,
  ],
  [
    'a key that neither the BSP nor its layer gives',
    `defineBsp({ extends: vendorKernel(), name: 'n' })`,
    `{ extends: vendorKernel(), name: 'n' }`,
    `Argument of type '{ extends: Layer<{ kernel: true; bootloader: undefined; steps: never; gives: "arch" | "hostname"; }>; name: string; }' is not assignable to parameter of type 'ExtendingBsp & { name: string; description: string; }'.   Property 'description' is missing in type '{ extends: Layer<{ kernel: true; bootloader: undefined; steps: never; gives: "arch" | "hostname"; }>; name: string; }' but required in type '{ name: string; description: string; }'.`,
  ],
  [
    'hook of a BSP in a project',
    `defineConfig({ name: 'p', project_version: '1.0.0', bsp: 'q', scripts: [{ step: 'before_kernel', location: 'x' }] })`,
    'step',
    `Type '"before_kernel"' is not assignable to type '"rootfs_post"'.`,
  ],
  [
    'unknown key of a project',
    `defineConfig({ name: 'p', project_version: '1.0.0', bsp: 'q', hostnam: 'x' })`,
    'hostnam',
    `Object literal may only specify known properties, but 'hostnam' does not exist in type 'ConfigBody'. Did you mean to write 'hostname'?`,
  ],
]
for (const [what, text, at, says] of SAYS) {
  const piece = add(text)
  test(`says: ${what}`, () => assert.equal(errors(piece), [{ at, says }]))
}

const eitherList = add(`
  const kernel = [{ step: 'before_kernel', location: 'x' }] as const
  const build = [{ step: 'before_build', location: 'x' }, { step: 'after_build', location: 'x' }] as const
  defineBsp({ ...id, scripts: Math.random() ? kernel : build })`)
test('says: a choice between lists of known length, without our own machinery in the message', () => {
  const [error, ...others] = errors(eitherList)
  assert.equal(others, [])
  assert.is(error?.at, 'scripts')
  assert.match(error?.says ?? '', 'before_kernel runs only with boot.kernel.custom_kernel: true')
  assert.not.match(error?.says ?? '', /With<|ScriptErrors|CtxOf/)
})

const SCRIPT_KEYS = [
  'cached_generated_artifacts',
  'depends_on',
  'description',
  'id',
  'location',
  'run',
  'tools',
]
const OFFERED: readonly [what: string, draft: string, offered: readonly string[]][] = [
  ['hooks', `defineBsp({ ...id, scripts: [{ step: '|', location: 'x' }] })`, [...HOOK_NAMES].sort()],
  [
    'hooks of an unfinished script',
    `defineBsp({ ...id, oops: 1, scripts: [{ step: '|' }] })`,
    [...HOOK_NAMES].sort(),
  ],
  ['keys of a script', `defineBsp({ ...id, scripts: [{ step: 'make_image', | }] })`, SCRIPT_KEYS],
  [
    'keys of a script beside a wrong one',
    `defineBsp({ ...id, scripts: [{ step: 'before_kernel', location: 'x' }, { step: 'make_image', | }] })`,
    SCRIPT_KEYS,
  ],
  [
    'keys of the kernel',
    `defineBsp({ ...id, boot: { kernel: { custom_kernel: true, | } } })`,
    Object.keys(kernelSchema.shape)
      .filter(key => key !== 'custom_kernel')
      .sort(),
  ],
  ['keys of a section', `defineConfig({ name: 'p', dev: { | } })`, ['inspector', 'server', 'usb']],
  ['keys of a BSP', `defineBsp({ | })`, [...Object.keys(bspSchema.shape), 'extends'].sort()],
  ['keys of a project', `defineConfig({ | })`, Object.keys(projectSchema.shape).sort()],
]
for (const [what, text, names] of OFFERED) {
  const piece = add(text)
  test(`completes ${what}`, () => assert.equal(offered(piece), names))
}

const SHOWN: readonly [draft: string, doc: string][] = [
  [`defineBsp({ ...id, rootfs: { |packages: [] } })`, 'Debian packages'],
  [`defineBsp({ ...id, scripts: [{ step: 'make_image', |location: 'x' }] })`, "script's file"],
  [`defineBsp({ ...id, scripts: [{ |step: 'make_image', location: 'x' }] })`, 'hook at which'],
  [`defineConfig({ name: 'p', project_version: '1.0.0', |bsp: 'q' })`, 'Name of the default BSP'],
]
for (const [text, doc] of SHOWN) {
  const piece = add(text)
  test(`an editor shows what a key means: ${doc}`, () => assert.match(shown(piece), doc))
}

test.run()
