/** From the enabled extensions to the handlers that run, in their order (order.ts). Pure. */

import { suggest } from '../diagnostics/suggest.ts'
import type { Extensions, SkippedHandler, SourcePlace } from '../model/extensions.ts'
import { IMAGE_HOOK_ROWS, imageHook } from '../model/image-hooks.ts'
import type { Origin } from '../model/origin.ts'
import type { DeclaredHandler, PlacedExtension } from './declared.ts'
import { compareOrder } from './order.ts'

/** An entry of `skip_hooks`. */
export interface SkipWish {
  readonly handler: string
  readonly origin: Origin
  /** The definition, for people. */
  readonly by: string
}

/** What is wrong with handlers of several extensions. */
export interface ResolveProblem {
  readonly severity: 'error' | 'warning'
  readonly code: string
  readonly message: string
  readonly hint: string
  /** The place in the source: of a handler, or of a value in a definition. */
  readonly at: (() => Promise<SourcePlace>) | Origin
  /** Another place that concerns it. */
  readonly other?: () => Promise<SourcePlace>
}

export interface Resolved {
  readonly extensions: Extensions
  readonly problems: readonly ResolveProblem[]
}

type Handler = SkippedHandler['handler'] & { readonly locate: () => Promise<SourcePlace> }
interface Candidate {
  readonly handler: Handler
  readonly declared: DeclaredHandler
}

export function resolveExtensions(
  extensions: readonly PlacedExtension[],
  skips: readonly SkipWish[],
): Resolved {
  const problems: ResolveProblem[] = []
  const candidates = new Map<string, Candidate>()
  for (const extension of extensions) {
    for (const declared of extension.handlers) {
      const candidate = { declared, handler: handlerOf(declared, extension) }
      const { id } = candidate.handler
      const other = candidates.get(id)
      if (other) problems.push(twice(candidate, other))
      else candidates.set(id, candidate)
      if (declared.calledAs !== declared.hook && declared.source.kind !== 'bash')
        problems.push(oldName(candidate))
    }
  }
  const skipped = [...skippedBy(candidates, skips, problems), ...replacedIn(candidates, skips, problems)]
  const gone = new Set(skipped.map(({ handler }) => handler.id))
  const handlers = IMAGE_HOOK_ROWS.flatMap(({ name }) => {
    const ofHook = [...candidates.values()].filter(
      ({ handler }) => handler.hook === name && !gone.has(handler.id),
    )
    return ofHook
      .sort((a, b) => compareOrder(a.declared, b.declared))
      .map(({ handler }, index) => ({ ...handler, position: index + 1, total: ofHook.length }))
  })
  return { extensions: { enabled: extensions.map(({ enabled }) => enabled), handlers, skipped }, problems }
}

function handlerOf(
  declared: DeclaredHandler,
  { enabled, origin, isValue, locate }: PlacedExtension,
): Handler {
  const { hook, calledAs, name, order, description, source, depends_on, keys } = declared
  return {
    id: `${hook}__${name}`,
    hook,
    calledAs,
    name,
    order,
    ...(description !== undefined && { description }),
    extension: enabled,
    source,
    ...(depends_on && { depends_on }),
    origin: isValue ? { ...origin, keys: [...origin.keys, ...keys] } : origin,
    locate: () => locate(keys),
  }
}

function twice({ handler }: Candidate, { handler: other }: Candidate): ResolveProblem {
  return {
    severity: 'error',
    code: 'duplicate_handler',
    message: `${handler.id} of the extension '${handler.extension.name}' is also a handler of '${other.extension.name}'`,
    hint: 'rename one of them, or enable only one of the two extensions',
    at: handler.locate,
    other: other.locate,
  }
}

function oldName({ handler }: Candidate): ResolveProblem {
  return {
    severity: 'warning',
    code: 'old_hook_name',
    message: `'${handler.calledAs}' is an older name of the hook '${handler.hook}'`,
    hint: `write ${handler.hook}`,
    at: handler.locate,
  }
}

/** `ALIAS__NAME` means the same handler as `HOOK__NAME`. */
function idFor(wish: string): string {
  const cut = wish.indexOf('__')
  const row = imageHook(wish.slice(0, cut))
  return row && cut > 0 ? `${row.name}${wish.slice(cut)}` : wish
}

function skippedBy(
  candidates: ReadonlyMap<string, Candidate>,
  skips: readonly SkipWish[],
  problems: ResolveProblem[],
): SkippedHandler[] {
  const skipped = new Map<string, SkippedHandler>()
  for (const { handler: wish, by, origin } of skips) {
    const found = candidates.get(idFor(wish))
    if (!found) problems.push(nothing('nothing_to_skip', 'skip_hooks', wish, candidates, origin))
    else if (!skipped.has(found.handler.id))
      skipped.set(found.handler.id, { handler: found.handler, by, why: 'skipped' })
  }
  return [...skipped.values()]
}

/** A handler that is skipped itself replaces nothing. */
function replacedIn(
  candidates: ReadonlyMap<string, Candidate>,
  skips: readonly SkipWish[],
  problems: ResolveProblem[],
): SkippedHandler[] {
  const gone = new Set(skips.map(({ handler }) => idFor(handler)))
  const replacing = new Map<string, string>()
  const replaced = new Map<string, SkippedHandler>()
  for (const { handler, declared } of candidates.values()) {
    if (declared.replaces === undefined) continue
    const found = candidates.get(idFor(declared.replaces))
    if (!found) {
      problems.push(nothing('nothing_to_replace', handler.id, declared.replaces, candidates, handler.locate))
      continue
    }
    replacing.set(handler.id, found.handler.id)
    if (replacesItself(handler.id, replacing)) problems.push(circle(handler))
    else if (!gone.has(handler.id) && !gone.has(found.handler.id) && !replaced.has(found.handler.id))
      replaced.set(found.handler.id, { handler: found.handler, by: handler.id, why: 'replaced' })
  }
  return [...replaced.values()]
}

function replacesItself(id: string, replacing: ReadonlyMap<string, string>): boolean {
  const seen = new Set<string>()
  for (let at = replacing.get(id); at !== undefined && !seen.has(at); at = replacing.get(at)) {
    if (at === id) return true
    seen.add(at)
  }
  return false
}

function circle({ id, locate }: Handler): ResolveProblem {
  return {
    severity: 'error',
    code: 'replaces_itself',
    message: `${id} replaces itself, directly or through other handlers`,
    hint: 'take one `replaces` out',
    at: locate,
  }
}

function nothing(
  code: 'nothing_to_skip' | 'nothing_to_replace',
  who: string,
  wish: string,
  candidates: ReadonlyMap<string, Candidate>,
  at: ResolveProblem['at'],
): ResolveProblem {
  const ids = [...candidates.keys()]
  const near = suggest(wish, ids)
  const verb = code === 'nothing_to_skip' ? 'skips' : 'replaces'
  return {
    severity: 'error',
    code,
    message: `${who} ${verb} '${wish}', but no enabled extension has that handler`,
    hint:
      near !== undefined
        ? `did you mean '${near}'?`
        : ids.length > 0
          ? `handlers: ${ids.slice(0, 12).join(', ')}${ids.length > 12 ? ', …; `strux extensions` lists all' : ''}`
          : 'no handler of any extension is enabled',
    at,
  }
}
