/** The files that a confined container sees: folders in the project's state folder, made for one evaluation or several. */
import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pidExists, thisProcess } from '../state/process-identity.ts'
import type { ConfinedFile } from './confined-shell.ts'

/** Where this process's id is valid. */
const PLACE = createHash('sha256').update(thisProcess().place).digest('hex').slice(0, 8)

/** In ms: no process needs its copies for longer. */
const LONGEST = 24 * 60 * 60 * 1000

/** Copies of files at their places in an otherwise empty project, and scripts. */
export class Copies {
  readonly #folder: string
  /** A free place for a folder. */
  readonly root: string
  readonly project: string
  readonly scripts: string
  readonly #there = new Set<string>()

  /** Makes a folder in this one, and removes those that killed processes left there. */
  constructor(folder: string) {
    removeAbandoned(folder)
    this.#folder = join(folder, `evaluate-${process.pid}-${PLACE}-${randomBytes(4).toString('hex')}`)
    this.root = join(this.#folder, 'root')
    this.project = join(this.#folder, 'project')
    this.scripts = join(this.#folder, 'scripts')
    // A place for the container's own dist/, which it may write to.
    mkdirSync(join(this.project, 'dist'), { recursive: true })
    mkdirSync(this.scripts)
  }

  add(files: readonly ConfinedFile[]): void {
    for (const { path, content, executable } of files) {
      if (this.#there.has(path)) continue
      this.#there.add(path)
      const copy = join(this.project, path)
      mkdirSync(dirname(copy), { recursive: true })
      writeFileSync(copy, content, { mode: executable ? 0o755 : 0o644 })
    }
  }

  /** Returns the script's name. */
  script(text: string): string {
    const name = `${randomBytes(8).toString('hex')}.sh`
    writeFileSync(join(this.scripts, name), text)
    return name
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

function removeAbandoned(folder: string): void {
  for (const name of namesIn(folder)) {
    const [, pid, place] = /^evaluate-(\d+)-([0-9a-f]{8})-/.exec(name) ?? []
    if (pid === undefined) continue
    const path = join(folder, name)
    // A process of another machine or container may live, although there is none with its id here.
    const isAbandoned = place === PLACE ? !pidExists(Number(pid)) : ageOf(path) > LONGEST
    if (isAbandoned) rmSync(path, { recursive: true, force: true })
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** In ms; 0 if another process has removed it. */
function ageOf(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat ? Date.now() - stat.mtimeMs : 0
}
