/**
 * Definitions that change and records that are damaged, with builds and kills between: whatever came before, the last
 * build equals a clean build of the last definition, and the one after it runs nothing.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, lstatSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Script, TempProject } from '../support/project.ts'
import { expect, expectPlainWords, type Trial } from './trial.ts'

const ENV = { STRUX_IN_CONTAINER: '1' }
const HOOKS = ['before_build', 'before_frontend', 'before_bundle', 'make_image']
const PLACES = ['cache/a', 'cache/grp', 'cache/grp/f', 'cache/grp/sub/g', 'output/o']
const READ = [...PLACES, 'cache/grp/*', 'output/*', './in']

const pick = <T>(all: readonly T[]): T => all[Math.floor(Math.random() * all.length)]!
const chance = (share: number) => Math.random() < share

interface Part {
  readonly id: string
  readonly step: string
  readonly makes: string
  readonly reads: string
  readonly appends: boolean
  readonly text: number
}

let count = 0
function part(): Part {
  const made = { step: pick(HOOKS), makes: pick(PLACES), reads: pick(READ) }
  const { reads } = made
  return {
    ...{ ...made, id: `s${count++}`, appends: chance(0.4), text: 0 },
    reads: readsItsOwn(made) ? './in' : reads,
  }
}

const inShell = (path: string) =>
  path
    .replace(/^cache/, '"$BSP_CACHE_DIR"')
    .replace(/^output/, '"$PROJECT_DIST_OUTPUT_FOLDER"')
    .replace(/^\./, '"$BSP_FOLDER"')

/** Writes what it reads into what it makes; a folder gets a file of the script's name, a link and an empty folder. */
function script({ id, step, makes, reads, appends, text }: Part): Script {
  const target = inShell(makes)
  const listed = `for each in ${inShell(reads)}; do (cd "$each" 2>/dev/null && find . | sort && cat $(find . -type f | sort)) || cat "$each" || true; done 2>/dev/null | cksum`
  const into =
    makes === 'cache/grp'
      ? `${appends ? '' : `rm -rf ${target}; `}mkdir -p ${target}/empty; pause; echo "$sum" >>${target}/p; ln -sfn p ${target}/l`
      : `mkdir -p "$(dirname ${target})"; [ ! -d ${target} ] || rm -r ${target}; pause; ${appends ? '' : `echo half >${target}; pause; `}echo "$sum" >${appends ? '>' : ''}${target}`
  return {
    ...{ id, step, cached_generated_artifacts: [makes] },
    depends_on: appends && reads !== makes ? [reads, makes] : [reads],
    run: `set -e; pause() { sleep 0.0$((RANDOM % 5)); }; sum="${id} ${text} $(${listed})"; ${into}`,
  }
}

/** Its own products in a folder that it reads do not count as an input, so they must not show in its result. */
const readsItsOwn = ({ makes, reads }: Pick<Part, 'makes' | 'reads'>) =>
  makes !== reads && `${makes}/`.startsWith(reads.replace(/\*$/, '').replace(/\/?$/, '/'))

function changed(parts: readonly Part[]): Part[] {
  const at = Math.floor(Math.random() * parts.length)
  const one = parts[at]!
  const others = parts.filter(each => each !== one)
  const replaced = (change: Partial<Part>) => parts.map(each => (each === one ? { ...one, ...change } : each))
  const next = pick<() => Part[]>([
    () => (others.length > 0 ? others : [...parts, part()]),
    () => [...parts.slice(0, at), part(), ...parts.slice(at)],
    () => replaced({ id: `s${count++}` }),
    () => replaced({ step: pick(HOOKS) }),
    () => [...others, one],
    () => [one, ...others],
    () => replaced({ makes: pick(PLACES), appends: chance(0.4) }),
    () => replaced({ reads: pick(READ) }),
    () => replaced({ text: one.text + 1 }),
  ])()
  return next.map(each => (readsItsOwn(each) ? { ...each, reads: './in' } : each))
}

/** Names, kinds and content below a path. */
function content(path: string): unknown {
  if (!existsSync(path)) return undefined
  if (lstatSync(path).isSymbolicLink()) return 'link'
  if (!statSync(path).isDirectory()) return readFileSync(path, 'utf8')
  return readdirSync(path)
    .sort()
    .map(name => [name, content(join(path, name))])
}

const placeOf = (project: TempProject, path: string) =>
  project.at(path.replace(/^(cache|output)/, 'dist/$1/demo'))

