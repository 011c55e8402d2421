/** Checks the source packages of a build together. */
import type { Finding } from '../diagnostics/diagnostic.ts'
import type { PackageVariant } from '../model/packages.ts'
import { buildName } from '../steps/package/places.ts'

/** Packages whose build folders have the same name: `a` of version 1, and `a-1` without a version. */
export function sharedBuildFolders(packages: readonly PackageVariant[] = []): Finding[] {
  const owners = new Map<string, string>()
  return packages.flatMap((each): Finding[] => {
    const name = buildName(each)
    const other = owners.get(name)
    owners.set(name, other ?? each.id)
    if (other === undefined) return []
    return [
      {
        severity: 'error',
        code: 'package_build_folder',
        message: `the packages '${other}' and '${each.id}' would both be built in the folder ${name}`,
        hint: 'A build folder has the name and the version of its package: give one of them another name or version.',
        origin: each.package.origin,
        at: 'value',
      },
    ]
  })
}
