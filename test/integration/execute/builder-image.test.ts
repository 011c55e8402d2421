/** Builder images are made layer by layer, once, and only what is whole gets a name. Needs a container engine. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { connectEngine, type Engine } from '../../../runtime/execute/engine/engine.ts'
import { hostTrust } from '../../../runtime/execute/engine/host-trust.ts'
import {
  builderStatus,
  ensureBuilder,
  findBuilder,
  pruneBuilders,
} from '../../../runtime/execute/images/builder-image.ts'
import { builderTag } from '../../../runtime/execute/images/builder-name.ts'
import type { BuilderRef } from '../../../runtime/model/plan.ts'
import { hostArch } from '../../../runtime/plan/arch.ts'
import { builderFor } from '../../../runtime/plan/builder.ts'
import { builder as imageBuilder } from './project.ts'

const test = suite('builder image')
const folder = mkdtempSync(join(tmpdir(), 'strux-builder-'))
let engine: Engine

function recipe(...hostPackages: string[]): Extract<BuilderRef, { kind: 'recipe' }> {
  const host = hostArch()
  const ref = builderFor({ suite: 'trixie', tools: ['image'], target: host, host, hostPackages })
  assert.is(ref.kind, 'recipe')
  return ref as Extract<BuilderRef, { kind: 'recipe' }>
}

function options(notices: string[] = [], signal = new AbortController().signal) {
  return { notice: (text: string) => notices.push(text), signal, trust: hostTrust(process.env, folder) }
}

async function forget(builder: BuilderRef): Promise<void> {
  const { image } = await builderStatus(engine, builder)
  await engine.docker
    .getImage(image)
    .remove({ force: true })
    .catch(() => {})
}

test.before(async () => {
  engine = await connectEngine()
  await ensureBuilder(engine, imageBuilder, options())
})
test.after(async () => {
  for (const name of ['hello', 'tree', 'no-such-package-here']) await forget(recipe(name))
  rmSync(folder, { recursive: true })
})

test('a missing layer is made on those that exist, with its packages; the second time costs nothing', async () => {
  const builder = recipe('hello')
  await forget(builder)
  assert.equal((await builderStatus(engine, builder)).missing, ['host'])
  const notices: string[] = []
  const image = await ensureBuilder(engine, builder, options(notices))
  const { id } = image
  assert.is(notices.length, 2, notices.join('\n'))
  assert.match(notices[0]!, 'Adding "host"')
  assert.match(notices[1]!, /Added "host" in \d+ s/)
  assert.is(execFileSync('docker', ['run', '--rm', id, 'hello', '-t']).toString(), 'hello, world\n')
  const started = performance.now()
  assert.equal(await ensureBuilder(engine, builder, options(notices)), image)
  assert.ok(performance.now() - started < 200)
  assert.is(notices.length, 2)
  assert.equal(await builderStatus(engine, builder), { image: builderTag(builder.recipe), id, missing: [] })
})

test('the image holds what belongs to it and nothing of the container that made it', async () => {
  const { id } = await ensureBuilder(engine, recipe('hello'), options())
  const { Config: config } = await engine.docker.getImage(id).inspect()
  assert.equal([...(config.Env ?? [])].sort(), [
    'DEBIAN_FRONTEND=noninteractive',
    'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    'STRUX_IN_CONTAINER=1',
  ])
  assert.not.ok(config.Entrypoint?.length)
  assert.equal(config.Cmd, ['/bin/bash'])
  assert.is(config.Labels['strux.builder'], '1')
  assert.is(config.Labels['strux.making'], '')
})

test('a package that does not exist: a clear error, no image, no container', async () => {
  const builder = recipe('no-such-package-here')
  const error = await ensureBuilder(engine, builder, options()).catch(error => error as Error)
  assert.instance(error, Error)
  assert.match((error as Error).message, 'Unable to locate package no-such-package-here')
  assert.match((error as { hint?: string }).hint ?? '', 'host_packages')
  assert.is(await findBuilder(engine, builder), undefined)
  assert.equal(await making(builder), [])
})

test('cancel leaves neither image nor container', async () => {
  const builder = recipe('tree')
  await forget(builder)
  const cancel = new AbortController()
  const reason = new Error('stop')
  setTimeout(() => cancel.abort(reason), 1200)
  const started = performance.now()
  const error = await ensureBuilder(engine, builder, options([], cancel.signal)).catch(error => error)
  assert.is(error, reason)
  assert.ok(performance.now() - started < 3200)
  assert.is(await findBuilder(engine, builder), undefined)
  assert.equal(await making(builder), [])
})

test('two at the same time are harmless', async () => {
  const builder = recipe('tree')
  await forget(builder)
  await Promise.all([ensureBuilder(engine, builder, options()), ensureBuilder(engine, builder, options())])
  const image = await findBuilder(engine, builder)
  assert.is(
    execFileSync('docker', ['run', '--rm', image!.id, 'tree', '--version']).toString().slice(0, 4),
    'tree',
  )
})

test('pruning keeps the images on the way to a kept recipe', async () => {
  await ensureBuilder(engine, recipe('hello'), options())
  await ensureBuilder(engine, recipe('tree'), options())
  const others = (await engine.docker.listImages({ filters: { label: ['strux.builder=1'] } })).flatMap(
    ({ Labels: labels }) => {
      const made = JSON.parse(labels['strux.builder.recipe']!) as { suite: string }
      return JSON.stringify(made).includes('hello') ? [] : [made]
    },
  )
  const { recipeKey } = await import('../../../runtime/plan/builder.ts')
  const keep = others.map(made => recipeKey(made as never))
  assert.equal(await pruneBuilders(engine, keep), [builderTag(recipe('hello').recipe)])
  assert.is(await findBuilder(engine, recipe('hello')), undefined)
  assert.ok(await findBuilder(engine, imageBuilder))
})

test('a named image is taken as it is; one that cannot be had is a clear error', async () => {
  const { id } = (await findBuilder(engine, imageBuilder))!
  execFileSync('docker', ['tag', id, 'strux-test-named:1'])
  const named: BuilderRef = { kind: 'named', image: 'strux-test-named:1', key: 'strux-test-named:1' }
  assert.equal(await ensureBuilder(engine, named, options()), { id, identity: id })
  execFileSync('docker', ['rmi', 'strux-test-named:1'])
  const error = (await ensureBuilder(engine, named, options()).catch(error => error)) as Error
  assert.match(error.message, 'The builder image strux-test-named:1 is missing and cannot be pulled')
})

async function making(builder: Extract<BuilderRef, { kind: 'recipe' }>): Promise<string[]> {
  const label = [`strux.making=${builderTag(builder.recipe)}`]
  return (await engine.docker.listContainers({ all: true, filters: { label } })).map(({ Id }) => Id)
}

test.run()
