/** `strux legal-info` of a project whose build is laid out by hand: the files in it are as builds make them. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { dirname } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { schemaErrors } from '../../support/cyclonedx.ts'
import { TempProject } from '../../support/project.ts'

const test = suite('strux legal-info')
const project = new TempProject()
test.after(() => project.dispose())

const CACHE = 'dist/cache/demo'
const OUT = 'dist/legal-info/demo'
const MIT = 'Permission is hereby granted.\n'
const sha256 = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex')

const STATUS = `Package: libsignal1
Status: install ok installed
Architecture: amd64
Source: signal (2.0-1)
Version: 2.0-1+b2
Depends: libc6 (>= 2.38), signal-data | other

Package: libc6
Status: install ok installed
Architecture: amd64
Version: 2.41-1

Package: signal-common
Status: install ok installed
Architecture: all
Provides: signal-data (= 2)
Version: 1:2.0-1

Package: gone
Status: deinstall ok config-files
Architecture: all
Version: 1
`

const copyright = (license: string) =>
  `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\nCopyright: A\nLicense: ${license}\n`

const LOCK = {
  lockfileVersion: 3,
  packages: {
    '': { dependencies: { vue: '^3' } },
    'node_modules/vue': {
      version: '3.5.0',
      resolved: 'https://npm.example/vue-3.5.0.tgz',
      integrity: `sha512-${Buffer.alloc(64, 1).toString('base64')}`,
      license: 'MIT',
      dependencies: { '@vue/shared': '3.5.0' },
    },
    'node_modules/@vue/shared': { version: '3.5.0', license: 'MIT' },
    'node_modules/vite': { version: '7.0.0', license: 'MIT', dev: true },
    'node_modules/local': { link: true },
  },
}

function layOutBuild(): void {
  project.config({ rootfs: {} })
  project.write('bsp/demo/kernel.patch', 'a patch\n')
  project.bsp([], {
    packages: ['beacon', 'host-fetched'],
    boot: {
      kernel: { custom_kernel: true, version: '6.12', patches: ['./kernel.patch'] },
      bootloader: {
        enabled: true,
        type: 'u-boot',
        defconfig: 'some_defconfig',
        blobs: [{ id: 'ddr', role: 'ddr', path: './ddr.bin' }],
      },
    },
    arch: 'x86_64',
  })
  project.write('bsp/demo/ddr.bin', 'bytes')
  project.write('main.go', 'package main\n')
  project.write('frontend/package-lock.json', JSON.stringify(LOCK))
  project.write(
    'packages/beacon/package.ts',
    `import { definePackage } from 'strux-bsp'
export default definePackage({ name: 'beacon', version: '1.0', site: './src', license: 'MIT, GPL-2.0+ (tool)', license_files: ['LICENSE'], dependencies: ['host-fetched'] })\n`,
  )
  project.write('packages/beacon/src/main.c', 'int main(void) { return 0; }\n')
  project.write('packages/beacon/src/.git/HEAD', 'ref: refs/heads/main\n')
  project.write('packages/fetched/fix.patch', 'a fix\n')
  project.write(
    'packages/fetched/package.ts',
    `import { definePackage } from 'strux-bsp'
export default definePackage({ name: 'fetched', version: '2', site: 'https://src.example/fetched', patches: ['./fix.patch'], target: false, host: {} })\n`,
  )
  for (const id of ['beacon', 'host-fetched'])
    project.write(`${CACHE}/packages/per-package/${id}/digest`, 'a digest\n')
  project.write(`${CACHE}/packages/per-package/beacon/legal-info/licenses/LICENSE`, MIT)
  keep('url https://src.example/fetched/fetched-2.tar.gz', 'fetched-2.tar.gz', 'the tarball')
  keep('deb trixie linux-source-6.12 amd64', 'linux-source-6.12_6.12.9_all.deb', 'the kernel')
  project.write(
    `${CACHE}/kernel-source/Makefile`,
    'VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 9\nEXTRAVERSION =\n',
  )
  project.write(`${CACHE}/kernel-source/COPYING`, 'GPL\n')
  project.write(
    `${CACHE}/bootloader-source/Makefile`,
    'VERSION = 2025\nPATCHLEVEL = 01\nSUBLEVEL =\nEXTRAVERSION = -rc1\n',
  )
  project.write(`${CACHE}/app/main`, goProgram())
  packRootFilesystem()
}

function keep(key: string, name: string, content: string): void {
  const sum = sha256(content)
  project.write(`dist/cache/.sources/files/${sum}/${name}`, content)
  project.write(`dist/cache/.sources/names/${sha256(key)}`, `${sum} ${name}\n`)
}

/** As the compiler lays its record out; test/integration/steps/application.test.ts reads that of a real program. */
function goProgram(): Buffer {
  const mark = Buffer.alloc(16, 3)
  const text = (content: Buffer | string) => {
    const bytes = Buffer.from(content)
    return Buffer.concat([Buffer.from([(bytes.length & 0x7f) | 0x80, bytes.length >> 7]), bytes])
  }
  const list =
    'path\tapp\nmod\tapp\t(devel)\t\ndep\tgolang.org/x/Sys\tv0.30.0\th1:abc=\ndep\texample.com/old\tv1.0.0\th1:old=\n=>\texample.com/new\tv1.1.0\th1:new=\n'
  const header = Buffer.concat([
    Buffer.from('\xff Go buildinf:', 'latin1'),
    Buffer.from([8, 2]),
    Buffer.alloc(16),
  ])
  return Buffer.concat([
    Buffer.alloc(64),
    header,
    text('go1.24.4'),
    text(Buffer.concat([mark, Buffer.from(list), mark])),
  ])
}

