/** How the step of a source package fetches and unpacks its source: its bash alone, on this machine. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
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
  server = createServer((request, response) => {
    const file = served.get(request.url!)
    response.writeHead(file ? 200 : 404).end(file)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
test.after(async () => {
  server.closeAllConnections()
  await new Promise(resolve => server.close(resolve))
  rmSync(folder, { recursive: true })
})

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

test.run()
