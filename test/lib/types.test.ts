/** What the compiler says of definitions: where the error is, in which words, and what an editor offers. */
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

const here = dirname(fileURLToPath(import.meta.url))
const root = resolve(here, '../..')
const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile)
const parsed = ts.parseJsonConfigFileContent(config, ts.sys, root).options
/** The drafts import more than they use. */
const options = { ...parsed, noUnusedLocals: false }
const file = (name: string) => join(here, 'types', name)

/** A language service over real files and one that exists only here, whose text each question sets anew. */
const draft = file('draft.ts')
let draftText = ''
let version = 0
const roots = [file('right.ts'), file('edges.ts'), file('wrong.ts')]
const service = ts.createLanguageService({
  getCompilationSettings: () => options,
  getCurrentDirectory: () => root,
  getDefaultLibFileName: ts.getDefaultLibFilePath,
  getScriptFileNames: () => [...roots, draft],
  getScriptVersion: name => (name === draft ? String(version) : '0'),
  getScriptSnapshot: name => {
    const text = name === draft ? draftText : ts.sys.readFile(name)
    return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text)
  },
  fileExists: name => name === draft || ts.sys.fileExists(name),
  readFile: ts.sys.readFile,
  directoryExists: ts.sys.directoryExists,
  getDirectories: ts.sys.getDirectories,
})

const HEAD = `import { defineBsp, defineConfig, sh } from 'strux-bsp'
const id = { name: 'a', description: 'd', arch: 'arm64', hostname: 'h' } as const
`

function write(text: string) {
  draftText = HEAD + text
  version++
}

/** Each error of the draft as the text that it underlines and what it says. */
function errors(text: string): { at: string; says: string }[] {
  write(text)
  const found = [...service.getSyntacticDiagnostics(draft), ...service.getSemanticDiagnostics(draft)]
  return found.map(d => ({
    at: draftText.slice(d.start, (d.start ?? 0) + (d.length ?? 0)),
    says: ts.flattenDiagnosticMessageText(d.messageText, ' '),
  }))
}

/** What is offered where `|` stands. */
function offered(text: string): string[] {
  const at = text.indexOf('|')
  write(text.slice(0, at) + text.slice(at + 1))
  return (service.getCompletionsAtPosition(draft, HEAD.length + at, {})?.entries ?? []).map(
    entry => entry.name,
  )
}

for (const name of ['right.ts', 'edges.ts', 'wrong.ts']) {
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
    'unknown key of a project',
    `defineConfig({ name: 'p', project_version: '1.0.0', bsp: 'q', hostnam: 'x' })`,
    'hostnam',
    `Object literal may only specify known properties, but 'hostnam' does not exist in type 'ConfigBody'. Did you mean to write 'hostname'?`,
  ],
]
for (const [what, text, at, says] of SAYS) {
  test(`says: ${what}`, () => assert.equal(errors(text), [{ at, says }]))
}

test('completes hook names', () => {
  const hooks = offered(`defineBsp({ ...id, scripts: [{ step: '|', location: 'x' }] })`)
  assert.is(hooks.length, 25)
  assert.ok(hooks.includes('make_image') && hooks.includes('before_kernel'))
})

test('completes keys of a script, of the kernel, of a BSP and of a project', () => {
  assert.equal(offered(`defineBsp({ ...id, scripts: [{ step: 'make_image', | }] })`).sort(), [
    'cached_generated_artifacts',
    'depends_on',
    'description',
    'id',
    'location',
    'run',
    'tools',
  ])
  const kernel = offered(`defineBsp({ ...id, boot: { kernel: { custom_kernel: true, | } } })`)
  assert.ok(
    kernel.includes('defconfig') && kernel.includes('device_tree') && !kernel.includes('custom_kernel'),
  )
  const bsp = offered(`defineBsp({ | })`)
  assert.ok(bsp.includes('arch') && bsp.includes('scripts') && bsp.includes('runtime'))
  const project = offered(`defineConfig({ name: 'p', dev: { | } })`)
  assert.equal(project.sort(), ['inspector', 'server', 'usb'])
})

test('completes also where something else in the definition is wrong', () => {
  const keys = offered(
    `defineBsp({ ...id, scripts: [{ step: 'before_kernel', location: 'x' }, { step: 'make_image', | }] })`,
  )
  assert.ok(keys.includes('location') && keys.includes('depends_on'))
  assert.is(offered(`defineBsp({ ...id, oops: 1, scripts: [{ step: '|' }] })`).length, 25)
})

test('an editor shows what a key means', () => {
  const shown = (text: string) => {
    const at = text.indexOf('|')
    write(text.replace('|', ''))
    return ts.displayPartsToString(service.getQuickInfoAtPosition(draft, HEAD.length + at)?.documentation)
  }
  assert.match(shown(`defineBsp({ ...id, rootfs: { |packages: [] } })`), 'Debian packages')
  assert.match(
    shown(`defineBsp({ ...id, scripts: [{ step: 'make_image', |location: 'x' }] })`),
    "script's file",
  )
  assert.match(
    shown(`defineBsp({ ...id, scripts: [{ |step: 'make_image', location: 'x' }] })`),
    'hook at which',
  )
  assert.match(shown(`defineConfig({ name: 'p', project_version: '1.0.0', |bsp: 'q' })`), 'Name of the BSP')
})

test.run()