function packRootFilesystem(): void {
  const root = `${CACHE}/.root`
  project.write(`${root}/var/lib/dpkg/status`, STATUS)
  project.write(`${root}/usr/share/doc/signal-common/copyright`, copyright('GPL-2+ and Expat'))
  symlinkSync('signal-common', project.at(`${root}/usr/share/doc/libsignal1`))
  project.write(`${root}/usr/share/doc/libc6/copyright`, copyright('LGPL-2.1+ and DEC'))
  project.write(`${root}/usr/share/common-licenses/GPL-2`, 'GNU\n')
  project.write(`${root}/usr/bin/other`, 'not read')
  mkdirSync(dirname(project.at(`${CACHE}/rootfs-post.tar.gz`)), { recursive: true })
  execFileSync('tar', ['-czf', project.at(`${CACHE}/rootfs-post.tar.gz`), '-C', project.at(root), '.'])
  project.remove(root)
}

interface Document {
  readonly serialNumber: string
  readonly metadata: { readonly timestamp?: string }
  readonly components: readonly {
    readonly 'bom-ref': string
    readonly purl: string
    readonly scope?: string
    readonly licenses?: unknown
    readonly hashes?: unknown
    readonly externalReferences?: unknown
  }[]
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[]
}

const document = (): Document => JSON.parse(project.read(`${OUT}/sbom.cdx.json`)) as Document
const component = (purl: string) => document().components.find(each => each.purl.startsWith(purl))!
const rows = (name: string) =>
  project
    .read(`${OUT}/${name}`)
    .trim()
    .split('\n')
    .map(line => line.slice(1, -1).split('","'))

test('without a build it says what to do', async () => {
  project.bsp([])
  const { code, stderr } = await project.strux(['legal-info'])
  assert.is(code, 1)
  assert.match(stderr, /demo has not been built: there is no root filesystem/)
  assert.match(stderr, /strux build demo makes it/)
})

