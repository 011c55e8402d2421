/** All packages of an external tree of Buildroot, built for two architectures. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TREE, treeProject } from '../support/buildroot-tree.ts'
import type { TempProject } from '../support/project.ts'

const test = suite('all packages of a Buildroot tree')
let project: TempProject

test.before(() => {
  project = treeProject()
})
test.after(() => project.dispose())

const PACKAGES = 'core daemon files fw gpio leds meter tls ui wave zone'
  .split(' ')
  .map(name => `acme-${name}`)
const HOST = ['host-acme-sign', 'host-acme-wave']

for (const arch of ['x86_64', 'arm64'])
  test(`they are built for ${arch}`, async () => {
    project.config({ bsp: arch })
    // The headers of Debian's arm64 kernel cannot be installed in a builder of x86_64.
    const wanted = PACKAGES.filter(name => name !== 'acme-leds' || arch === 'x86_64')
    const symbols = wanted.map(name => [`BR2_PACKAGE_${name.toUpperCase().replaceAll('-', '_')}`, true])
    project.bsp([], {
      name: arch,
      arch,
      packages: [{ buildroot: TREE, config: Object.fromEntries(symbols) }],
    })
    const nodes = [...wanted, ...HOST].map(name => `package:${name}`)
    const built = await project.build([
      arch,
      ...[...nodes, 'packages'].flatMap(name => ['--only', name]),
      ...['--jobs', '2'],
    ])
    assert.is(built.code, 0, built.stdout + built.stderr)
    assert.equal([...built.ran].sort(), [...nodes, 'packages'].sort())
    const files = (path: string) => project.read(`dist/cache/${arch}/packages/files/${path}`)
    assert.is(files('etc/motd'), 'Welcome to PANEL_1\n')
    assert.is(files('srv/www/index.html'), '<H1>ACME</H1>\n')
    if (arch === 'x86_64') assert.match(files('../files.list'), /usr\/lib\/modules\/.*\/acme_leds\.ko/)
    assert.match(files('usr/bin/acme-gpio'), new RegExp(`${arch === 'arm64' ? 'aarch64' : arch} 8 lines`))
    assert.match(files('usr/bin/acme-meter'), /kilo watt/)
  })

test.run()
