/** Loads the extensions that a BSP's definitions enable: finds, evaluates, reads and orders them. */
import { existsSync } from 'node:fs'
import { join, posix } from 'node:path'
import type { Extension } from '../../lib/index.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { StruxError } from '../diagnostics/error.ts'
import { suggest } from '../diagnostics/suggest.ts'
import type { BashExtensions } from '../extensions/bash/bash-extensions.ts'
import type { ShellVariables } from '../extensions/bash/evaluate.ts'
import type { DeclaredExtension, Locate, PlacedExtension } from '../extensions/declared.ts'
import { extensionNames, findExtension } from '../extensions/find.ts'
import { readExtension } from '../extensions/read.ts'
import { resolveExtensions, type SkipWish } from '../extensions/resolve.ts'
import { SHIPPED_NAMES, shippedExtension } from '../extensions/shipped.ts'
import { placeOfBoard } from '../layers/board.ts'
import { versionMismatch } from '../layers/board-version.ts'
import type { Extensions, SourcePlace } from '../model/extensions.ts'
import { keepCopy } from '../state/copy.ts'
import { selfVersion } from '../state/own-package.ts'
import { evaluateModule } from './evaluate.ts'
import {
  type Candidate,
  enabledAs,
  fileIn,
  isSame,
  twoOf,
  withOptions,
  withVersion,
} from './extension-candidate.ts'
import { asDiagnostic } from './extension-problems.ts'
import { type ExtensionWish, locator, type Wishes, type WishSources } from './extension-wishes.ts'
import { HandlerTexts } from './handler-texts.ts'
import { moduleSource } from './source.ts'

/** `extensions` is set if no diagnostic is an error. */
export interface LoadedExtensions {
  readonly extensions?: Extensions
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Throws a StruxError (exit code 2) if `--enable` names an extension that does not exist.
 *
 * @param bash called if an extension is a bash file
 */
export async function loadExtensions(
  sources: WishSources,
  { extensions: wishes, skips }: Wishes,
  bash: () => Promise<BashExtensions>,
): Promise<LoadedExtensions> {
  const loader = new ExtensionLoader(sources, wishes, bash)
  for (const wish of wishes) await loader.enable(wish)
  await loader.warn()
  const { diagnostics, placed } = loader
  const { extensions, problems } = resolveExtensions(placed, [...skips, ...loader.skips])
  // Errors in an extension explain why its handlers are missing.
  const isBroken = diagnostics.some(isError)
  for (const problem of problems)
    if (!isBroken || !problem.code.startsWith('nothing_to_'))
      diagnostics.push(await asDiagnostic(problem, sources))
  return diagnostics.some(isError) ? { diagnostics } : { diagnostics, extensions }
}

const isError = ({ severity }: Diagnostic) => severity === 'error'

class ExtensionLoader {
  readonly diagnostics: Diagnostic[] = []
  /** Handlers that bash files opt out of. */
  readonly skips: SkipWish[] = []
  readonly #bash: () => Promise<BashExtensions>
  readonly #root: string
  readonly #found = new Map<string, Candidate>()
  /** The names of extensions that are enabled as values. */
  readonly #values: ReadonlySet<string>
  readonly #texts = new HandlerTexts()
  readonly #files = new Map<string, Promise<Omit<Candidate, 'wish'> | undefined>>()

  constructor({ root }: WishSources, wishes: readonly ExtensionWish[], bash: () => Promise<BashExtensions>) {
    this.#root = root
    this.#bash = bash
    this.#values = new Set(wishes.flatMap(({ entry }) => (typeof entry === 'string' ? [] : [entry.name])))
  }

