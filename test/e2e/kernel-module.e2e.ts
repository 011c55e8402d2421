/** A kernel module as a source package, against the headers of Debian's kernel. */
import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { hostArch } from '../../runtime/plan/arch.ts'
import { TempProject } from '../support/project.ts'

const test = suite('kernel modules')
const project = new TempProject()
test.after(() => project.dispose())

test('the module is for the newest kernel whose headers the package depends on', async () => {
  const arch = { x86_64: 'amd64', arm64: 'arm64', armhf: 'armmp' }[hostArch()]
  project.write(
    'packages/beep/package.ts',
    `import { definePackage } from 'strux-bsp'
export default definePackage({
  name: 'beep', version: '1', site: './src', infra: 'kernel-module', dependencies: ['deb:linux-headers-${arch}'],
})
`,
  )
  project.write('packages/beep/src/Kbuild', 'obj-m := beep.o\n')
  project.write(
    'packages/beep/src/beep.c',
    '#include <linux/module.h>\nstatic int __init beep(void) { return 0; }\nmodule_init(beep);\nMODULE_LICENSE("GPL");\n',
  )
  project.bsp([], { packages: ['beep'] })
  const built = await project.build(['--only', 'package:beep', '--only', 'packages'], { timeout: 900_000 })
  assert.is(built.code, 0, built.stdout.slice(-4000))
  const files = project
    .read('dist/cache/demo/packages/files.list')
    .split('\n')
    .filter(line => line.startsWith('file'))
  assert.is(files.length, 1, files.join('\n'))
  const path = files[0]!.split('\t')[1]!
  assert.match(path, /^usr\/lib\/modules\/[^/]+\/.*beep\.ko(\.xz|\.zst)?$/)
  assert.ok(readFileSync(project.at(`dist/cache/demo/packages/files/${path}`)).length > 500)
})

test.run()
