/** `strux import`: the same plan from YAML and from what it was turned into, and comments at their keys. */
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { stringify } from 'yaml'
import { importYaml } from '../../../runtime/import/import.ts'
import { moduleText } from '../../../runtime/import/module-text.ts'
import { loadBsp, loadProject } from '../../../runtime/load/project.ts'
import { planJson } from '../../../runtime/plan/json.ts'
import { examine } from '../../../runtime/run/workspace.ts'
import { readDefinition } from '../../../runtime/yaml/definition.ts'
import { YamlDocument } from '../../../runtime/yaml/document.ts'
import { REPOSITORY } from '../../support/repository.ts'
import { strux } from '../../support/run-cli.ts'
import { project, write } from '../load/temp-project.ts'

const test = suite('strux import')
const CONFIG = 'project_version: "1.0.0"\nname: kiosk\nbsp: qemu\n'
const HEAD = 'strux_version: "1"\nbsp:\n  name: q\n  description: d\n  arch: arm64\n  hostname: h\n'

/** The plan of every BSP, as JSON. */
async function plans(root: string): Promise<Record<string, unknown>> {
  const loaded = await loadProject(root)
  const found: Record<string, unknown> = {}
  for (const { name } of loaded.bsps) {
    const bsp = await loadBsp(loaded, name)
    const { workspace, diagnostics } = await examine(loaded, bsp)
    const errors = diagnostics.filter(each => each.severity === 'error')
    assert.ok(workspace && errors.length === 0, `${name}: ${JSON.stringify(errors)}`)
    found[name] = {
      plan: JSON.parse(JSON.stringify(planJson(workspace.plan))),
      data: plain(workspace.bsp.data),
    }
    found[''] = plain(workspace.project.config)
  }
  return found
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

/** Imports in place, deletes the YAML, and compares. */
async function plansTheSame(root: string): Promise<void> {
  const before = await plans(root)
  assert.ok(Object.keys(before).length > 1)
  const { modules, diagnostics } = await importYaml(root)
  assert.ok(modules.length > 0, JSON.stringify(diagnostics))
  for (const { from, to, text } of modules) {
    rmSync(join(root, from))
    writeFileSync(join(root, to), text)
  }
  assert.equal(await plans(root), before)
}

const textOf = (body: string): string => {
  const document = new YamlDocument('bsp.yaml', Buffer.from(body))
  const { value, findings } = readDefinition('bsp', document)
  assert.ok(value, JSON.stringify([document.diagnostics, findings]))
  return moduleText('bsp', document, value as object)
}

test('the projects of the YAML tests plan the same', async () => {
  const root = project({}, {})
  cpSync(join(REPOSITORY, 'test/fixtures/shapes'), root, { recursive: true })
  await plansTheSame(root)
})

test('anchors, merges, odd strings and inline fragments plan the same', async () => {
  const root = project(
    {
      'strux.yaml': `${CONFIG}x-names: &names [curl, "a.b"]\nrootfs: { packages: *names }\n`,
      'bsp/qemu/a.sh': '',
      'bsp/qemu/bsp.yaml': `${HEAD}  scripts:
    - &image
      step: make_image
      location: /a.sh
      description: |-
        it's "several" \`lines\` \${x} \\
        of it
      depends_on: &reads [./a.sh]
    - { <<: *image, step: after_build, depends_on: *reads }
  boot:
    kernel:
      custom_kernel: true
      version: "6.10"
      fragments:
        - |
          A=y

          # B is not set
        - >-
          C=m
          D=n
        - "E=\\"x\\"\\r\\nF=y\\t\\u2028"
`,
    },
    {},
  )
  await plansTheSame(root)
})

test('comments stay at their keys', () => {
  const text = textOf(`# yaml-language-server: $schema=x.json
# About the file.
strux_version: "1" # which version
# About the board.
bsp: # it

  # Its name.
  name: q   # short

  #No blank.
  description: d
  arch: arm64 # "not # this"
  hostname: 'h-1' # but this
  scripts: # all of them
    # The first.
    - step: make_image # when
      # where
      location: ./a.sh
      depends_on: [
        ./x, # x
        ./y
        # no more
      ]
      # End of the first.
    # - commented: out
  rootfs:
    packages:
    - curl # fetches
    - vim
    # About what boots.
  boot: {}
# The end.
`)
  assert.is(
    text,
    `import { defineBsp } from 'strux-bsp'

// About the file.
// which version
// About the board.
// it
export default defineBsp({
  // Its name.
  name: 'q', // short

  // No blank.
  description: 'd',
  arch: 'arm64', // "not # this"
  hostname: 'h-1', // but this
  scripts: [ // all of them
    // The first.
    {
      step: 'make_image', // when
      // where
      location: './a.sh',
      depends_on: [
        './x', // x
        './y',
        // no more
      ],
      // End of the first.
    },
    // - commented: out
  ],
  rootfs: {
    packages: [
      'curl', // fetches
      'vim',
    ],
    // About what boots.
  },
  boot: {},
  // The end.
})
`,
  )
})

test('YAML that was taken out keeps its indentation, so that it can be put back', () => {
  const text = textOf(`strux_version: "1"
bsp:
  name: q
  description: d
  #arch: arm64
  #scripts:
  #  - step: make_image
  #
  #    location: ./a.sh
  arch: arm64
  hostname: h
  boot: {}
  # kernel:
  #   custom_kernel: true
  #   fragments:
  #     - CONFIG_A=y
  rootfs: {}
  #bootloader:
    #enabled: true
`)
  const comments = text.split('\n').filter(line => line.trimStart().startsWith('//'))
  assert.equal(comments, [
    '  // arch: arm64',
    '  // scripts:',
    '  //   - step: make_image',
    '  //',
    '  //     location: ./a.sh',
    '  // kernel:',
    '  //   custom_kernel: true',
    '  //   fragments:',
    '  //     - CONFIG_A=y',
    '  // bootloader:',
    '  //   enabled: true',
  ])
})

test('whatever strings and comments a file has, the module says the same and loses none', () => {
  const word = fc.string({ unit: 'grapheme', maxLength: 12 })
  const strings = fc.oneof(
    word,
    fc.array(word, { maxLength: 4 }).map(lines => lines.join('\n')),
  )
  const said = fc.string({ maxLength: 8 }).map(text => text.replaceAll(/[^!-~]/g, ''))
  const cases = fc.tuple(strings, fc.array(strings, { maxLength: 3 }), fc.array(said, { maxLength: 12 }))
  fc.assert(
    fc.property(cases, fc.constantFrom(1, 2, 3, 5), ([description, fragments, comments], every) => {
      const safe = (text: string) => text.replaceAll(/[\0\ud800-\udfff\ufeff]/g, '')
      const bsp = {
        name: 'q',
        description: safe(description),
        arch: 'arm64',
        hostname: 'h',
        cage: { env: [`A=${safe(description).replaceAll(/\s/g, '')}`] },
        runtime: { extensions: fragments.map(each => ({ path: safe(each) })) },
      }
      const lines = stringify(
        { strux_version: '1', bsp },
        { defaultStringType: 'QUOTE_DOUBLE', lineWidth: 0 },
      ).split('\n')
      let count = 0
      const file = lines
        .flatMap((line, index) => {
          if (index % every > 0 || comments.length === 0) return [line]
          const comment = `# c${count++} ${comments[count % comments.length]}`
          if (index % 2 === 0) return [comment, line]
          return [/["\]\d:]$/.test(line) ? `${line} ${comment}` : line]
        })
        .join('\n')
      const document = new YamlDocument('bsp.yaml', Buffer.from(file))
      const { value } = readDefinition('bsp', document)
      if (value === undefined) return
      const text = moduleText('bsp', document, value as object)
      const made = new Function(
        'defineBsp',
        text.replace(/^import.*\n/, '').replace('export default', 'return'),
      )
      assert.equal(plain(made((given: unknown) => given)), plain(value))
      for (const [comment] of file.matchAll(/(?<=# )c\d+(?= )/g)) assert.match(text, `// ${comment}`)
    }),
    { numRuns: 300 },
  )
})

test('what is wrong is said with its place, and nothing is written', async () => {
  const files = { 'strux.yaml': CONFIG, 'bsp/qemu/bsp.yaml': HEAD.replace('arm64', 'arm65') }
  const root = project(files, {})
  const said = await strux(root, 'import')
  assert.is(said.exitCode, 1)
  assert.match(said.stderr, 'bsp/qemu/bsp.yaml:5:9')
  assert.not(existsSync(join(root, 'strux.config.ts')))
})

test('files that are there are kept, unless they are not', async () => {
  const root = project({ 'strux.yaml': CONFIG, 'bsp/qemu/bsp.yaml': HEAD }, {})
  const out = join(root, 'out')
  write(root, { 'out/bsp/qemu/bsp.ts': 'mine' })
  const kept = await strux(root, 'import', root, '--out', out)
  assert.equal([kept.exitCode, existsSync(join(out, 'strux.config.ts'))], [2, false])
  const done = await strux(root, 'import', root, '--out', out, '--force')
  assert.is(done.exitCode, 0, done.stderr)
  assert.match(readFileSync(join(out, 'bsp/qemu/bsp.ts'), 'utf8'), 'defineBsp')
  const one = await strux(root, 'import', join(root, 'bsp/qemu/bsp.yaml'))
  assert.is(one.exitCode, 0, one.stderr)
  assert.ok(existsSync(join(root, 'bsp/qemu/bsp.ts')) && !existsSync(join(root, 'strux.config.ts')))
})

test.run()
