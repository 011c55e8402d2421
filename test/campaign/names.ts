/**
 * Names made to break out of a shell, in every field that reaches one. A definition with such a name is either refused,
 * with the place in the author's file, or the name arrives as it was written; nothing of it is ever run.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stepScript } from '../../runtime/steps/package-files.ts'
import { TempProject } from '../support/project.ts'
import { expect, expectPlainWords, type Trial } from './trial.ts'

const HOSTILE = [
  'a\nb',
  "a'b",
  'a"b',
  '-rf',
  '--help',
  'a b',
  ' a',
  '$(touch PWNED)',
  '`touch PWNED`',
  'a;touch PWNED',
  'a&&touch PWNED',
  "'; touch PWNED; '",
  '"; touch PWNED; "',
  '\n touch PWNED\n',
  '${HOME}',
  '*',
  'a\\b',
  'a\tb',
  '%s%n',
  'é☃',
  '#a',
  '!a',
  '~',
  'a=b',
  '.a',
]

type Fields = Record<string, string>

/** Fields that are refused are left out, one round after another, until the rest is accepted. */
async function accepted(
  project: TempProject,
  fields: readonly string[],
  write: (left: readonly string[]) => void,
): Promise<readonly string[]> {
  let left = fields
  for (;;) {
    write(left)
    const { code, stdout, stderr } = await project.strux(['check', '--json'])
    expectPlainWords(stderr)
    const { diagnostics } = JSON.parse(stdout)
    if (code === 0) return left
    const said = diagnostics.map(
      (each: { message: string; line?: number }) => `${each.message} (${each.line})`,
    )
    expect(
      diagnostics.every((each: { line?: number }) => each.line),
      `refused without a place: ${said}`,
    )
    const names = left.filter(name =>
      diagnostics.some((each: { line: number }) => lineOf(project, name).includes(each.line)),
    )
    expect(names.length > 0, `refused, but which field? ${said}`)
    left = left.filter(name => !names.includes(name))
  }
}

/** Where a field is written; each is on lines of its own. */
function lineOf(project: TempProject, field: string): number[] {
  return ['strux.config.ts', 'bsp/demo/bsp.ts'].flatMap(file =>
    project
      .read(file)
      .split('\n')
      .flatMap((line, n) => (line.includes(MARKS[field] ?? `"${field}":`) ? [n + 1] : [])),
  )
}

const MARKS: Fields = {}

function expectNothingRan(project: TempProject): void {
  const found = readdirSync(project.root, { recursive: true, encoding: 'utf8' }).filter(name =>
    /(^|\/)PWNED$/.test(name),
  )
  expect(found.length === 0, `it was run: ${found}`)
}

async function inProject(
  env: Record<string, string>,
  work: (project: TempProject) => Promise<void>,
): Promise<void> {
  const project = new TempProject()
  project.defaults = { env }
  try {
    await work(project)
    expectNothingRan(project)
  } finally {
    await project.dispose()
  }
}

const HERE = { STRUX_IN_CONTAINER: '1' }
const SHOW = 'env -0 >"$PROJECT_DIST_OUTPUT_FOLDER/env"; touch "$BSP_CACHE_DIR/made"'

