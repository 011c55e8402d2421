/** The variants of packages that a build needs, each after those that it depends on. */
import type { PackageData } from '../../lib/schema/package.ts'
import type { Finding } from '../diagnostics/diagnostic.ts'
import { suggest } from '../diagnostics/suggest.ts'
import type { Origin } from '../model/origin.ts'
import type { PackageVariant, SourcePackage } from '../model/packages.ts'

/** A variant that the definition asks for: a name, and the value that asks. */
export interface Wanted {
  readonly name: string
  readonly origin: Origin
}

export interface FoundVariants {
  readonly variants: readonly PackageVariant[]
  readonly findings: readonly Finding[]
}

/**
 * @param packageNamed the package with a name, which may be loaded for this; undefined if there is none
 * @param names all names that exist, for suggestions
 */
export async function findVariants(
  wanted: readonly Wanted[],
  packageNamed: (name: string, origin: Origin) => Promise<SourcePackage | undefined>,
  names: () => readonly string[],
): Promise<FoundVariants> {
  const findings: Finding[] = []
  const done = new Map<string, PackageVariant | undefined>()
  const visit = async (id: string, origin: Origin, chain: readonly string[]): Promise<void> => {
    if (chain.includes(id)) {
      const circle = [...chain.slice(chain.indexOf(id)), id].join(' → ')
      findings.push(complaint('package_cycle', `packages depend on each other: ${circle}`, origin))
      return
    }
    if (done.has(id)) return
    const isHost = id.startsWith('host-')
    const name = isHost ? id.slice('host-'.length) : id
    const found = await packageNamed(name, origin)
    if (!found) {
      const from = chain.at(-1)
      const message = `there is no package '${name}'${from === undefined ? '' : `, which ${from} depends on`}`
      const near = suggest(name, names())
      const hint = near
        ? `did you mean '${near}'?`
        : `packages are files of packages/, such as packages/${name}.ts; a Debian package is 'deb:${name}'`
      findings.push({ ...complaint('unknown_package', message, origin), hint })
      done.set(id, undefined)
      return
    }
    // A package that is only for the machine that builds may be listed by its plain name.
    const data = found.data
    const asHost = isHost || (data.target === false && chain.length === 0)
    if (asHost !== isHost) return visit(`host-${name}`, origin, chain)
    if (isHost ? !data.host : data.target === false) {
      const kind = isHost ? 'host' : 'target'
      findings.push(complaint('no_variant', `the package '${name}' has no ${kind} variant`, origin))
      done.set(id, undefined)
      return
    }
    const { packages, debian } = dependenciesOf(data, isHost)
    for (const need of packages) await visit(need, found.origin, [...chain, id])
    if (done.has(id)) return
    done.set(id, {
      variant: isHost ? 'host' : 'target',
      id,
      package: found,
      needs: packages,
      debian,
    })
  }
  for (const { name, origin } of wanted) await visit(name, origin, [])
  return { variants: [...done.values()].flatMap(each => each ?? []), findings }
}

function dependenciesOf(data: PackageData, isHost: boolean) {
  const all = (isHost ? data.host?.dependencies : data.dependencies) ?? []
  const debian = all.filter(name => name.startsWith('deb:')).map(name => name.slice('deb:'.length))
  return { packages: all.filter(name => !name.startsWith('deb:')), debian }
}

function complaint(code: string, message: string, origin: Origin): Finding {
  return { severity: 'error', code, message, origin, at: 'value' }
}
