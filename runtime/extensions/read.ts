/** Reads the result of `defineExtension`: checks what the compiler could not, and brings handlers to one form. */
import * as z from 'zod'
import { extensionOptions } from '../../lib/definition.ts'
import type { Extension } from '../../lib/extension.ts'
import { extensionSchema, handlerSchema } from '../../lib/schema/extension-body.ts'
import { isSh, type Sh } from '../../lib/sh.ts'
import type { Finding } from '../diagnostics/diagnostic.ts'
import { show, showKind } from '../diagnostics/show-value.ts'
import { suggest } from '../diagnostics/suggest.ts'
import type { HandlerFunction, HandlerSource } from '../model/extensions.ts'
import { IMAGE_HOOK_NAMES, imageHook } from '../model/image-hooks.ts'
import { notData } from '../validate/not-data.ts'
import { issueFindings } from '../validate/schema-issues.ts'
import type { DeclaredExtension, DeclaredHandler } from './declared.ts'
import { DEFAULT_ORDER, ownOrder } from './order.ts'

type Keys = readonly (string | number)[]

/** A finding about an extension; its keys are those of the extension. */
export type ExtensionFinding = Omit<Finding, 'origin' | 'board'> & { readonly keys: Keys }

/** `value` is set if no finding is an error. */
export interface ReadExtension {
  readonly value?: DeclaredExtension
  readonly findings: readonly ExtensionFinding[]
}

/** @param extension the result of `defineExtension` */
export function readExtension(extension: unknown): ReadExtension {
  const { hooks: given } = extension as { hooks?: unknown }
  const hooks = typeof given === 'object' && given !== null ? handlersOf(given) : {}
  const findings = [
    ...check(extensionSchema, extension).map(asUnknownHook),
    ...checkOptions(extension),
    ...check(hooksSchema(hooks), { hooks }),
  ]
  if (findings.length > 0) return { findings }
  const body = extension as z.output<typeof extensionSchema>
  const handlers = Object.entries(hooks).flatMap(([key, given]) =>
    Array.isArray(given)
      ? given.map((entry, index) => declared(body.name, key, entry as HandlerEntry, ['hooks', key, index]))
      : [declared(body.name, key, given as HandlerEntry, ['hooks', key])],
  )
  findings.push(...unnamed(handlers))
  if (findings.length > 0) return { findings }
  const { name, description, url, warning, requires = [], on_failure } = body
  return {
    findings,
    value: {
      name,
      ...(description !== undefined && { description }),
      ...(url !== undefined && { url }),
      ...(warning !== undefined && { warning }),
      options: body.options ?? {},
      given: extensionOptions(extension).given,
      requires: requires as readonly (string | Extension)[],
      ...(on_failure !== undefined && { on_failure: sourceOf(on_failure) }),
      handlers,
    },
  }
}

function check(schema: z.ZodType, value: unknown): ExtensionFinding[] {
  const parsed = schema.safeParse(value)
  if (parsed.success) return []
  return issueFindings(parsed.error.issues, schema, value, 'bsp').map(({ origin, board: _, ...finding }) => ({
    ...finding,
    keys: origin.keys,
  }))
}

function asUnknownHook(finding: ExtensionFinding): ExtensionFinding {
  if (finding.code !== 'unknown_key' || finding.keys[0] !== 'hooks') return finding
  return { ...finding, ...unknownHook(String(finding.keys.at(-1))) }
}

/** The words for a hook that does not exist. */
export function unknownHook(name: string): { code: 'unknown_hook'; message: string; hint: string } {
  const near = suggest(name, IMAGE_HOOK_NAMES)
  return {
    code: 'unknown_hook',
    message: `there is no hook '${name}' for extensions`,
    hint: near === undefined ? '`strux hooks` lists them' : `did you mean '${near}'?`,
  }
}

