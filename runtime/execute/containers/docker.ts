/**
 * Runs each node's work in a fresh container, from making the builder image to setting the owner of the last
 * file.
 */

import { resultStream } from '../../authored/guard.ts'
import { StruxError } from '../../diagnostics/error.ts'
import type { BuilderRef } from '../../model/plan.ts'
import { stateFolder } from '../../state/state-folder.ts'
import { late, unlessAborted } from '../cancel.ts'
import { openSession, type Session, startForScript } from '../engine/connection.ts'
import { engineReason } from '../engine/engine.ts'
import type { Grant } from '../engine/privileges.ts'
import type { Executor, NoticeSink, SessionRequest, WorkSession } from '../executor.ts'
import { BuilderImages } from '../images/builder-images.ts'
import type { Caller } from './caller.ts'
import type { Container } from './container.ts'
import { ContainerSession } from './container-session.ts'
import { type Role, removeLeftoverContainers } from './leftovers.ts'
import { mayHaveOrphanedLoops, releaseOrphanedLoops } from './loop-devices.ts'
import { Pool } from './pool.ts'
import { runShell, type ShellRequest, type ShellTerminal } from './shell.ts'
import { tidy } from './tidy.ts'

export interface DockerExecutorOptions {
  /** Absolute. */
  readonly projectRoot: string
  readonly bsp: string
  /** The project's path in the container. */
  readonly mountAt?: '/project'
  readonly notice: NoticeSink
  /** The user who started the build, who will own its files. */
  readonly caller: Caller
  /** The Debian mirror for builder images. Default: the one in this machine's apt sources. */
  readonly mirror?: string
}

export interface DockerExecutor extends Executor {
  /** Removes containers that an earlier process left behind. Also happens before the first container. */
  removeLeftovers(): Promise<void>
  /** Opens a shell in a container like a script's; resolves with its exit code. */
  shell(request: ShellRequest, terminal?: ShellTerminal): Promise<number>
  /** The engine's id of an existing builder image; does not make or pull one. */
  lookUpImage(builder: BuilderRef): Promise<string | undefined>
  /** Makes or pulls missing images. When cancelled, rejects with `signal.reason` and leaves no half-made image. */
  makeImages(builders: readonly BuilderRef[], signal: AbortSignal): Promise<void>
  /** The engine's id of a builder image that this process has used. */
  imageId(builder: BuilderRef): string | undefined
  /** The engine's grant to the latest container. */
  granted(): Grant | undefined
}

export function createDockerExecutor(options: DockerExecutorOptions): DockerExecutor {
  return new ContainerExecutor(options)
}

/** Time limit in ms for tidying up in the container of a cancelled script; `close` does the rest. */
const FINISH_TIMEOUT = 1000

class ContainerExecutor implements DockerExecutor {
  readonly #options: DockerExecutorOptions
  readonly #mountAt: string
  readonly #folder: string
  #session: Promise<Session> | undefined
  #inOrder: Promise<void> | undefined
  #grant: Grant | undefined
  #lastImage: string | undefined
  readonly #images: BuilderImages
  readonly #pool: Pool

  constructor(options: DockerExecutorOptions) {
    this.#options = options
    this.#mountAt = options.mountAt ?? '/project'
    this.#folder = stateFolder(options.projectRoot)
    const { notice, mirror } = options
    this.#images = new BuilderImages({ notice, ...(mirror !== undefined && { mirror }) })
    this.#pool = new Pool({ notice, start: (builder, id) => this.#start(builder, id) })
  }

  prepare(builder: BuilderRef, id?: string): void {
    this.#pool.prepare(builder, id)
  }

  release(id: string): void {
    this.#pool.release(id)
  }

