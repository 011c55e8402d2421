/** Which engine is used, decided from variables and files in a temporary folder. */
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { resolveEndpoint, showEndpoint } from '../../../runtime/execute/engine/endpoint.ts'

const test = suite('endpoint')
let root: string

test.before.each(() => {
  root = mkdtempSync(join(tmpdir(), 'strux-endpoint-'))
})
test.after.each(() => rmSync(root, { recursive: true }))

function put(path: string, text = ''): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

const context = (name: string, host: string, extra: object = {}) => {
  const sha = createHash('sha256').update(name).digest('hex')
  put(
    `.docker/contexts/meta/${sha}/meta.json`,
    JSON.stringify({ Name: name, Endpoints: { docker: { Host: host, ...extra } } }),
  )
  return `.docker/contexts/tls/${sha}/docker`
}

const resolve = (env: Record<string, string> = {}) => resolveEndpoint({ env, home: root, root })
const shown = (env: Record<string, string> = {}) => showEndpoint(resolve(env))

test('DOCKER_HOST: sockets, tcp with and without TLS, ssh', () => {
  assert.is(shown({ DOCKER_HOST: 'unix:///some/where.sock' }), 'unix:///some/where.sock')
  assert.equal(resolve({ DOCKER_HOST: 'tcp://10.0.0.1' }), {
    kind: 'tcp',
    host: '10.0.0.1',
    port: 2375,
    origin: 'DOCKER_HOST',
  })
  put('certs/ca.pem', 'CA')
  put('certs/cert.pem', 'CERT')
  put('certs/key.pem', 'KEY')
  const tls = { DOCKER_HOST: 'tcp://h:1234', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: join(root, 'certs') }
  assert.equal(resolve(tls), {
    kind: 'tcp',
    host: 'h',
    port: 1234,
    tls: { ca: 'CA', cert: 'CERT', key: 'KEY', verify: true },
    origin: 'DOCKER_HOST',
  })
  assert.is(shown({ DOCKER_HOST: 'ssh://me@board:2222' }), 'ssh://me@board:2222')
  assert.is(shown({ DOCKER_HOST: 'board:2375' }), 'tcp://board:2375')
})

test('DOCKER_CONTEXT goes before DOCKER_HOST, DOCKER_HOST before the configured context', () => {
  context('lab', 'tcp://lab:2375')
  put('.docker/config.json', JSON.stringify({ currentContext: 'lab' }))
  assert.is(shown(), 'tcp://lab:2375')
  assert.is(shown({ DOCKER_HOST: 'tcp://other:1' }), 'tcp://other:1')
  assert.is(shown({ DOCKER_HOST: 'tcp://other:1', DOCKER_CONTEXT: 'lab' }), 'tcp://lab:2375')
  assert.is(shown({ DOCKER_CONTEXT: 'default' }), `unix://${root}/var/run/docker.sock`)
})

test('a context brings its TLS material; $DOCKER_CONFIG moves the folder', () => {
  const tls = context('secure', 'tcp://secure:2376', { SkipTLSVerify: true })
  put(`${tls}/ca.pem`, 'CA')
  const endpoint = resolve({ DOCKER_CONTEXT: 'secure', DOCKER_CONFIG: join(root, '.docker') })
  assert.equal(endpoint.kind === 'tcp' && endpoint.tls, { ca: 'CA', verify: false })
})

test('sockets: the default first, then rootless, then Podman’s', () => {
  const env = { XDG_RUNTIME_DIR: join(root, 'user') }
  assert.is(shown(env), `unix://${root}/var/run/docker.sock`)
  put('run/podman/podman.sock')
  assert.is(shown(env), `unix://${root}/run/podman/podman.sock`)
  put('user/podman/podman.sock')
  assert.is(shown(env), `unix://${root}/user/podman/podman.sock`)
  put('user/docker.sock')
  assert.is(shown(env), `unix://${root}/user/docker.sock`)
  put('var/run/docker.sock')
  assert.is(shown(env), `unix://${root}/var/run/docker.sock`)
})

test('what cannot be followed is said', () => {
  assert.throws(() => resolve({ DOCKER_CONTEXT: 'nowhere' }), /context "nowhere"/)
  assert.throws(() => resolve({ DOCKER_HOST: 'ftp://x' }), /not supported/)
  assert.throws(() => resolve({ DOCKER_HOST: 'unix://' }), /path is missing/)
  put('.docker/config.json', '{')
  assert.throws(() => resolve(), /not valid JSON/)
})

test.run()
