/** The CycloneDX 1.6 document of an image. Source: the official JSON schema, which a test applies. */
import { createHash } from 'node:crypto'
import { selfVersion } from '../state/own-package.ts'
import type { Component } from './component.ts'
import { type Licensing, spdxExpression } from './licensing.ts'

export interface DescribedImage {
  readonly name: string
  readonly version: string
  readonly description: string
  /** The time of the build in seconds since 1970, if it counts: SOURCE_DATE_EPOCH. */
  readonly time?: number
}

/** The same components give the same text. */
export function cycloneDx(
  image: DescribedImage,
  components: readonly Component[],
  sums: ReadonlyMap<string, string>,
): string {
  const document = documentOf(image, components, sums)
  const serial = createHash('sha256').update(JSON.stringify(document)).digest('hex')
  const { bomFormat, specVersion, ...rest } = document
  return `${JSON.stringify({ bomFormat, specVersion, serialNumber: `urn:uuid:${uuidOf(serial)}`, ...rest }, null, 2)}\n`
}

const IMAGE = 'image'

function documentOf(
  image: DescribedImage,
  components: readonly Component[],
  sums: ReadonlyMap<string, string>,
) {
  const ids = new Set(components.map(each => each.id))
  const onDevice = components.filter(each => each.part === 'target').map(each => each.id)
  const edges = components.map(({ id, needs = [] }) => ({
    ref: id,
    dependsOn: needs.filter(each => ids.has(each)),
  }))
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      ...(image.time !== undefined && { timestamp: new Date(image.time * 1000).toISOString() }),
      tools: { components: [{ type: 'application', name: 'strux-bsp', version: selfVersion() }] },
      component: {
        'bom-ref': IMAGE,
        type: 'firmware',
        name: image.name,
        version: image.version,
        description: image.description,
      },
    },
    components: components.map(each => componentOf(each, sums)),
    dependencies: [{ ref: IMAGE, dependsOn: onDevice }, ...edges],
  }
}

function componentOf(component: Component, sums: ReadonlyMap<string, string>) {
  const {
    id,
    type,
    name,
    version,
    purl,
    licensing,
    part,
    hashes = [],
    site,
    sources = [],
    properties = {},
  } = component
  const licenses = licensesOf(licensing)
  const references = referencesOf(site, sources, sums)
  const named = Object.entries(properties).map(([key, value]) => ({ name: key, value }))
  return {
    'bom-ref': id,
    type,
    name,
    ...(version !== undefined && { version }),
    // What only builds the image is not delivered.
    ...(part === 'host' && { scope: 'excluded' }),
    ...(hashes.length > 0 && { hashes }),
    ...(licenses.length > 0 && { licenses }),
    ...(purl !== undefined && { purl }),
    ...(references.length > 0 && { externalReferences: references }),
    ...(named.length > 0 && { properties: named }),
  }
}

function licensesOf(licensing: Licensing) {
  if ('unknown' in licensing) return []
  if ('names' in licensing) return licensing.names.map(name => ({ license: idOrName(name) }))
  const { expression } = licensing
  return / /.test(expression) ? [{ expression }] : [{ license: { id: expression } }]
}

const idOrName = (name: string) =>
  /[ +]/.test(name) || spdxExpression(name) === undefined ? { name } : { id: name }

function referencesOf(
  site: string | undefined,
  sources: Component['sources'] = [],
  sums: ReadonlyMap<string, string>,
) {
  if (site === undefined || !/^[a-z+]+:\/\/\S+$/.test(site)) return []
  const [archive] = sources
  const content = archive && archive.kind === 'file' ? sums.get(archive.from) : undefined
  const type = sources.length > 0 ? 'source-distribution' : 'distribution'
  return [{ type, url: site, ...(content !== undefined && { hashes: [{ alg: 'SHA-256', content }] }) }]
}

/** A UUID of version 8: its bits are the writer's. */
function uuidOf(digest: string): string {
  const variant = ((Number.parseInt(digest[16]!, 16) & 3) | 8).toString(16)
  const parts = [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `8${digest.slice(13, 16)}`,
    `${variant}${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ]
  return parts.join('-')
}
