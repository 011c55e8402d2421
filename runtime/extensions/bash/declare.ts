/** A bash file as an extension: its handlers with what they read, and the place of each part. */
import { existsSync } from 'node:fs'
import { join, posix } from 'node:path'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import type { SourcePlace } from '../../model/extensions.ts'
import { USER_FOLDERS } from '../../plan/environment.ts'
import type { DeclaredExtension, DeclaredHandler } from '../declared.ts'
import type { SkipWish } from '../resolve.ts'
import { OUTSIDE_FUNCTIONS } from './configuration.ts'
import { CONFIGURATION_VARIABLES, STEP_VARIABLES } from './configuration-variables.ts'
import type { BashFile, Place } from './read.ts'
import { ownsFolder } from './visible-files.ts'

/** `root`: the project, absolute. */
export function declaredFrom(file: BashFile, root: string): DeclaredExtension {
  const depends_on = filesReadBy(file, root)
  const handlers = file.handlers.map(
    ({ hook, calledAs, name, order, key, rank, function: called }): DeclaredHandler => ({
      ...{ hook, calledAs, name, rank, order, key },
      source: { kind: 'bash', function: called },
      ...(depends_on.length > 0 && { depends_on }),
      keys: ['functions', called],
    }),
  )
  return {
    name: file.name,
    options: {},
    given: {},
    requires: file.enables.map(({ name }) => name),
    handlers: [...(changesConfiguration(file) ? [outsideFunctions(file.name)] : []), ...handlers],
  }
}

/** Whether its calls and assignments outside functions change the definition. */
function changesConfiguration({ packages, assigns }: BashFile): boolean {
  const names = [...CONFIGURATION_VARIABLES.flatMap(row => row.names), ...STEP_VARIABLES]
  return packages.length > 0 || assigns.some(name => names.includes(name))
}

/** Calls and assignments outside functions count as a handler of their own, the first of `user_config`. */
function outsideFunctions(extension: string): DeclaredHandler {
  return {
    hook: 'user_config',
    calledAs: 'user_config',
    name: `${extension}.sh`,
    rank: 0,
    order: 0,
    key: `0_${extension}.sh`,
    description: 'Calls and assignments outside functions',
    source: { kind: 'bash', function: OUTSIDE_FUNCTIONS },
    keys: [],
  }
}

/** The place of a part: `['functions', NAME]`, `['requires', INDEX]`, or the file. */
export function placeIn(file: BashFile, keys: DeclaredHandler['keys']): SourcePlace {
  const [kind, which] = keys
  const at =
    kind === 'functions'
      ? file.handlers.find(each => each.function === which)?.at
      : kind === 'requires'
        ? file.enables[Number(which)]?.at
        : undefined
  return asPlace(at ?? { file: file.file })
}

const asPlace = ({ file, line = 1 }: Place): SourcePlace => ({ file, line, column: 1 })

/** Handlers that the file opts out of. */
export function skipsOf(file: BashFile, origin: SkipWish['origin']): SkipWish[] {
  return file.optsOut.map(({ id, at }) => ({ handler: id, origin, by: `${at.file}:${at.line}` }))
}

/** What is wrong with the file: an evaluation that failed, and functions that are never called. */
export function diagnosticsOf({ file, failure, uncalled }: BashFile): Diagnostic[] {
  const found = uncalled.map(
    ({ function: name, hook, suggestion, at }): Diagnostic => ({
      severity: 'warning',
      code: 'unknown_hook',
      message: `${name} is never called: there is no hook '${hook}'`,
      hint:
        suggestion === undefined
          ? `\`strux extensions check ${file}\` says what else is missing`
          : `did you mean '${suggestion}'?`,
      ...asPlace(at),
    }),
  )
  if (failure)
    found.unshift({
      severity: 'error',
      code: 'bash_extension',
      message: `the extension cannot be read: ${failure.message}`,
      hint: 'it is read without network and project; outside functions, it should only call enable_extension and set variables',
      ...asPlace({ file: failure.file ?? file, line: failure.line ?? 1 }),
    })
  return found
}

/**
 * Files of the project that the handlers read, relative to the extension's folder: the whole folder if it is the
 * extension's own, and the paths that the text names below EXTENSION_DIR, USERPATCHES_PATH and SRC.
 */
function filesReadBy({ file, text }: BashFile, root: string): string[] {
  const folder = posix.dirname(file)
  const bases: Readonly<Record<string, string>> = {
    EXTENSION_DIR: folder,
    USERPATCHES_PATH: 'userpatches',
    SRC: '.',
  }
  const found = new Set<string>(ownsFolder(file) ? ['.'] : [])
  for (const [, braced, plain, path] of text.matchAll(
    /\$(?:\{(EXTENSION_DIR|USERPATCHES_PATH|SRC)\}|(EXTENSION_DIR|USERPATCHES_PATH|SRC)\b)"?\/"?([\w.@+/-]*)/g,
  )) {
    const base = (braced ?? plain)!
    // Of SRC, only the folders of the project's own files; all others are made by the build.
    if (base === 'SRC' && !USER_FOLDERS.some(name => path!.startsWith(`${name}/`))) continue
    const named = posix.join(bases[base]!, path!)
    // A path may end in a variable: then the folder that it is in.
    const there = existsSync(join(root, named)) ? named : posix.dirname(named)
    const isOwn = base !== 'EXTENSION_DIR' || there !== folder
    if (there !== '.' && isOwn && existsSync(join(root, there)) && !there.startsWith('..'))
      found.add(posix.relative(folder, there.replace(/\/$/, '')))
  }
  // Only paths with `./` are in the extension's folder.
  return [...found].sort().map(path => `./${path === '.' ? '' : path}`)
}
