/**
 * Makes builder images: a base, then one committed image per layer, so that recipes with the same first layers
 * share them.
 */
import type { ImageInspectInfo } from 'dockerode'
import { StruxError } from '../../diagnostics/error.ts'
import type { BuilderRecipe, BuilderRef } from '../../model/plan.ts'
import { recipeKey, recipePrefixes } from '../../plan/builder.ts'
import { type Engine, engineReason, engineStatus } from '../engine/engine.ts'
import type { HostTrust } from '../engine/host-trust.ts'
import type { NoticeSink } from '../executor.ts'
import { chosenMirror } from './apt-sources.ts'
import { makeBase, pullImage } from './builder-base.ts'
import { commitChange, installPackages, setSources } from './builder-layer.ts'
import { builderName, builderTag, LABEL, PACKAGES_LABEL, RECIPE_LABEL } from './builder-name.ts'
import { packagesIdentity } from './installed-packages.ts'

export interface BuilderOptions {
  readonly notice: NoticeSink
  readonly signal: AbortSignal
  readonly trust: HostTrust
  /** The Debian mirror. Default: the one in this machine's apt sources. */
  readonly mirror?: string
}

export interface BuilderImage {
  /** The engine's id. */
  readonly id: string
  /** The image's content: a digest of its packages, or for an image named by the user the engine's id. */
  readonly identity: string
}

export interface BuilderStatus {
  /** The image's name in the engine. */
  readonly image: string
  readonly id: string | undefined
  /** Layers that still have to be made, with the base as `debian`; empty if the image exists. */
  readonly missing: readonly string[]
}

export async function builderStatus(engine: Engine, builder: BuilderRef): Promise<BuilderStatus> {
  const id = (await findBuilder(engine, builder))?.id
  if (builder.kind === 'named')
    return { image: builder.image, id, missing: id === undefined ? [builder.image] : [] }
  const missing: string[] = []
  const prefixes = id === undefined ? recipePrefixes(builder.recipe).reverse() : []
  for (const prefix of prefixes) {
    if ((await inspectId(engine, builderTag(prefix))) !== undefined) break
    missing.unshift(prefix.layers.at(-1)?.name ?? 'debian')
  }
  return { image: builderTag(builder.recipe), id, missing }
}

/** The image, if it exists. */
export async function findBuilder(engine: Engine, builder: BuilderRef): Promise<BuilderImage | undefined> {
  const image = await inspect(engine, builderName(builder))
  if (image === undefined) return undefined
  const packages = builder.kind === 'recipe' ? image.Config.Labels?.[PACKAGES_LABEL] : undefined
  return { id: image.Id, identity: packages ? packagesIdentity(packages) : image.Id }
}

/**
 * Makes or pulls the image if it is missing. When cancelled, rejects with `signal.reason`, with no process left
 * running and no incomplete image tagged.
 */
export async function ensureBuilder(
  engine: Engine,
  builder: BuilderRef,
  options: BuilderOptions,
): Promise<BuilderImage> {
  options.signal.throwIfAborted()
  const existing = await findBuilder(engine, builder)
  if (existing !== undefined) return existing
  if (builder.kind === 'named') await pullNamed(engine, builder.image, options)
  else await makeRecipe(engine, builder.recipe, options)
  const image = await findBuilder(engine, builder)
  if (image !== undefined) return image
  throw new StruxError('The builder image was removed as soon as it was made', {
    hint: 'Another program removes images of this engine; see its log.',
  })
}

async function makeRecipe(engine: Engine, wanted: BuilderRecipe, options: BuilderOptions): Promise<void> {
  const prefixes = recipePrefixes(wanted)
  let id: string | undefined
  let done = prefixes.length
  while (id === undefined && done > 0) id = await inspectId(engine, builderTag(prefixes[--done]!))
  if (id === undefined) id = await tagBase(engine, prefixes[0]!, options)
  for (const recipe of prefixes.slice(done + 1)) id = await addLayer(engine, id, recipe, options)
}

/** Removes recipe images that no recipe in `keepKeys` builds on; returns the names of the removed images. */
export async function pruneBuilders(engine: Engine, keepKeys: readonly string[]): Promise<string[]> {
  const images = await engine.docker.listImages({ filters: { label: [`${LABEL}=1`] } })
  const made = images.flatMap(image => {
    const recipe = parseRecipe(image.Labels?.[RECIPE_LABEL])
    return recipe === undefined ? [] : [{ recipe, key: recipeKey(recipe) }]
  })
  const keep = new Set(
    made
      .filter(({ key }) => keepKeys.includes(key))
      .flatMap(({ recipe }) => recipePrefixes(recipe).map(builderTag)),
  )
  const removed: string[] = []
  // Longest recipe first: an image cannot be removed before the images that build on it.
  for (const { recipe } of made.sort((a, b) => b.recipe.layers.length - a.recipe.layers.length)) {
    const tag = builderTag(recipe)
    if (keep.has(tag)) continue
    try {
      await engine.docker.getImage(tag).remove()
      removed.push(tag)
    } catch (error) {
      // 409: a container uses it; the next prune removes it.
      if (engineStatus(error) !== 404 && engineStatus(error) !== 409) throw error
    }
  }
  return removed
}

async function pullNamed(engine: Engine, image: string, { notice, signal }: BuilderOptions): Promise<void> {
  notice(`Pulling ${image}`)
  try {
    await pullImage(engine, image, signal)
  } catch (cause) {
    signal.throwIfAborted()
    throw new StruxError(
      `The builder image ${image} is missing and cannot be pulled: ${engineReason(cause)}`,
      {
        hint: 'Check builder.image, or leave it out: then strux makes an image from Debian packages.',
        cause,
      },
    )
  }
}

async function tagBase(engine: Engine, recipe: BuilderRecipe, options: BuilderOptions): Promise<string> {
  const started = Date.now()
  options.notice(`Making the builder image's base, Debian ${recipe.suite} (done once)`)
  const mirror = await chosenMirror(options.mirror)
  const id = await makeBase(engine, recipe.suite, { notice: options.notice, signal: options.signal, mirror })
  const base = await commitChange(engine, id, recipe, options, setSources(mirror, recipe.suite))
  options.notice(`Made the builder image's base in ${seconds(started)}`)
  return base
}

async function addLayer(
  engine: Engine,
  parent: string,
  recipe: BuilderRecipe,
  options: BuilderOptions,
): Promise<string> {
  const { name, packages } = recipe.layers.at(-1)!
  const started = Date.now()
  options.notice(`Adding "${name}" to the builder image: ${packages.length} packages (done once)`)
  const id = await commitChange(engine, parent, recipe, options, installPackages(packages))
  options.notice(`Added "${name}" in ${seconds(started)}`)
  return id
}

async function inspectId(engine: Engine, name: string): Promise<string | undefined> {
  return (await inspect(engine, name))?.Id
}

async function inspect(engine: Engine, name: string): Promise<ImageInspectInfo | undefined> {
  try {
    return await engine.docker.getImage(name).inspect()
  } catch (error) {
    if (engineStatus(error) === 404) return undefined
    throw error
  }
}

function parseRecipe(text: string | undefined): BuilderRecipe | undefined {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as BuilderRecipe)
  } catch {
    return undefined
  }
}

function seconds(since: number): string {
  return `${((Date.now() - since) / 1000).toFixed(0)} s`
}