const RECORDS = [
  'dist/cache/demo/.build-cache.json',
  'dist/cache/demo/.file-hashes.json',
  'dist/cache/demo/.first-versions',
  'dist/.strux',
]
const DAMAGE = {
  folder: 'rm -rf "$1"; mkdir -p "$1/x"',
  pipe: 'rm -rf "$1"; mkfifo "$1"',
  'link to itself': 'rm -rf "$1"; ln -s "$(basename "$1")" "$1"',
  'link to nothing': 'rm -rf "$1"; ln -s no/where "$1"',
  'nothing left': 'rm -rf "$1"',
}

/** Damages a record, or a file in a folder of records; returns what was done. */
function damage(project: TempProject): string {
  const named = pick(RECORDS)
  if (!project.has(named)) return `no ${named}`
  const files = statSync(project.at(named)).isDirectory()
    ? readdirSync(project.at(named), { recursive: true, encoding: 'utf8' })
        .map(name => join(named, name))
        .filter(name => !name.includes('/content') && lstatSync(project.at(name)).isFile())
    : [named]
  const file = files.length > 0 && chance(0.8) ? pick(files) : named
  const full = project.at(file)
  if (chance(0.5) && lstatSync(full).isFile()) {
    const bytes = readFileSync(full)
    const isCut = chance(0.5)
    const at = Math.floor(Math.random() * bytes.length)
    if (!isCut) for (let n = 0; n < 4; n++) bytes[(at + n) % bytes.length] = Math.floor(Math.random() * 256)
    writeFileSync(full, isCut ? bytes.subarray(0, at) : bytes)
    return `${file}: ${isCut ? 'cut' : 'other bytes'} at ${at}`
  }
  const how = pick(Object.keys(DAMAGE) as (keyof typeof DAMAGE)[])
  execFileSync('bash', ['-c', DAMAGE[how], 'bash', full])
  return `${file}: ${how}`
}

/** @param rounds changes, each followed by a build, a build of a selection, a kill or nothing */
async function story(rounds: number, isDamaged: boolean): Promise<void> {
  const [project, clean] = [new TempProject(), new TempProject()]
  const said: string[] = []
  let parts = [part(), part(), part()]
  const define = (where: TempProject) => {
    where.bsp(parts.map(script))
    where.write('bsp/demo/in/file', 'one')
  }
  const all = () => parts.flatMap(({ id }) => ['--only', id])
  const inStory = (what: string) => `${said.join('; ')}: ${what}\n${JSON.stringify(parts)}`
  for (const each of [project, clean]) each.defaults = { env: ENV }
  const build = async (where: TempProject, args: readonly string[]) => {
    const built = await where.build(args)
    expectPlainWords(built.stderr)
    return built
  }
  try {
    define(project)
    await build(project, all())
    for (let round = 0; round < rounds; round++) {
      parts = changed(parts)
      define(project)
      said.push(`${parts.map(({ id, step, makes }) => `${id}@${step}>${makes}`).join(' ')}`)
      if (isDamaged && chance(0.7)) said.push(damage(project))
      const next = Math.random()
      if (next < 0.3) {
        const running = project.startBuild(all())
        const moment = 250 + Math.random() * 1000
        await sleep(moment)
        running.child.kill('SIGKILL')
        await running.ended
        said.push(`killed after ${Math.round(moment)} ms`)
      } else if (next < 0.55) {
        const { id } = pick(parts)
        await build(project, ['--only', id])
        said.push(`built ${id}`)
      } else if (next < 0.8) {
        await build(project, all())
        said.push('built')
      }
    }
    if (isDamaged) said.push(damage(project))
    define(clean)
    const [last, wanted] = [await build(project, all()), await build(clean, all())]
    expect(last.code === wanted.code, inStory(last.said))
    for (const { makes } of parts) {
      const [found, right] = [content(placeOf(project, makes)), content(placeOf(clean, makes))]
      const same = JSON.stringify(found) === JSON.stringify(right)
      expect(same, inStory(`${makes} is ${JSON.stringify(found)}, clean ${JSON.stringify(right)}`))
    }
    const [again, always] = [await build(project, all()), await build(clean, all())]
    const more = again.ran.filter(id => !always.ran.includes(id))
    expect(more.length === 0, inStory(`it does not settle, ${more.join(', ')} ran again`))
  } finally {
    await project.dispose()
    await clean.dispose()
  }
}

export const definitions: readonly Trial[] = [
  {
    area: 'definitions',
    what: 'scripts removed, renamed, moved, reordered and changed, with selections and kills: as a clean build',
    times: 2,
    attempt: () => story(4, false),
  },
  {
    area: 'records',
    what: 'the same with records cut, of random bytes, folders, pipes and links: as a clean build',
    times: 2,
    attempt: () => story(3, true),
  },
]
