/** Whatever is damaged in what a load keeps, the next load says the same as the first and mends what it finds. */
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { loadBsp, loadProject } from '../../runtime/load/project.ts'
import { examine } from '../../runtime/run/workspace.ts'
import { project, whole } from '../runtime/load/temp-project.ts'

const test = suite('damage in kept definitions')

const PROJECTS = {
  TypeScript: project({
    'bsp/qemu/bsp.ts': whole(
      "scripts: [{ step: 'before_kernel', location: './a.sh', depends_on: ['./gone'] }],",
      "import { b } from './b.ts'; void b",
    ),
    'bsp/qemu/b.ts': 'export const b = 1\n',
    'bsp/qemu/a.sh': '',
  }),
  YAML: project(
    {
      'bsp/qemu/bsp.yaml': `strux_version: "0.3.0"
bsp: { name: q, description: "ä", arch: arm64, hostname: h, surplus: 1, scripts: [{ step: make_image, location: /a.sh, depends_on: [./gone] }] }
`,
      'bsp/qemu/a.sh': '',
    },
    { 'strux.yaml': 'name: k\nproject_version: "1.0.0"\nbsp: qemu\n' },
  ),
}

async function told(root: string): Promise<string> {
  const loaded = await loadProject(root)
  const { diagnostics, workspace } = await examine(loaded, await loadBsp(loaded, 'qemu'))
  return JSON.stringify({ diagnostics, plan: workspace?.plan })
}

/** So many places in each file. */
const PLACES = 40

for (const [language, root] of Object.entries(PROJECTS)) {
  test(`bytes changed, cut off or added in what is kept of ${language}`, async () => {
    const folder = join(root, 'dist/.strux/modules')
    const first = await told(root)
    const names = readdirSync(folder)
    assert.ok(names.length >= 2, names.join())
    const written = () => names.map(name => statSync(join(folder, name)).ino)
    // What is as young as its record is looked at again.
    await sleep(50)
    await told(root)
    const before = written()
    assert.is(await told(root), first)
    assert.equal(written(), before, 'what is whole is not made again')
    for (const name of names) {
      const file = join(folder, name)
      const content = readFileSync(file)
      const damages: [what: string, damaged: Buffer][] = [
        ['empty', Buffer.alloc(0)],
        ['cut off', content.subarray(0, content.length >> 1)],
        ['longer', Buffer.concat([content, Buffer.from('x')])],
      ]
      for (let n = 0; n < PLACES; n++) {
        const at = Math.floor((n * content.length) / PLACES)
        const damaged = Buffer.from(content)
        damaged[at] = damaged[at]! ^ (1 << (n % 8))
        damages.push([`bit ${n % 8} of byte ${at}`, damaged])
      }
      for (const [what, damaged] of damages) {
        writeFileSync(file, damaged)
        assert.is(await told(root), first, `${name}: ${what}`)
        writeFileSync(file, content)
      }
      rmSync(file)
      assert.is(await told(root), first, `${name} is gone`)
    }
  })
}

test.run()
