/** What the documentation shows is right: modules compile, links lead somewhere, codes are those of the source. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { referencePages } from '../../.ci/reference.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const markdownIn = (folder: string) =>
  readdirSync(join(root, folder))
    .filter(name => name.endsWith('.md'))
    .map(name => join(folder, name))
const written = ['README.md', ...markdownIn('docs')]
const all = [...written, 'CHANGELOG.md', ...referencePages().keys()]
/** Not in the package, so it may link to everything. */
const ofRepository = ['CONTRIBUTING.md']

interface Block {
  readonly name: string
  readonly language: string
  readonly text: string
}

/** Fenced code, also in lists; named by the line that it begins on. */
function blocks(file: string): Block[] {
  const found: Block[] = []
  for (const match of read(file).matchAll(/^( *)```(\w*)\n([\s\S]*?)^\1```$/gm)) {
    const [, indent = '', language = '', body = ''] = match
    const line = read(file).slice(0, match.index).split('\n').length + 1
    const text = body.replaceAll(new RegExp(`^${indent}`, 'gm'), '')
    found.push({ name: `${file}:${line}`, language, text })
  }
  return found
}

/** Whole modules; anything else in TypeScript is a fragment. */
const modules = written
  .flatMap(blocks)
  .filter(({ language, text }) => language === 'ts' && /^import /m.test(text))

test('there are modules in the documentation', () => {
  assert.ok(modules.length >= 8, String(modules.length))
  for (const file of ['README.md', 'docs/guide.md', 'docs/types.md', 'docs/extensions.md']) {
    assert.ok(
      modules.some(({ name }) => name.startsWith(`${file}:`)),
      file,
    )
  }
})

test('every module in the documentation compiles', () => {
  assert.equal(compile(modules), [])
})

test('a module that is wrong would be noticed', () => {
  const wrong = `import { defineBsp } from 'strux-bsp'\nexport default defineBsp({ name: 'x' })\n`
  assert.is(compile([{ name: 'wrong', language: 'ts', text: wrong }]).length, 1)
})

/** Each complaint with the place in the documentation. */
function compile(sources: readonly Block[]): string[] {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  const files = new Map(sources.map((block, index) => [join(root, `docs-example-${index}.ts`), block]))
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile, getSourceFile } = host
  host.fileExists = file => files.has(file) || fileExists(file)
  host.readFile = file => files.get(file)?.text ?? readFile(file)
  host.getSourceFile = (file, language, ...rest) => {
    const block = files.get(file)
    return block ? ts.createSourceFile(file, block.text, language) : getSourceFile(file, language, ...rest)
  }
  const program = ts.createProgram([...files.keys()], options, host)
  return [...files].flatMap(([file, { name }]) => {
    const source = program.getSourceFile(file)!
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
    return found.map(({ messageText, start }) => {
      const line = source.getLineAndCharacterOfPosition(start ?? 0).line + 1
      return `${name}+${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
    })
  })
}

test('relative links lead to files and headings', () => {
  const broken = [...all, ...ofRepository].flatMap(file =>
    links(file)
      .filter(target => !leadsSomewhere(file, target))
      .map(target => `${file}: ${target}`),
  )
  assert.equal(broken, [])
})

test('a link to nowhere would be noticed', () => {
  assert.ok(leadsSomewhere('README.md', 'docs/guide.md#scripts'))
  assert.not.ok(leadsSomewhere('README.md', 'docs/nowhere.md'))
  assert.not.ok(leadsSomewhere('README.md', 'docs/guide.md#nowhere'))
})

test('links of what is published stay in what is published', () => {
  const published = (path: string) => /^(docs\/|README\.md|CHANGELOG\.md|LICENSE)/.test(path)
  for (const file of all) {
    for (const target of links(file)) {
      const path = relative(root, resolve(root, dirname(file), target.split('#')[0]!))
      assert.ok(target.startsWith('#') || published(path), `${file}: ${target}`)
    }
  }
})

/** Targets of links that are no addresses; code does not count. */
function links(file: string): string[] {
  const prose = read(file)
    .replaceAll(/^( *)```[\s\S]*?^\1```$/gm, '')
    .replaceAll(/`[^`\n]*`/g, 'code')
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(match => match[1]!)
    .filter(link => !/^[a-z]+:/.test(link))
}

function leadsSomewhere(file: string, target: string): boolean {
  const [path = '', anchor] = target.split('#')
  const page = path === '' ? file : relative(root, resolve(root, dirname(file), path))
  if (!existsSync(join(root, page))) return false
  return anchor === undefined || anchors(page).includes(anchor)
}

/** As the hosts of repositories make them of headings. */
function anchors(page: string): string[] {
  const prose = read(page).replaceAll(/^( *)```[\s\S]*?^\1```$/gm, '')
  return [...prose.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^a-z0-9_ -]/g, '')
      .replaceAll(' ', '-'),
  )
}

/** The codes in the first column of the tables of docs/json.md. */
const documented = new Set(
  [...read('docs/json.md').matchAll(/^\| (`[a-z_]+`(?:[^|]*))\|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([a-z_]+)`/g)].map(match => match[1]!),
  ),
)

function sources(folder: string): string {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .map(name => read(join(folder, name)))
    .join('\n')
}

test('docs/json.md has every code of a reason', () => {
  const union = /type ReasonCode =([\s\S]*?)\n\n/.exec(read('runtime/model/decision.ts'))![1]!
  const codes = [...union.matchAll(/'([a-z_]+)'/g)].map(match => match[1]!)
  assert.ok(codes.length >= 19)
  assert.equal(
    codes.filter(code => !documented.has(code)),
    [],
  )
})

test('docs/json.md has every code of a diagnostic', () => {
  const text = [
    'lib/schema',
    'runtime/load',
    'runtime/layers',
    'runtime/extensions',
    'runtime/plan',
    'runtime/check',
    'runtime/yaml',
    'runtime/export',
  ]
    .map(sources)
    .join('\n')
  const codes = new Set([
    ...[...text.matchAll(/code: (?:\w+ \? )?'([a-z_]+)'/g)].map(match => match[1]!),
    ...[...text.matchAll(/complaint\('([a-z_]+)'/g)].map(match => match[1]!),
    ...[...text.matchAll(/(?:'(?:error|warning)', |\berror\()'([a-z_]+)'/g)].map(match => match[1]!),
    ...[...text.matchAll(/'((?:bad|unknown)_[a-z_]+)'/g)].map(match => match[1]!),
  ])
  // Inside the loader: what a union's branches say, before it has a code of ours.
  codes.delete('alternatives')
  assert.ok(codes.size >= 40, String(codes.size))
  assert.equal(
    [...codes].filter(code => !documented.has(code)),
    [],
  )
})

test('docs/json.md has every type of event', () => {
  const types = [...read('runtime/report/events.ts').matchAll(/type: '([a-z_]+)'/g)].map(match => match[1]!)
  assert.equal(
    types.filter(type => type !== 'notice' && !documented.has(type)),
    [],
  )
})

test.run()
