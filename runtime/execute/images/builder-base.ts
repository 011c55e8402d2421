/**
 * The base image of all builder layers: plain Debian. Pulled if a registry answers, otherwise bootstrapped from
 * Debian packages.
 */

import { existsSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { StruxError } from '../../diagnostics/error.ts'
import { endingWithThisProcess } from '../../state/guard.ts'
import { type Engine, engineReason } from '../engine/engine.ts'
import type { NoticeSink } from '../executor.ts'
import { type DebianMirror, sourceLines } from './apt-sources.ts'

export interface BaseOptions {
  readonly notice: NoticeSink
  readonly signal: AbortSignal
  readonly mirror: DebianMirror | undefined
}

/** A pull without progress for this long, in ms, is given up. */
const PULL_PATIENCE = 20_000

/**
 * Makes an image with a minimal Debian of that suite; returns its id. Throws a StruxError that lists every
 * failed method.
 */
export async function makeBase(engine: Engine, suite: string, options: BaseOptions): Promise<string> {
  const image = `debian:${suite}-slim`
  try {
    return await pullImage(engine, image, options.signal)
  } catch (error) {
    options.signal.throwIfAborted()
    options.notice(
      `${image} cannot be pulled (${engineReason(error)}); bootstrapping Debian ${suite} instead`,
    )
    return await bootstrap(engine, suite, options, engineReason(error))
  }
}

/**
 * Pulls an image and returns its id. Throws the engine's error, or an error after PULL_PATIENCE without
 * progress.
 */
export async function pullImage(engine: Engine, image: string, signal: AbortSignal): Promise<string> {
  const stuck = new AbortController()
  const giveUp = () => stuck.abort(new Error(`no progress for ${PULL_PATIENCE / 1000} s`))
  let timer = setTimeout(giveUp, PULL_PATIENCE)
  const either = AbortSignal.any([signal, stuck.signal])
  try {
    // Without a tag the engine would pull every version in the registry.
    const tagged = /[:@][^/]*$/.test(image) ? image : `${image}:latest`
    const stream = await engine.docker.createImage({ fromImage: tagged, abortSignal: either })
    await readMessages(stream as Readable, either, () => {
      clearTimeout(timer)
      timer = setTimeout(giveUp, PULL_PATIENCE)
    })
    return (await engine.docker.getImage(image).inspect()).Id
  } catch (error) {
    throw either.aborted ? either.reason : error
  } finally {
    clearTimeout(timer)
  }
}

/** Reads the engine's messages, one JSON object per line; throws an error among them. Returns the last status. */
async function readMessages(stream: Readable, signal: AbortSignal, onMessage: () => void): Promise<string> {
  const stop = () => stream.destroy(signal.reason as Error)
  signal.addEventListener('abort', stop, { once: true })
  let rest = ''
  let last = ''
  try {
    for await (const chunk of stream) {
      rest += String(chunk)
      const lines = rest.split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines.filter(text => text.trim() !== '')) {
        onMessage()
        const message = JSON.parse(line) as { status?: string; error?: string }
        if (message.error !== undefined) throw new Error(message.error)
        last = message.status ?? last
      }
    }
    return last
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

async function bootstrap(
  engine: Engine,
  suite: string,
  options: BaseOptions,
  pullFailure: string,
): Promise<string> {
  const { mirror, notice, signal } = options
  const impossible = (why: string, hint: string) =>
    new StruxError(
      `No builder image can be made: debian:${suite}-slim cannot be pulled (${pullFailure}), and ${why}`,
      {
        hint,
      },
    )
  if (mirror === undefined) {
    throw impossible(
      'this machine has no Debian mirror in its apt sources',
      'Name a mirror in builder.mirror, or an image of your own in builder.image.',
    )
  }
  const { execa } = await import('execa')
  await installBootstrapper(why =>
    impossible(why, 'Install mmdebstrap (apt-get install mmdebstrap), or name an image in builder.image.'),
  )
  const keyring = [
    '/usr/share/keyrings/debian-archive-keyring.gpg',
    '/usr/share/keyrings/debian-archive-keyring.pgp',
  ]
    .filter(existsSync)
    .map(file => `--keyring=${file}`)
  const tool = endingWithThisProcess(
    () =>
      execa(
        'mmdebstrap',
        [
          '--variant=minbase',
          '--include=ca-certificates',
          ...keyring.slice(0, 1),
          suite,
          '-',
          ...sourceLines(mirror, suite),
        ],
        {
          stdin: 'ignore',
          buffer: { stdout: false },
          encoding: 'buffer',
          reject: false,
          cancelSignal: signal,
          forceKillAfterDelay: 3000,
        },
      ),
    'cleanly',
  )
  const imported = importImage(engine, tool.stdout as Readable, signal)
  imported.catch(() => tool.kill())
  const result = await tool
  const id = await imported.catch(error => {
    signal.throwIfAborted()
    return error as Error
  })
  if (result.failed || id instanceof Error) {
    // A truncated tar may have been imported all the same.
    if (typeof id === 'string')
      await engine.docker
        .getImage(id)
        .remove()
        .catch(() => {})
    signal.throwIfAborted()
    const words = Buffer.from(result.stderr ?? '')
      .toString()
      .trim()
      .split('\n')
      .slice(-3)
      .join('; ')
    throw impossible(
      `mmdebstrap failed: ${words || engineReason(id)}`,
      'Check the mirror, or name an image of your own in builder.image.',
    )
  }
  notice(`Bootstrapped Debian ${suite}`)
  return id
}

/** Imports without a name: the image gets its tag only when it is complete. */
async function importImage(engine: Engine, tar: Readable, signal: AbortSignal): Promise<string> {
  const stream = await engine.docker.importImage(tar, { abortSignal: signal })
  return readMessages(stream as Readable, signal, () => {})
}

async function installBootstrapper(impossible: (why: string) => StruxError): Promise<void> {
  const { execa } = await import('execa')
  const works = async () => !(await execa('mmdebstrap', ['--version'], { reject: false })).failed
  if (await works()) return
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw impossible('mmdebstrap is not installed')
  }
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  const apt = (...args: string[]) =>
    execa('apt-get', args, { env, stdin: 'ignore', reject: false, all: true })
  await apt('update', '--quiet')
  const result = await apt(
    'install',
    '--yes',
    '--no-install-recommends',
    'mmdebstrap',
    'debian-archive-keyring',
  )
  if (!(await works())) {
    throw impossible(`mmdebstrap cannot be installed: ${result.all.split('\n').slice(-2).join('; ')}`)
  }
}