test('lists all parts of the image in a document that the official schema accepts', async () => {
  layOutBuild()
  const { code, stdout, stderr } = await project.strux(['legal-info', '--json'])
  assert.is(code, 0, stderr)
  const { components, missing } = JSON.parse(stdout)
  assert.equal(
    components.map((each: { purl: string }) => each.purl.replace(/checksum=.*/, 'checksum=…')),
    [
      'pkg:npm/%40vue/shared@3.5.0',
      'pkg:generic/beacon@1.0',
      'pkg:generic/ddr?checksum=…',
      'pkg:golang/example.com/new@v1.1.0',
      'pkg:generic/fetched@2?download_url=https%3A%2F%2Fsrc.example%2Ffetched%2Ffetched-2.tar.gz',
      'pkg:golang/golang.org/x/Sys@v0.30.0',
      'pkg:deb/debian/libc6@2.41-1?arch=amd64&distro=trixie',
      'pkg:deb/debian/libsignal1@2.0-1+b2?arch=amd64&distro=trixie',
      'pkg:generic/linux@6.12.9',
      'pkg:deb/debian/signal-common@1:2.0-1?arch=all&distro=trixie',
      'pkg:golang/std@1.24.4',
      components.find((each: { name: string }) => each.name === 'strux-bsp').purl,
      'pkg:generic/u-boot@2025.01-rc1',
      'pkg:npm/vite@7.0.0',
      'pkg:npm/vue@3.5.0',
    ],
  )
  assert.equal(
    missing,
    [
      'the source of u-boot is not in dist/cache/.sources: deb-src:u-boot',
      'the licence texts of u-boot are not in dist/cache/demo/bootloader-source',
    ].sort(),
  )
  assert.is(await schemaErrors(project.read(`${OUT}/sbom.cdx.json`)), undefined)
})

test('licences are SPDX ids, expressions or names', () => {
  assert.equal(component('pkg:npm/vue').licenses, [{ license: { id: 'MIT' } }])
  assert.equal(component('pkg:deb/debian/libsignal1').licenses, [{ expression: 'GPL-2.0-or-later AND MIT' }])
  assert.equal(component('pkg:generic/beacon').licenses, [{ expression: 'GPL-2.0-or-later AND MIT' }])
  assert.equal(component('pkg:deb/debian/libc6').licenses, [
    { license: { name: 'DEC' } },
    { license: { id: 'LGPL-2.1-or-later' } },
  ])
  assert.is(component('pkg:generic/ddr').licenses, undefined)
})

test('dependencies are those that are installed; parts for the build alone are excluded', () => {
  const { dependencies } = document()
  const needs = (start: string) => dependencies.find(each => each.ref.startsWith(start))!.dependsOn
  assert.equal(needs('pkg:deb/debian/libsignal1'), [
    'pkg:deb/debian/libc6@2.41-1?arch=amd64&distro=trixie',
    'pkg:deb/debian/signal-common@1:2.0-1?arch=all&distro=trixie',
  ])
  assert.equal(needs('pkg:npm/vue'), ['pkg:npm/%40vue/shared@3.5.0'])
  assert.equal(needs('beacon'), ['host-fetched'])
  assert.is(component('pkg:npm/vite').scope, 'excluded')
  assert.is(component('pkg:generic/fetched').scope, 'excluded')
  assert.not.ok(needs('image').some(id => id.includes('vite') || id === 'host-fetched'))
})

test('hashes are of the installed package and of the fetched source', () => {
  assert.equal(component('pkg:npm/vue').hashes, [{ alg: 'SHA-512', content: '01'.repeat(64) }])
  assert.equal(component('pkg:generic/ddr').hashes, [{ alg: 'SHA-256', content: sha256('bytes') }])
  assert.equal(component('pkg:generic/fetched').externalReferences, [
    {
      type: 'source-distribution',
      url: 'https://src.example/fetched/fetched-2.tar.gz',
      hashes: [{ alg: 'SHA-256', content: sha256('the tarball') }],
    },
  ])
})

