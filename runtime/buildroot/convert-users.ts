/** The tables of users and permissions of a package of a Buildroot tree. */
import type { PackageData } from '../../lib/schema/package.ts'

export function userSettings(
  variables: Readonly<Record<string, string>>,
): Pick<PackageData, 'users' | 'permissions'> {
  const users = rows(variables.USERS).flatMap(([name, , group, , , home, shell, groups]) => {
    if (name === undefined || name === '-') return []
    return [
      {
        name,
        ...given('group', group),
        ...given('home', home),
        ...given('shell', shell),
        ...(groups && groups !== '-' && { groups: groups.split(',') }),
      },
    ]
  })
  const permissions = rows(variables.PERMISSIONS).flatMap(([path, type, mode, owner, group]) => {
    if (path === undefined || !['f', 'd', 'r'].includes(type ?? '')) return []
    return [
      {
        path,
        ...(mode && mode !== '-1' && { mode }),
        ...given('owner', owner),
        ...given('group', group),
        ...(type === 'r' && { recursive: true }),
      },
    ]
  })
  return { ...(users.length > 0 && { users }), ...(permissions.length > 0 && { permissions }) }
}

const given = <K extends string>(key: K, value: string | undefined) =>
  value === undefined || value === '-' || value === '' ? {} : ({ [key]: value } as Record<K, string>)

function rows(text = ''): string[][] {
  return text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '' && !line.startsWith('#'))
    .map(line => line.split(/\s+/))
}
