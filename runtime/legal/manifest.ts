/** The table of components as Buildroot writes it: comma-separated values, all in quotes. */
import { type Component, folderName } from './component.ts'
import { shownLicense } from './licensing.ts'

const COLUMNS = [
  'PACKAGE',
  'VERSION',
  'LICENSE',
  'LICENSE FILES',
  'SOURCE ARCHIVE',
  'SOURCE SITE',
  'DEPENDENCIES WITH LICENSES',
]

/** The table of one part. */
export function manifest(components: readonly Component[], part: Component['part']): string {
  const byId = new Map(components.map(each => [each.id, each]))
  const rows = components.filter(each => each.part === part).map(each => rowOf(each, byId))
  return [COLUMNS, ...rows].map(row => `${row.map(quoted).join(',')}\n`).join('')
}

function rowOf(component: Component, byId: ReadonlyMap<string, Component>): string[] {
  const { name, version = 'unknown', licensing, texts = [], sources = [], site, needs = [] } = component
  const archives = sources.filter(each => !each.name.endsWith('.patch'))
  // Debian's packages would repeat those of the C library two hundred times.
  const others = (component.sources ? needs : []).flatMap(id => byId.get(id) ?? [])
  return [
    name,
    version,
    shownLicense(licensing),
    texts.map(each => each.name).join(' ') || 'not saved',
    archives.map(each => each.name).join(' ') || 'not saved',
    site ?? 'no upstream',
    others.map(each => `${folderName(each)} [${shownLicense(each.licensing)}]`).join(' '),
  ]
}

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`