test('the manifests are those of Buildroot: one for the device, one for the build', () => {
  const [header, ...target] = rows('manifest.csv')
  assert.equal(header!.slice(0, 6), [
    'PACKAGE',
    'VERSION',
    'LICENSE',
    'LICENSE FILES',
    'SOURCE ARCHIVE',
    'SOURCE SITE',
  ])
  const row = (name: string) => target.find(each => each[0] === name)!
  assert.equal(row('beacon'), [
    ...['beacon', '1.0', 'GPL-2.0-or-later AND MIT', 'LICENSE', 'beacon-1.0.tar.gz', 'packages/beacon/src'],
    'fetched-2 [unknown]',
  ])
  assert.is(row('libsignal1')[5], 'https://snapshot.debian.org/package/signal/2.0-1/')
  assert.is(row('linux')[4], 'linux-source-6.12_6.12.9_all.deb')
  assert.equal(
    rows('host-manifest.csv')
      .slice(1)
      .map(each => each[0]),
    ['fetched', 'vite'],
  )
})

test('licence texts and sources are there; a local source without its version control', () => {
  assert.is(project.read(`${OUT}/licenses/beacon-1.0/LICENSE`), MIT)
  assert.match(project.read(`${OUT}/licenses/libsignal1-2.0-1+b2/copyright`), /GPL-2\+/)
  assert.is(project.read(`${OUT}/licenses/common-licenses/GPL-2`), 'GNU\n')
  assert.is(project.read(`${OUT}/host-sources/fetched-2/series`), 'fix.patch\n')
  assert.is(project.read(`${OUT}/host-sources/fetched-2/fetched-2.tar.gz`), 'the tarball')
  assert.is(project.read(`${OUT}/sources/linux-6.12.9/kernel.patch`), 'a patch\n')
  const archive = project.at(`${OUT}/sources/beacon-1.0/beacon-1.0.tar.gz`)
  assert.equal(execFileSync('tar', ['-tzf', archive], { encoding: 'utf8' }).trim().split('\n'), [
    'beacon-1.0/main.c',
  ])
  const readme = project.read(`${OUT}/README`)
  assert.match(readme, /Not found:\n(- .*\n)*- the licence texts of u-boot/)
  assert.match(readme, /Not found:\n(- .*\n)*- the source of u-boot/)
})

test('the same build gives the same bytes; a time is there only with SOURCE_DATE_EPOCH', async () => {
  const files = ['sbom.cdx.json', 'manifest.csv', 'sources/beacon-1.0/beacon-1.0.tar.gz']
  const digests = () => files.map(file => sha256(readFileSync(project.at(`${OUT}/${file}`))))
  const before = digests()
  const { serialNumber, metadata } = document()
  assert.is(metadata.timestamp, undefined)
  assert.is((await project.strux(['legal-info'])).code, 0)
  assert.equal(digests(), before)
  await project.strux(['legal-info'], { env: { SOURCE_DATE_EPOCH: '1700000000' } })
  assert.is(document().metadata.timestamp, '2023-11-14T22:13:20.000Z')
  assert.is.not(document().serialNumber, serialNumber)
  assert.is(await schemaErrors(project.read(`${OUT}/sbom.cdx.json`)), undefined)
})

test('patches with one name are all there, in their order; missing files are told', async () => {
  const file = 'packages/fetched/package.ts'
  const before = project.read(file)
  project.write(file, before.replace("['./fix.patch']", "['./one', './two', './fix.patch', './gone.patch']"))
  for (const name of ['one/fix', 'two/0001-a', 'two/fix'])
    project.write(`packages/fetched/${name}.patch`, `${name}\n`)
  project.remove('packages/beacon/src')
  const { code, stdout, stderr } = await project.strux(['legal-info', '--json'])
  assert.is(code, 0, stderr)
  const sources = `${OUT}/host-sources/fetched-2`
  assert.is(project.read(`${sources}/series`), 'fix.patch\n0001-a.patch\nfix-2.patch\nfix-3.patch\n')
  assert.equal(
    ['fix', 'fix-2', 'fix-3'].map(name => project.read(`${sources}/${name}.patch`)),
    ['one/fix\n', 'two/fix\n', 'a fix\n'],
  )
  const { missing } = JSON.parse(stdout)
  assert.ok(missing.includes('the patch packages/fetched/gone.patch of host-fetched does not exist'))
  assert.ok(missing.includes('the source of beacon does not exist: packages/beacon/src'), missing.join('\n'))
  project.write(file, before)
  project.write('packages/beacon/src/main.c', 'int main(void) { return 0; }\n')
})

