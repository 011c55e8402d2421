/** How the step of a source package fetches and unpacks its source: its bash alone, on this machine. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { PackageData } from '../../../lib/schema/package.ts'
import { sourceOf } from '../../../runtime/steps/package/source.ts'
import { LED, packageBash, packageBashOutput, RECIPE } from '../../support/package-step.ts'
import { write } from '../../support/temp-folder.ts'

const test = suite('sources of source packages')
let folder: string
let server: Server
let url: string
const at = (path: string) => join(folder, path)
const served = new Map<string, Buffer>()

test.before(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'strux-sources-')))
  write(at('led/main.c'), 'int main(void) { return 0; }\n')
  execFileSync('tar', ['-czf', at('packages.tgz'), 'led'], { cwd: folder })
  served.set('/led-1.c.gz', gzipSync(readFileSync(at('led/main.c'))))
  served.set('/download', readFileSync(at('packages.tgz')))
  server = createServer(answer)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
test.after(async () => {
  server.closeAllConnections()
  await new Promise(resolve => server.close(resolve))
  rmSync(folder, { recursive: true })
})

/** Requests that were answered, by path. */
const asked: string[] = []
/** How many more transfers break off. */
let breaks = 0

const answer: RequestListener = (request, response) => {
  asked.push(request.url!)
  if (request.url === '/moved.tgz') return response.writeHead(302, { location: '/away' }).end()
  if (request.url === '/away') return response.writeHead(301, { location: '/download' }).end()
  const file = served.get(request.url!)
  if (!file) return response.writeHead(404).end()
  response.writeHead(200, { 'content-length': file.length })
  if (breaks === 0) return response.end(file)
  breaks--
  return response.write(file.subarray(0, 20), () => response.destroy())
}

const FETCH = 'begin_package; run_phase download; run_phase extract'
const DL = 'cache/packages/dl/led'

/** The configuration of a package with this source. */
function withSource(data: Partial<PackageData>, extract: object = {}): object {
  const source = sourceOf({ name: 'led', version: '1', ...data }, 'packages')
  const phases = { download: RECIPE, extract: { ...RECIPE, ...extract } }
  return { ...LED, source, phases, order: ['download', 'extract'] }
}

test('a file of a server that is no tarball is fetched, and unpacked by a command of the package', async () => {
  const command = 'gzip -dc "$SOURCE_FILE" >main.c'
  await packageBashOutput(folder, FETCH, withSource({ site: url, source: 'led-1.c.gz' }, { command }))
  assert.equal(readFileSync(at(`${DL}/led-1.c.gz`)), served.get('/led-1.c.gz'))
  assert.match(readFileSync(at('cache/packages/build/led-1/main.c'), 'utf8'), /int main/)
})

test('without such a command, the error says what the file lacks', async () => {
  const { code, stderr } = await packageBash(folder, FETCH, withSource({ site: url, source: 'led-1.c.gz' }))
  assert.is(code, 1)
  assert.match(stderr, /led: the source led-1\.c\.gz is no tarball\nUnpack it in commands\.extract/)
})

test('a tarball is one whatever its name is', async () => {
  await packageBashOutput(folder, `${FETCH}; cat "$D/main.c"`, withSource({ site: url, source: 'download' }))
  assert.match(readFileSync(at('cache/packages/build/led-1/main.c'), 'utf8'), /int main/)
})

test('a tarball of the project is at the same place for commands', async () => {
  const data = { site: '.', site_method: 'file', source: '../packages.tgz' } as const
  await packageBashOutput(folder, FETCH, withSource(data))
  assert.equal(readFileSync(at(`${DL}/packages.tgz`)), served.get('/download'))
})

const sum = (path: string) => createHash('sha256').update(served.get(path)!).digest('hex')
const keptFiles = () => {
  const place = at('shared/.sources/files')
  return existsSync(place) ? readdirSync(place).sort() : []
}
/** Forgets what was fetched and built. */
function forget(): void {
  for (const made of ['cache', 'shared']) rmSync(at(made), { recursive: true, force: true })
  asked.length = 0
}

test('a tarball with another checksum is neither kept nor unpacked', async () => {
  forget()
  const wrong = 'a'.repeat(64)
  const download = withSource({ site: url, source: 'download', sha256: wrong })
  const { code, stderr } = await packageBash(folder, FETCH, download)
  assert.is(code, 1)
  assert.ok(stderr.includes(`given:   ${wrong}\nfetched: ${sum('/download')}`), stderr)
  assert.equal(keptFiles(), [])
  assert.not.ok(existsSync(at('cache/packages/build/led-1')))
})

test('redirects are followed; what was fetched once needs no server', async () => {
  forget()
  const moved = withSource({ site: `${url}/`, source: 'moved.tgz', sha256: sum('/download') })
  await packageBashOutput(folder, FETCH, moved)
  assert.equal(asked, ['/moved.tgz', '/away', '/download'])
  assert.equal(keptFiles(), [sum('/download')])
  rmSync(at('cache'), { recursive: true })
  const gone = withSource({ site: 'http://127.0.0.1:1', source: 'led.tgz', sha256: sum('/download') })
  for (const source of [moved, gone]) {
    await packageBashOutput(folder, FETCH, source)
    assert.match(readFileSync(at('cache/packages/build/led-1/main.c'), 'utf8'), /int main/)
    rmSync(at('cache'), { recursive: true })
  }
  assert.is(asked.length, 3)
})

test('a transfer that breaks off is repeated, and half of a file is never kept', async () => {
  forget()
  breaks = 1
  await packageBashOutput(folder, FETCH, withSource({ site: url, source: 'download' }))
  assert.equal(asked, ['/download', '/download'])
  forget()
  breaks = 3
  const { code, stderr } = await packageBash(folder, FETCH, withSource({ site: url, source: 'download' }))
  assert.is(code, 1)
  assert.match(stderr, /curl: .*\n(.*\n)*.*\/download cannot be fetched\n$/)
  assert.equal([asked.length, breaks, keptFiles()], [3, 0, []])
})

test('https needs a certificate that is known here', async () => {
  forget()
  const key = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-keyout',
    at('key.pem'),
  ]
  const subject = ['-subj', '/CN=test', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2']
  execFileSync('openssl', ['req', '-x509', ...key, ...subject, '-out', at('certificate.pem')], {
    stdio: 'ignore',
  })
  const secure = createSecureServer(
    { key: readFileSync(at('key.pem')), cert: readFileSync(at('certificate.pem')) },
    answer,
  )
  await new Promise<void>(resolve => secure.listen(0, '127.0.0.1', resolve))
  const site = `https://127.0.0.1:${(secure.address() as AddressInfo).port}`
  const source = withSource({ site, source: 'download' })
  const { code, stderr } = await packageBash(folder, FETCH, source)
  assert.is(code, 1)
  assert.match(stderr, /certificate/)
  const before = process.env.CURL_CA_BUNDLE
  process.env.CURL_CA_BUNDLE = at('certificate.pem')
  await packageBashOutput(folder, FETCH, source)
  if (before === undefined) delete process.env.CURL_CA_BUNDLE
  else process.env.CURL_CA_BUNDLE = before
  assert.equal(keptFiles(), [sum('/download')])
  secure.closeAllConnections()
  await new Promise(resolve => secure.close(resolve))
})

test.run()