  async open({ builder, id, user }: SessionRequest, signal: AbortSignal): Promise<WorkSession> {
    signal.throwIfAborted()
    const stop = () => this.#images.stop(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    try {
      const session = await unlessAborted(this.#connect(), signal)
      const { lost } = session.watch
      const container = await this.#take(builder, id, AbortSignal.any([signal, lost]), user)
      return new ContainerSession(container, {
        folder: this.#folder,
        mountAt: this.#mountAt,
        lost,
        ...(user && session.ownership.needed && { user: this.#options.caller }),
        close: (since, failed) => this.#closeSession(session, container, since, failed),
      })
    } catch (error) {
      throw signal.aborted ? signal.reason : error
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  async #take(
    builder: BuilderRef,
    id: string,
    stopped: AbortSignal,
    user: SessionRequest['user'],
  ): Promise<Container> {
    const taken = user ? this.#start(builder, id, 'plain') : this.#pool.take(builder, id)
    try {
      return await unlessAborted(taken, stopped)
    } catch (error) {
      this.#pool.retire(taken)
      throw error
    }
  }

  identity(builder: BuilderRef): string | undefined {
    return this.#images.known(builder)?.identity
  }

  imageId(builder: BuilderRef): string | undefined {
    return this.#images.known(builder)?.id
  }

  async lookUpImage(builder: BuilderRef): Promise<string | undefined> {
    const session = await this.#connect()
    return (await unlessAborted(this.#images.lookUp(session, builder), session.watch.lost))?.id
  }

  async makeImages(builders: readonly BuilderRef[], signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const stop = () => this.#images.stop(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    try {
      const session = await this.#connect()
      for (const builder of builders)
        await unlessAborted(this.#images.get(session, builder), session.watch.lost)
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  granted(): Grant | undefined {
    return this.#grant
  }

  async removeLeftovers(): Promise<void> {
    const { engine } = await this.#connect()
    const count = await removeLeftoverContainers(engine, this.#options.projectRoot, this.#options.bsp)
    if (count > 0) this.#options.notice(`Removed ${count} container(s) that an earlier build left behind`)
  }

  async shell(request: ShellRequest, terminal: ShellTerminal = ownTerminal()): Promise<number> {
    const session = await this.#connect()
    const image = await this.#images.get(session, request.builder)
    const ownership = session.ownership.forShell()
    const since = new Date()
    await ownership.note(() => this.#withHelper(session, image, helper => ownership.claimIn(helper, since)))
    const container = await this.#startOn(session, image, 'shell', request.id)
    try {
      return await runShell(container, request, terminal)
    } finally {
      await ownership.claimIn(container, since).then(
        () => ownership.settled(),
        () => this.#options.notice('Files below dist/ may still belong to root; the next build repairs that'),
      )
      await container.remove()
    }
  }

  async close(): Promise<void> {
    this.#images.close(new StruxError('The build has ended'))
    const session = await this.#session?.catch(() => undefined)
    if (session === undefined) return
    const { lost } = session.watch
    // If the engine is lost, the next build tidies up.
    await unlessAborted(
      this.#pool.close().then(() => this.#settle(session)),
      lost,
    ).catch(error => {
      if (!lost.aborted) throw error
    })
    session.watch.close()
  }

  /** Gives the remaining root-owned files to the caller. */
  async #settle(session: Session): Promise<void> {
    const { ownership } = session
    const image = this.#lastImage
    if (ownership.open && image !== undefined) {
      const since = ownership.open
      await this.#withHelper(session, image, helper => ownership.claimIn(helper, since)).catch(error =>
        this.#options.notice(`Files below dist/ may still belong to root: ${engineReason(error)}`),
      )
    }
    ownership.settled()
  }

  async #closeSession(session: Session, container: Container, since: Date, failed: boolean): Promise<void> {
    const finished = this.#finish(session, container, since, failed)
    const done = failed ? this.#cleanUp(session, container, finished) : finished
    const { lost } = session.watch
    try {
      await unlessAborted(done, lost)
    } catch (error) {
      // Why the command failed says more than that nothing could be put in order after it.
      if (!failed || !lost.aborted) throw error
    } finally {
      this.#pool.retire(container)
    }
  }

  /** Tidies up in the session's own container; `close` does what fails here. */
  async #finish(session: Session, container: Container, since: Date, failed: boolean): Promise<void> {
    const claim = session.ownership.needed ? { caller: this.#options.caller, since } : undefined
    if (claim === undefined && !failed) return
    const work = tidy(container, { mountAt: this.#mountAt, claim, loops: failed })
    await (failed ? Promise.race([work, late(FINISH_TIMEOUT)]) : work).catch(() =>
      session.ownership.reopen(since),
    )
    work.catch(() => {})
  }

  async #cleanUp(session: Session, container: Container, finished: Promise<void>): Promise<void> {
    await finished
    await container.remove()
    if (!mayHaveOrphanedLoops(this.#options.projectRoot)) return
    await this.#withHelper(session, container.image, helper => releaseOrphanedLoops(helper, this.#mountAt))
  }

  async #start(builder: BuilderRef, id?: string, grant?: Grant): Promise<Container> {
    const session = await this.#connect()
    const image = await this.#images.get(session, builder)
    this.#inOrder ??= this.#putInOrder(session, image)
    await this.#inOrder
    return this.#startOn(session, image, 'build', id, grant)
  }

  /** `wanted`: exactly this grant, for work that must not have more. Default: the highest that the engine gives. */
  async #startOn(
    session: Session,
    image: string,
    role: Role,
    id?: string,
    wanted?: Grant,
  ): Promise<Container> {
    const container = await startForScript(
      session,
      { ...this.#options, mountAt: this.#mountAt },
      image,
      role,
      id,
      wanted,
    )
    if (wanted) return container
    if (this.#grant === undefined && container.grant === 'plain') {
      this.#options.notice(
        'The engine grants ordinary containers only: mounts and loop devices will not work',
      )
    }
    this.#grant = container.grant
    this.#lastImage = image
    return container
  }

  #connect(): Promise<Session> {
    this.#session ??= openSession({ ...this.#options, mountAt: this.#mountAt }, this.#folder)
    return this.#session
  }

  /** Before the first container of a build: finishes the tidying that an earlier process could not do. */
  async #putInOrder(session: Session, image: string): Promise<void> {
    const { ownership } = session
    await this.removeLeftovers()
    const since = ownership.abandoned()
    const loops = process.platform === 'linux' && mayHaveOrphanedLoops(this.#options.projectRoot)
    if (since !== undefined || loops) {
      await this.#withHelper(session, image, async helper => {
        if (since !== undefined) await ownership.claimIn(helper, since)
        if (loops) await releaseOrphanedLoops(helper, this.#mountAt)
      })
      ownership.forgetAbandoned()
    }
    const now = new Date()
    await ownership.note(() => this.#withHelper(session, image, helper => ownership.claimIn(helper, now)))
  }

  async #withHelper(
    session: Session,
    image: string,
    work: (helper: Container) => Promise<void>,
  ): Promise<void> {
    const helper = await this.#startOn(session, image, 'build', 'strux')
    try {
      await work(helper)
    } finally {
      await helper.remove()
    }
  }
}

function ownTerminal(): ShellTerminal {
  return { stdin: process.stdin, stdout: resultStream(), stderr: process.stderr }
}