test('submodules are archives that belong into the folder of the source', async () => {
  const stores = 'dist/cache/.sources/git'
  const work = project.at('work')
  project.write('work/file', 'of a repository\n')
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', work, '-c', 'user.name=t', '-c', 'user.email=t@x', ...args], {
      encoding: 'utf8',
    })
  git('init', '-q')
  git('add', '.')
  git('commit', '-qm', 'first')
  const commit = git('rev-parse', 'HEAD').trim()
  const urls = ['https://git.example/nested', 'https://git.example/part']
  for (const url of urls)
    git('clone', '-q', '--bare', work, project.at(`${stores}/${sha256(url).slice(0, 16)}.git`))
  project.write(
    'packages/nested.ts',
    `import { definePackage } from 'strux-bsp'
export default definePackage({ name: 'nested', version: '${commit}', site: '${urls[0]}', site_method: 'git', git_submodules: true })\n`,
  )
  const outputs = `${CACHE}/packages/per-package/nested`
  project.write(`${outputs}/digest`, 'a digest\n')
  const lines = [`${commit}\t${urls[1]}\tparts/one`, `${commit}\thttps://git.example/gone\tparts/two`]
  project.write(`${outputs}/legal-info/submodules`, `${lines.join('\n')}\n`)
  project.bsp([], { arch: 'x86_64', packages: ['beacon', 'nested'] })
  const { code, stdout, stderr } = await project.strux(['legal-info', '--json'])
  assert.is(code, 0, stderr)
  const name = `nested-${commit}`
  const sources = project.at(`${OUT}/sources/${name}`)
  mkdirSync(project.at('unpacked'))
  for (const archive of [name, `${name}-parts-one`])
    execFileSync('tar', ['-xzf', `${sources}/${archive}.tar.gz`, '-C', project.at('unpacked')])
  assert.is(project.read(`unpacked/${name}/file`), 'of a repository\n')
  assert.is(project.read(`unpacked/${name}/parts/one/file`), 'of a repository\n')
  assert.ok(
    JSON.parse(stdout).missing.includes(
      'the submodule parts/two of nested is not in dist/cache/.sources: https://git.example/gone',
    ),
    stdout,
  )
})

test('GRUB has the version of the package that was fetched', async () => {
  keep('deb trixie grub-efi-amd64-bin amd64', 'grub-efi-amd64-bin_2.12-9_amd64.deb', 'grub')
  project.bsp([], {
    arch: 'x86_64',
    packages: ['beacon'],
    boot: { bootloader: { enabled: true, type: 'grub' } },
  })
  assert.is((await project.strux(['legal-info'])).code, 0)
  const grub = component('pkg:deb/debian/grub-efi-amd64-bin')
  assert.is(grub.purl, 'pkg:deb/debian/grub-efi-amd64-bin@2.12-9?distro=trixie')
  assert.equal(grub.licenses, [{ license: { id: 'GPL-3.0-or-later' } }])
})

test('a folder with other files stays as it is', async () => {
  project.write('documents/letter', 'dear\n')
  const { code, stderr } = await project.strux(['legal-info', '--out', project.at('documents')])
  assert.is(code, 2)
  assert.match(stderr, /has files that strux legal-info did not make/)
  assert.is(project.read('documents/letter'), 'dear\n')
})

test('a package that has not been built is named', async () => {
  project.remove(`${CACHE}/packages/per-package/beacon`)
  const { code, stderr } = await project.strux(['legal-info'])
  assert.is(code, 1)
  assert.match(stderr, /the package beacon has not been built/)
})

test.run()
