/** A confined shell that is a process of this machine: inside a builder container, where no other container is started. */
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { StruxError } from '../diagnostics/error.ts'
import { endingWithThisProcess } from '../state/guard.ts'
import { stateFolder } from '../state/state-folder.ts'
import { packageFile } from '../steps/package-files.ts'
import { type ConfinedResult, type ConfinedShell, limited, Printed } from './confined-shell.ts'
import { Copies } from './copies.ts'

/** Every process ends with the first one of its namespace, which is the program. */
const NAMESPACES = [
  'unshare',
  ...['--mount', '--net', '--ipc', '--uts', '--pid', '--fork', '--kill-child'],
  // Mounts that appear on the machine meanwhile do not appear here.
  ...['--propagation', 'private'],
]
/** For a user who is not root, and for root in a container that has not the power to mount. */
const OWN_USER = ['--user', '--map-root-user']

const environment = () => ({ PATH: process.env.PATH ?? '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/tmp' })

/**
 * Throws a StruxError if this machine does not allow the namespaces that keep the rest of the machine read-only:
 * the files are not read then.
 */
export function openConfinedProcess(projectRoot: string): ConfinedShell {
  const copies = new Copies(stateFolder(projectRoot))
  mkdirSync(copies.root)
  const confine = packageFile('runtime/confined/confine.sh')
  const program = [
    ...['/bin/bash', '-c', confine, 'strux-confine'],
    ...[copies.root, projectRoot, copies.project, copies.scripts],
  ]
  const attempts = (process.getuid?.() === 0 ? [[], OWN_USER] : [OWN_USER]).map(user => [
    ...[...NAMESPACES, ...user, ...program],
  ])
  const refusals: string[] = []
  const possible = attempts.find(([file, ...words]) => {
    const { status, stderr, error } = spawnSync(file!, [...words, 'true'], {
      ...{ cwd: '/', env: environment(), stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' },
      timeout: 20_000,
    })
    if (status !== 0) refusals.push(error?.message ?? stderr.trim().split('\n')[0] ?? `exit code ${status}`)
    return status === 0
  })
  if (possible === undefined) {
    copies.remove()
    throw refused(refusals)
  }
  return {
    run(script, files) {
      copies.add(files)
      return runProcess([...possible, ...limited(`/scripts/${copies.script(script)}`)])
    },
    async close() {
      copies.remove()
    },
  }
}

function refused(reasons: readonly string[]): StruxError {
  const why = [...new Set(reasons)].join('; ')
  return new StruxError(
    `Bash files and Buildroot trees cannot be read before the build, because this machine does not let strux keep its other files safe from them: ${why}`,
    {
      hint: `strux needs a mount namespace of its own (unshare, pivot_root and setpriv of util-linux). In a container, start it with --cap-add SYS_ADMIN --security-opt seccomp=unconfined --security-opt apparmor=unconfined, or --privileged. On a machine, be root or allow user namespaces (sysctl kernel.unprivileged_userns_clone=1, kernel.apparmor_restrict_unprivileged_userns=0). Or leave out STRUX_IN_CONTAINER, for a container of their own.`,
    },
  )
}

function runProcess([file, ...words]: readonly string[]): Promise<ConfinedResult> {
  return new Promise((resolve, reject) => {
    const child = endingWithThisProcess(
      () =>
        spawn(file!, words, {
          cwd: '/',
          env: environment(),
          stdio: ['ignore', 'pipe', 'pipe'],
          // Without a terminal, into which it could type.
          detached: true,
        }),
      'session',
    )
    const printed = new Printed()
    child.stdout.on('data', chunk => printed.stdout(chunk))
    child.stderr.on('data', chunk => printed.stderr(chunk))
    child.on('error', cause =>
      reject(
        new StruxError(`bash could not be started to read files before the build: ${cause.message}`, {
          cause,
        }),
      ),
    )
    child.on('close', code => resolve(printed.result(code ?? 1)))
  })
}
