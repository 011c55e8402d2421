/** The tables of users and permissions of a package of a Buildroot tree. */
import type { PackageData } from '../../lib/schema/package.ts'
import type { ConvertFacts, Report } from './convert-facts.ts'
import type { EvaluatedPackage } from './evaluated.ts'

type Users = NonNullable<PackageData['users']>
type Permissions = NonNullable<PackageData['permissions']>

/** Tells of a row's part that is not supported. */
type Tell = (severity: 'error' | 'warning', message: string, hint: string) => void

export function userSettings(
  { variables, prefix, file }: EvaluatedPackage,
  { places }: ConvertFacts,
  report: Report,
): Pick<PackageData, 'users' | 'permissions'> {
  const tellAt =
    (name: string): Tell =>
    (severity, message, hint) =>
      report(severity, 'buildroot_unsupported', message, hint, places.ofVariable(file, `${prefix}_${name}`))
  const users = rows(variables.USERS).flatMap(row => userOf(row, tellAt('USERS')))
  const permissions = permissionsOf(rows(variables.PERMISSIONS), tellAt('PERMISSIONS'))
  return { ...(users.length > 0 && { users }), ...(permissions.length > 0 && { permissions }) }
}

/** NAME UID GROUP GID PASSWORD HOME SHELL GROUPS COMMENT; `-` is none, -1 a free number of the system. */
function userOf(
  [name = '-', uid, group, gid, password = '*', home, shell, groups]: readonly string[],
  tell: Tell,
): Users {
  if (name === '-') {
    tell('error', `the group ${group} without a user is not supported`, 'add a user that has it')
    return []
  }
  const canLogIn = shell !== undefined && !/^-$|\/(nologin|false)$/.test(shell)
  if (password === '-' ? canLogIn : !/^[*!]/.test(password))
    tell('warning', `the user ${name} gets no password, so nobody can log in with one`, 'set it in a hook')
  return [
    {
      name,
      ...number('uid', uid),
      ...given('group', group),
      ...number('gid', gid),
      ...given('home', home),
      ...given('shell', shell),
      ...(groups && groups !== '-' && { groups: groups.split(',') }),
    },
  ]
}

/** PATH TYPE MODE OWNER GROUP …; a row `|xattr CAPABILITIES` is about the file of the row before it. */
function permissionsOf(table: readonly string[][], tell: Tell): Permissions {
  const found: Permissions[number][] = []
  for (const [path = '', type = '', mode, owner, group] of table) {
    const last = found.at(-1)
    if (path === '|xattr' && last)
      found[found.length - 1] = {
        ...last,
        capabilities: [last.capabilities ?? [], type].flat().join(' '),
      }
    else if (['f', 'd', 'r'].includes(type))
      found.push({
        path: type === 'd' ? path.replace(/\/*$/, '/') : path,
        ...(mode && mode !== '-1' && { mode }),
        ...given('owner', owner),
        ...given('group', group),
        ...(type === 'r' && { recursive: true }),
      })
    else if (['b', 'c'].includes(type))
      tell('warning', `the device node ${path} is not made: the device's kernel makes them`, 'leave it out')
    else
      tell(
        'error',
        `the row of ${path} has the type '${type}', which is not supported`,
        "supported are 'f', 'd' and 'r'",
      )
  }
  return found
}

const given = <K extends string>(key: K, value: string | undefined) =>
  value === undefined || value === '-' || value === '' ? {} : ({ [key]: value } as Record<K, string>)

/** Negative numbers stand for a free one. */
const number = <K extends string>(key: K, value: string | undefined) =>
  value !== undefined && /^\d+$/.test(value) ? ({ [key]: Number(value) } as Record<K, number>) : {}

function rows(text = ''): string[][] {
  return text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '' && !line.startsWith('#'))
    .map(line => line.split(/\s+/))
}