/** Options must be JSON, exist in the extension, and have the type of their default. */
function checkOptions(extension: unknown): ExtensionFinding[] {
  const { defaults, given } = extensionOptions(extension)
  const findings: ExtensionFinding[] = notData(defaults).map(({ keys, message, hint }) => ({
    severity: 'error',
    code: 'not_data',
    message,
    ...(hint !== undefined && { hint }),
    keys: ['options', ...keys],
    at: 'value',
  }))
  for (const [key, value] of Object.entries(given)) {
    const { name } = extension as { name: string }
    const wrong = (code: string, message: string, hint: string) =>
      findings.push({ severity: 'error', code, message, hint, keys: [], at: 'value' })
    if (!Object.hasOwn(defaults, key)) {
      const names = Object.keys(defaults)
      const near = suggest(key, names)
      const list = names.length > 0 ? `its options: ${names.join(', ')}` : 'it has no options'
      wrong(
        'unknown_option',
        `the extension '${name}' has no option '${key}'`,
        near === undefined ? list : `did you mean '${near}'?`,
      )
    } else if (notData(value).length > 0 || !sameKind(defaults[key], value)) {
      wrong(
        'wrong_option',
        `the option '${key}' of '${name}' cannot be ${show(value)}`,
        `give ${showKind(defaults[key])}, such as its default ${show(defaults[key])}`,
      )
    }
  }
  return findings
}

function sameKind(a: unknown, b: unknown): boolean {
  if (a === null || b === null) return true
  return typeof a === typeof b && Array.isArray(a) === Array.isArray(b)
}

type HandlerEntry = z.output<typeof handlerSchema>

/** The handlers by hook, each as an object. */
function handlersOf(hooks: object): Record<string, unknown> {
  const given = Object.entries(hooks).filter(
    ([hook, value]) => value !== undefined && IMAGE_HOOK_NAMES.includes(hook),
  )
  return Object.fromEntries(
    given.map(([hook, value]) => [hook, Array.isArray(value) ? value.map(asObject) : asObject(value)]),
  )
}

function hooksSchema(hooks: Readonly<Record<string, unknown>>): z.ZodType {
  const shape = Object.entries(hooks).map(([hook, value]) => [
    hook,
    Array.isArray(value) ? z.array(handlerSchema) : handlerSchema,
  ])
  return z.object({ hooks: z.object(Object.fromEntries(shape)) })
}

/** A script or function stands for a handler without other facts. */
function asObject(entry: unknown): unknown {
  return isSh(entry) || typeof entry === 'function' ? { run: entry } : entry
}

function declared(extension: string, key: string, entry: HandlerEntry, keys: Keys): DeclaredHandler {
  const { name = extension, order = DEFAULT_ORDER, description, depends_on, replaces, run, location } = entry
  const row = imageHook(key)!
  return {
    hook: row.name,
    calledAs: key,
    name,
    ...ownOrder(name, order),
    ...(description !== undefined && { description }),
    source: location === undefined ? sourceOf(run!) : { kind: 'file', location },
    ...(depends_on && { depends_on }),
    ...(replaces !== undefined && { replaces }),
    keys,
  }
}

/** A function's text is completed later by the modules that it uses. */
function sourceOf(run: Sh | ((argument: never) => unknown)): HandlerSource {
  if (isSh(run)) return { kind: 'inline', text: run.text }
  return { kind: 'function', text: String(run), call: run as HandlerFunction }
}

/** Several handlers of a hook need names, so that messages and skip_hooks can tell them apart. */
function unnamed(handlers: readonly DeclaredHandler[]): ExtensionFinding[] {
  const seen = new Map<string, DeclaredHandler>()
  return handlers.flatMap((handler): ExtensionFinding[] => {
    const id = `${handler.hook}__${handler.name}`
    const other = seen.get(id)
    if (!other) {
      seen.set(id, handler)
      return []
    }
    return [
      {
        severity: 'error',
        code: 'duplicate_handler',
        message: `two handlers of this extension are called ${id}`,
        hint: "give each a name of its own: { name: '…', run: … }; without one it has the extension's name",
        keys: handler.keys,
        at: 'value',
      },
    ]
  })
}
