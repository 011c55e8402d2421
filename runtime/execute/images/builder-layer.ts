/** Makes one layer of a builder image: runs a program in a container of the layer below, and commits the result. */
import { StruxError } from '../../diagnostics/error.ts'
import type { BuilderRecipe } from '../../model/plan.ts'
import { type Container, startGranted } from '../containers/container.ts'
import type { Engine } from '../engine/engine.ts'
import { BUNDLE_IN_CONTAINER, type HostTrust } from '../engine/host-trust.ts'
import { type DebianMirror, sourceLines } from './apt-sources.ts'
import { builderTag, LABEL, PACKAGES_LABEL, RECIPE_LABEL } from './builder-name.ts'
import { PRINT_DIGEST } from './installed-packages.ts'

/** Runs a program in a container of `parent` and commits the result as an image, tagged once it is complete. */
export async function commitChange(
  engine: Engine,
  parent: string,
  recipe: BuilderRecipe,
  { signal, trust }: { readonly signal: AbortSignal; readonly trust: HostTrust },
  program: string,
): Promise<string> {
  signal.throwIfAborted()
  const what = recipe.layers.at(-1)?.name ?? 'debian'
  const spec = {
    image: parent,
    // Empty, because the container's environment would become part of the image.
    env: {},
    binds: trust.binds,
    labels: { 'strux.making': builderTag(recipe), 'strux.pid': String(process.pid) },
    workingDir: '/',
    name: `strux-builder-${what}`,
  }
  const container = await startGranted(engine, spec, 'plain')
  const stop = () => container.remove().catch(() => {})
  signal.addEventListener('abort', stop, { once: true })
  try {
    await runProgram(container, program, what, { DEBIAN_FRONTEND: 'noninteractive', ...trust.env })
    const packages = await printed(container, PRINT_DIGEST)
    signal.throwIfAborted()
    return await commit(engine, container, recipe, packages)
  } catch (error) {
    throw signal.aborted ? signal.reason : error
  } finally {
    signal.removeEventListener('abort', stop)
    await container.remove()
  }
}

async function runProgram(
  container: Container,
  program: string,
  what: string,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  let words = ''
  const keep = (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-4000)
  }
  const code = await container.exec({ argv: ['/bin/bash', '-c', program], env, stdout: keep, stderr: keep })
  if (code === 0) return
  const complaints = words.split('\n').filter(line => /^(E|W|Err|dpkg):?/.test(line))
  const shown = (complaints.length > 0 ? complaints : words.trim().split('\n')).slice(-5).join('\n  ')
  throw new StruxError(`"${what}" could not be added to the builder image (exit code ${code}):\n  ${shown}`, {
    hint: 'Check the names of build.host_packages, and whether the Debian mirror can be reached from containers.',
  })
}

/** The output of a short program of ours, without the final line end. */
async function printed(container: Container, program: string): Promise<string> {
  const said: string[] = []
  const take = (chunk: Buffer) => void said.push(chunk.toString())
  const argv = ['/bin/bash', '-c', program]
  const code = await container.exec({ argv, stdout: take, stderr() {} })
  return code === 0 ? said.join('').trim() : ''
}

/** Resets container settings that would otherwise stay in the image: the dead-man's switch and the labels. */
async function commit(
  engine: Engine,
  container: Container,
  recipe: BuilderRecipe,
  packages: string,
): Promise<string> {
  const [repo, tag] = builderTag(recipe).split(':')
  const image = {
    Entrypoint: [],
    Cmd: ['/bin/bash'],
    Env: [
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      'DEBIAN_FRONTEND=noninteractive',
      'STRUX_IN_CONTAINER=1',
    ],
    Labels: {
      [LABEL]: '1',
      [RECIPE_LABEL]: JSON.stringify(recipe),
      [PACKAGES_LABEL]: packages,
      'strux.making': '',
      'strux.pid': '',
    },
    WorkingDir: '/',
  }
  const { Id } = (await engine.docker
    .getContainer(container.id)
    .commit({ _query: { container: container.id, repo, tag }, _body: image })) as { Id: string }
  return Id
}

/** The suite's sources. Without a known mirror, a base from elsewhere keeps its own sources. */
export function setSources(mirror: DebianMirror | undefined, suite: string): string {
  if (mirror === undefined) return 'true'
  const lines = sourceLines(mirror, suite).map(line => `'${line.replaceAll("'", '')}'`)
  return `set -e
rm -f /etc/apt/sources.list.d/debian.sources
printf '%s\\n' ${lines.join(' ')} >/etc/apt/sources.list
`
}

/** Package names with an architecture (`name:arm64`) first enable that architecture. */
export function installPackages(packages: readonly string[]): string {
  const architectures = new Set(packages.flatMap(name => name.split(':').slice(1)))
  const names = packages.map(name => `'${name.replaceAll("'", '')}'`).join(' ')
  return `set -e
${[...architectures].map(name => `dpkg --add-architecture '${name}'`).join('\n')}
options=(-o Acquire::Retries=3 -o Dpkg::Options::=--force-overwrite -o Dpkg::Options::=--force-unsafe-io)
if [ -e ${BUNDLE_IN_CONTAINER} ]; then options+=(-o Acquire::https::CAInfo=${BUNDLE_IN_CONTAINER}); fi
apt-get "\${options[@]}" --quiet update
apt-get "\${options[@]}" --quiet --yes install --no-install-recommends -- ${names}
apt-get clean
rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/dpkg.log /var/cache/debconf/*-old
`
}