  get placed(): PlacedExtension[] {
    return [...this.#found.values()].map(({ declared, enabled, wish, locate }) => ({
      enabled,
      handlers: declared.handlers,
      origin: wish.origin,
      isValue: typeof wish.entry !== 'string',
      locate,
    }))
  }

  /** Reports the warnings of the extensions themselves. */
  async warn(): Promise<void> {
    for (const { declared, wish } of this.#found.values()) {
      const { name, warning } = declared
      if (warning === undefined) continue
      const said = {
        code: 'extension_warning',
        message: `${name}: ${warning}`,
        hint: `${wish.by} enables it`,
      }
      this.diagnostics.push({ severity: 'warning', ...said, ...(await wish.locate([])) })
    }
  }

  /** Adds the extension and those that it requires. */
  async enable(wish: ExtensionWish): Promise<void> {
    const candidate = await (typeof wish.entry === 'string'
      ? this.#named(wish.entry, wish)
      : this.#value(wish.entry, wish))
    if (!candidate) return
    const { name } = candidate.declared
    const known = this.#found.get(name)
    if (known) {
      if (isSame(known, candidate)) this.#found.set(name, withOptions(known, candidate.declared.given))
      else await this.#report(twoOf(name, known, candidate), wish.locate([]), known.locate([]))
      return
    }
    this.#found.set(name, candidate)
    for (const [index, entry] of candidate.declared.requires.entries()) {
      const keys = ['requires', index]
      await this.enable({
        entry,
        origin:
          typeof wish.entry === 'string'
            ? wish.origin
            : { ...wish.origin, keys: [...wish.origin.keys, ...keys] },
        by: name,
        folder: candidate.enabled.folder,
        ...(candidate.enabled.kind === 'bash' && { beside: candidate.enabled.folder }),
        isBoard: candidate.enabled.kind === 'board',
        ...(wish.source && { source: wish.source }),
        locate: (more, at) => candidate.locate([...keys, ...more], at),
      })
    }
  }

  async #named(name: string, wish: ExtensionWish): Promise<Candidate | undefined> {
    const file = findExtension(this.#root, name, wish.beside)
    if (file !== undefined) {
      const loading = this.#files.get(file) ?? this.#load(name, file, wish)
      this.#files.set(file, loading)
      const loaded = await loading
      return loaded && { ...loaded, wish }
    }
    if (this.#values.has(name)) return undefined
    const shipped = shippedExtension(name)
    if (shipped) return this.#shipped(shipped, wish)
    const names = [...new Set([...extensionNames(this.#root), ...this.#values, ...SHIPPED_NAMES])].sort()
    const near = suggest(name, names)
    const message = `there is no extension '${name}'`
    const list = `extensions: ${names.join(', ')}`
    const hint = near === undefined ? `${list}; ${NAME_HINT(name)}` : `did you mean '${near}'? ${list}`
    if (wish.by === '--enable') throw new StruxError(message, { hint, exitCode: 2 })
    await this.#report({ code: 'unknown_extension', message, hint }, wish.locate([]))
    return undefined
  }

  /** An extension of this package, which the project does not replace with one of its own. */
  async #shipped(extension: Extension, wish: ExtensionWish): Promise<Candidate | undefined> {
    const read = await this.#read(extension, wish.locate)
    if (!read) return undefined
    const declared = withVersion(read, `strux-bsp ${selfVersion()}`)
    const enabled = enabledAs(declared, { folder: wish.folder, kind: 'shipped', addedBy: wish.by })
    return { declared, enabled, wish, locate: wish.locate, files: new Set() }
  }

  async #load(name: string, file: string, wish: ExtensionWish): Promise<Omit<Candidate, 'wish'> | undefined> {
    const folder = posix.dirname(file)
    if (file.endsWith('.sh')) return this.#bashFile(file, wish)
    const { module, value, diagnostics } = await evaluateModule(file, 'extension', { root: this.#root })
    this.diagnostics.push(...diagnostics)
    if (!module || diagnostics.some(isError)) return undefined
    const source = moduleSource(module, value)
    const locate: Locate = (keys, at) => locator(source, file)({ source: 'bsp', keys }, at)
    const read = await this.#read(value, locate)
    if (!read) return undefined
    const expected = posix.basename(name)
    if (read.name !== expected) {
      const message = `the extension of ${file} is called '${read.name}'`
      const hint = `call it '${expected}', or rename the file`
      await this.#report({ code: 'extension_name', message, hint }, locate(['name']))
      return undefined
    }
    const declared = this.#texts.added(read, source, file)
    const enabled = enabledAs(declared, { folder, file, kind: 'project', addedBy: wish.by })
    return { declared, enabled, locate, files: new Set([file]) }
  }

  async #bashFile(
    file: string,
    wish: ExtensionWish,
    variables: ShellVariables = {},
  ): Promise<Omit<Candidate, 'wish'> | undefined> {
    const { declaredFrom, diagnosticsOf, placeIn, skipsOf } = await import('../extensions/bash/declare.ts')
    const bash = await this.#bash()
    const read = await bash.read(file, wish.by, variables)
    this.diagnostics.push(...diagnosticsOf(read))
    if (read.failure) return undefined
    this.skips.push(...skipsOf(read, wish.origin))
    const declared = declaredFrom(read, this.#root)
    const enabled = enabledAs(declared, { folder: posix.dirname(file), file, kind: 'bash', addedBy: wish.by })
    return { declared, enabled, locate: async keys => placeIn(read, keys), files: new Set([file]) }
  }

  async #value(extension: Extension, wish: ExtensionWish): Promise<Candidate | undefined> {
    const { source, folder, isBoard, by } = wish
    const bashFile = bashFileOf(extension)
    if (bashFile !== undefined) {
      const file = posix.join(folder, bashFile)
      if (!/\.sh$/.test(file) || !existsSync(join(this.#root, file))) {
        const message = `there is no bash file ${file}`
        const hint = 'bashExtension takes a path that ends in .sh, relative to this definition'
        await this.#report({ code: 'unknown_extension', message, hint }, wish.locate([]))
        return undefined
      }
      const { variables, wrong } = variablesOf(extension)
      if (wrong !== undefined) {
        const message = `the variable '${wrong}' of ${file} is not text or a list of texts with a name that bash allows`
        const hint = 'names have letters, digits and _, and begin with no digit'
        await this.#report({ code: 'bad_variable', message, hint }, wish.locate(['variables', wrong]))
        return undefined
      }
      const found = await this.#bashFile(file, wish, variables)
      return found && { ...found, wish }
    }
    const read = await this.#read(extension, wish.locate)
    if (!read) return undefined
    const place = read.url === undefined ? undefined : placeOfBoard(read.url, this.#root)
    if (typeof place === 'string') {
      const message = `the URL of the extension '${read.name}' leads nowhere`
      const hint = 'write url: import.meta.url'
      await this.#report({ code: 'extension_url', message, hint }, wish.locate(['url']))
      return undefined
    }
    const isForeign = place?.copy !== undefined
    const files = new Set(source?.kind === 'module' ? source.module.inputs.map(input => input.file) : [])
    const own = findExtension(this.#root, read.name)
    const kind = isForeign ? (isBoard ? 'board' : 'package') : isBoard ? 'board' : 'project'
    if (own !== undefined && !files.has(own) && kind !== 'project')
      return this.#instead(own, read.name, place?.name ?? by, wish)
    if (place) {
      const mismatch = isForeign ? await versionMismatch(place) : undefined
      if (mismatch)
        await this.#report(
          { code: 'extension_version', message: mismatch[0], hint: mismatch[1] },
          wish.locate([]),
        )
      if (place.copy) keepCopy(this.#root, place.copy.from, place.copy.to)
    }
    const file = place && !read.url!.endsWith('/') ? fileIn(place, read.url!, this.#root) : undefined
    const declared = isForeign
      ? withVersion(read, `${place.name} ${place.version ?? ''}`)
      : source
        ? this.#texts.added(read, source, file)
        : read
    const enabled = enabledAs(declared, {
      folder: place?.folder ?? folder,
      ...(file !== undefined && { file }),
      kind,
      addedBy: by,
    })
    return { declared, enabled, wish, locate: wish.locate, files }
  }

  /** The project's own extension stands in for that of a board or package. */
  async #instead(
    file: string,
    name: string,
    other: string,
    wish: ExtensionWish,
  ): Promise<Candidate | undefined> {
    const found = await this.#named(name, wish)
    if (!found) return undefined
    const place = await found.locate([])
    const message = `the project's extension '${name}' stands in for the one of ${other}`
    this.diagnostics.push({
      severity: 'info',
      code: 'extension_replaced',
      message,
      hint: `rename ${file} to use both`,
      ...place,
    })
    return { ...found, enabled: { ...found.enabled, instead: other } }
  }

  async #read(value: unknown, locate: Locate): Promise<DeclaredExtension | undefined> {
    const { value: declared, findings } = readExtension(value)
    for (const { keys, at, ...said } of findings)
      this.diagnostics.push({ ...said, ...(await locate(keys, at)) })
    return declared
  }

  async #report(
    said: Pick<Diagnostic, 'code' | 'message' | 'hint'>,
    at: Promise<SourcePlace>,
    other?: Promise<SourcePlace>,
  ): Promise<void> {
    const second = await other
    const message = second ? `${said.message} (${second.file}:${second.line})` : said.message
    this.diagnostics.push({ severity: 'error', ...said, message, ...(await at) })
  }
}

/** The file that `bashExtension` names. */
function bashFileOf(extension: Extension): string | undefined {
  const { file } = extension as { readonly file?: unknown }
  return typeof file === 'string' ? file : undefined
}

/** The variables that `bashExtension` gives its file, and the first that bash cannot have. */
function variablesOf(extension: Extension): { variables: ShellVariables; wrong?: string } {
  const { variables = {} } = extension as { readonly variables?: unknown }
  const isText = (value: unknown) => typeof value === 'string' && !value.includes('\0')
  const wrong = Object.entries(Object(variables)).find(
    ([name, value]) =>
      !/^[A-Za-z_]\w*$/.test(name) || !(isText(value) || (Array.isArray(value) && value.every(isText))),
  )
  return { variables: variables as ShellVariables, ...(wrong && { wrong: wrong[0] }) }
}

const NAME_HINT = (name: string) => `it would be in extensions/${name}.ts`