export const names: readonly Trial[] = [
  {
    area: 'names',
    what: `${HOSTILE.length} of them as name, version and host name of project and BSP: refused, or in the environment as written`,
    times: HOSTILE.length,
    attempt: n =>
      inProject(HERE, async project => {
        const name = HOSTILE[n]!
        await accepted(project, ['name', 'project_version', 'hostname', 'description'], left => {
          const those = Object.fromEntries(left.map(field => [field, name]))
          const { description: _, ...config } = those
          project.config(config)
          const { project_version: __, ...bsp } = those
          project.bsp([{ id: 'show', step: 'make_image', run: SHOW }], {})
          const text = project.read('bsp/demo/bsp.ts')
          const fields = Object.entries(bsp).map(([key, value]) => `"${key}": ${JSON.stringify(value)},\n`)
          project.write(
            'bsp/demo/bsp.ts',
            text
              .replace('{\n', '{\n...OVER,\n')
              .replace('export default', `const OVER = {\n${fields.join('')}}\nexport default`)
              .replace('...OVER,\n', '')
              .replace('defineBsp({', 'defineBsp({')
              .replace(/"scripts":/, '...OVER,\n"scripts":'),
          )
        })
        const { nodes } = JSON.parse((await project.strux(['plan', '--json'])).stdout)
        const planned: Fields = nodes.find((node: { id: string }) => node.id === 'show').env
        const built = await project.build(['--only', 'show'])
        expect(built.code === 0, `${JSON.stringify(name)}: ${built.said}`)
        const seen = Object.fromEntries(
          project
            .read('dist/output/demo/env')
            .split('\0')
            .map(entry => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
        )
        for (const [variable, value] of Object.entries(planned))
          expect(
            seen[variable] === value,
            `${variable} is ${JSON.stringify(seen[variable])}, not ${JSON.stringify(value)}`,
          )
      }),
  },
  {
    area: 'names',
    what: 'the same as id, file of a script, artifact and dependency: refused, or run, skipped, logged and explained',
    times: HOSTILE.length,
    attempt: n =>
      inProject(HERE, async project => {
        const name = HOSTILE[n]!
        for (const [field, mark] of [
          ['id', '"id"'],
          ['location', '"location"'],
          ['artifact', `cache/`],
          ['dependency', `./deps/`],
        ])
          MARKS[field!] = mark!
        let left: readonly string[] = []
        left = await accepted(project, ['id', 'location', 'artifact', 'dependency'], those => {
          const has = (field: string) => those.includes(field)
          const artifact = `cache/${has('artifact') ? `made ${name}` : 'made'}`
          const dependency = `./deps/${has('dependency') ? name : 'plain'}`
          const location = `./scripts/${has('location') ? name : 'plain.sh'}`
          project.write(
            `bsp/demo/${location}`,
            `set -e; cp "$MADE_FROM" "$MADE" 2>/dev/null || printf one >"$BSP_CACHE_DIR"/${quoted(artifact.slice(6))}`,
          )
          project.write(`bsp/demo/${dependency}`, 'one')
          project.bsp([
            {
              ...(has('id') ? { id: name } : {}),
              step: 'make_image',
              location,
              cached_generated_artifacts: [artifact],
              depends_on: [escaped(dependency)],
            },
          ])
        })
        const { nodes } = JSON.parse((await project.strux(['plan', '--json'])).stdout)
        const { id } = nodes.find((node: { kind: string }) => node.kind === 'script')
        const outcome = async () => {
          const built = await project.build(['--only', 'make_image'])
          expect(built.code === 0, `${JSON.stringify(name)}: ${built.said}`)
          return built.outcomes[id]
        }
        expect((await outcome()) === 'ran', 'it runs')
        expect((await outcome()) === 'skipped', `it is not skipped (${left}): ${JSON.stringify(name)}`)
        project.write(left.includes('dependency') ? `bsp/demo/deps/${name}` : 'bsp/demo/deps/plain', 'two')
        expect((await outcome()) === 'ran', 'a changed dependency is not seen')
        for (const command of [
          ['why', '--', id],
          ['log', '--', id],
          ['build', '--dry-run', `--only=${id}`],
        ]) {
          const { code, stderr } = await project.strux(command)
          expectPlainWords(stderr)
          expect(code === 0, `${JSON.stringify(command)}: ${stderr}`)
        }
      }),
  },
  {
    area: 'names',
    what: 'the same as names of an image, its partitions, their folders and raw files: refused, or an image with them',
    times: HOSTILE.length,
    attempt: n =>
      inProject({}, async project => {
        const name = HOSTILE[n]!
        for (const [field, mark] of [
          ['image', '.img'],
          ['partition', '"partitionName"'],
          ['folder', './folders/'],
          ['raw', './raws/'],
        ])
          MARKS[field!] = mark!
        const written = ({ image, partition, folder, raw }: Partial<Fields>) =>
          `import { defineBsp } from 'strux-bsp'
const partitionName = { "partitionName": ${JSON.stringify(partition ?? 'data')} }.partitionName
export default defineBsp({ name: 'demo', description: 'x', arch: 'x86_64', hostname: 'demo',
image: {
name: ${JSON.stringify(`${image ?? 'disk'}.img`)},
partitions: [
{ type: 'data', size: '4M', name: ${JSON.stringify(partition ?? 'data')}, /* "partitionName" */
content: ${JSON.stringify(`./folders/${folder ?? 'plain'}`)} } ],
raw: [ { offset: '32K',
file: ${JSON.stringify(`./raws/${raw ?? 'plain'}`)} } ] } })
`.replace(/^const partitionName.*\n/m, '')
        await accepted(project, ['image', 'partition', 'folder', 'raw'], left => {
          const those = Object.fromEntries(left.map(field => [field, name]))
          project.write(`bsp/demo/folders/${those.folder ?? 'plain'}/file`, 'content')
          project.write(`bsp/demo/raws/${those.raw ?? 'plain'}`, 'RAW')
          project.write('bsp/demo/bsp.ts', written(those))
        })
        mkdirSync(project.at('dist/cache/demo'), { recursive: true })
        execFileSync('tar', [
          '-czf',
          project.at('dist/cache/demo/rootfs-post.tar.gz'),
          '-C',
          project.at('bsp'),
          '.',
        ])
        const built = await project.build(['--only', 'image'])
        expectPlainWords(built.stderr)
        expect(built.code === 0, `${JSON.stringify(name)}: ${built.said}`)
        const made = readdirSync(project.at('dist/output/demo')).filter(file => file.endsWith('.img'))
        expect(made.length === 1, `made: ${made}`)
        const bytes = readFileSync(join(project.at('dist/output/demo'), made[0]!))
        expect(
          bytes.subarray(32 * 1024, 32 * 1024 + 3).toString() === 'RAW',
          'the raw file is not in its place',
        )
        expect(bytes.includes('content'), 'the content is not in the image')
      }),
  },
  {
    area: 'names',
    what: 'the same in what a device is told of itself: host name, names and versions, monitors',
    times: HOSTILE.length,
    attempt: async n => {
      const name = HOSTILE[n]!
      const folder = mkdtempSync(join(tmpdir(), 'strux-device-'))
      try {
        const config = {
          ...{
            hostname: name,
            name,
            project_version: name,
            strux_version: name,
            bsp: name,
            board: name,
            arch: 'x86_64',
          },
          display: [{ monitors: [{ path: name, names: [name], input_devices: [name] }] }, null],
        }
        for (const made of ['rootfs/etc/strux', 'rootfs/strux', 'draft', 'cwd'])
          mkdirSync(join(folder, made), { recursive: true })
        const script = `${stepScript('shell/start.sh', 'shell/step.sh', 'rootfs_post/device.sh')}
draft=$FOLDER/draft; ROOTFS_DIR=$FOLDER/rootfs; describe_device`
        execFileSync('bash', ['-c', script], {
          cwd: join(folder, 'cwd'),
          env: { ...process.env, FOLDER: folder, TARGET_ARCH: 'x86_64', STEP_CONFIG: JSON.stringify(config) },
          stdio: ['ignore', 'ignore', 'pipe'],
        })
        const read = (file: string) => readFileSync(join(folder, 'rootfs', file), 'utf8')
        // A host name with a line break is refused before.
        expect(read('etc/hostname').trimEnd() === name.trimEnd(), 'the host name')
        expect(JSON.parse(read('etc/strux/project.json')).name === name, 'the name')
        expect(JSON.parse(read('strux/.display-config.json')).monitors[0].names[0] === name, 'the monitor')
        expect(readdirSync(join(folder, 'cwd')).length === 0, 'it was run')
      } finally {
        rmSync(folder, { recursive: true })
      }
    },
  },
]

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`
/** A dependency is a glob: special characters stand for themselves after a backslash. */
const escaped = (text: string) => text.replace(/[*?{}[\]!+@()]/g, '\\$&')
