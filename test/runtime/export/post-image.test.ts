/** Post-image scripts in an exported project, which are run here as other tools run scripts at after_build. */
import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Exported, exportProject } from '../../support/exported.ts'
import { TempProject } from '../../support/project.ts'

const test = suite('export of post-image scripts')
let project: TempProject
test.before.each(() => {
  project = new TempProject()
})
test.after.each(() => project.dispose())

/** Prints how it was called. */
const RECORD = 'printf "%s|" "$PWD" "$@" >>"$BINARIES_DIR/calls"; echo >>"$BINARIES_DIR/calls"'

/** The locations of the scripts at after_build, in order. */
const atEnd = (yaml: string): string[] =>
  [...yaml.matchAll(/step: "after_build"\n\s+location: "\.\/(.*)"/g)].map(match => match[1]!)

/** Runs a script of the exported BSP with the variables that every tool gives. */
function run({ out }: Exported, location: string): void {
  const bsp = join(out, 'bsp/demo')
  mkdirSync(join(out, 'dist/cache/demo'), { recursive: true })
  execFileSync('bash', [join(bsp, location)], {
    cwd: out,
    stdio: 'pipe',
    env: {
      ...{ PATH: process.env.PATH, HOME: '/nonexistent', TARGET_ARCH: 'x86_64' },
      ...{ PROJECT_FOLDER: out, BSP_FOLDER: bsp, BSP_CACHE_DIR: join(out, 'dist/cache/demo') },
    },
  })
}

test('they run before the other scripts at after_build, in their order and as in a build', async () => {
  project.write('board/panel/post-image.sh', `#!/bin/sh\nset -e\n. "$(dirname "$0")/record.sh"\n`, 0o755)
  project.write('board/panel/record.sh', `${RECORD}\n`)
  project.write('board/panel/genimage.cfg', 'image disk.img {}\n')
  project.write('images/panel/own.sh', `#!/bin/bash\nset -e\n${RECORD}\n`, 0o755)
  project.write('images/panel/list.txt', 'a\n')
  project.bsp([{ step: 'after_build', run: 'echo last' }], {
    post_image: {
      args: ["it's", '$HOME'],
      image_args: ['-c', 'board/panel/genimage.cfg'],
      scripts: [
        'board/panel/post-image.sh',
        { location: 'images/panel/own.sh', args: ['images/panel/list.txt'], cwd: './' },
        { id: 'inline', run: `set -e; ${RECORD}; cat "$BR2_CONFIG" >>"$BINARIES_DIR/calls"` },
      ],
    },
  })
  const exported = await exportProject(project.root)
  const yaml = exported.read('bsp/demo/bsp.yaml')
  assert.not.match(yaml, /^ *post_image:/m)
  assert.match(yaml, /# Made from inline of 'post_image'\.\n.*# Runs as root/)
  assert.equal(
    atEnd(yaml),
    ['strux-post-image-1', 'strux-post-image-2', 'strux-post-image-3', 'after_build'].map(
      name => `scripts/${name}.sh`,
    ),
  )
  for (const location of atEnd(yaml).slice(0, 3)) run(exported, location)
  const shared = `${exported.out}/dist/output/demo|it's|$HOME|-c|board/panel/genimage.cfg|`
  assert.equal(exported.read('dist/output/demo/calls').trim().split('\n'), [
    `${exported.out}|${shared}`,
    `${exported.out}/bsp/demo|${shared}images/panel/list.txt|`,
    `${exported.out}|${shared}`,
    'BR2_x86_64=y',
  ])
  assert.ok(exported.has('board/panel/genimage.cfg') && exported.has('images/panel/list.txt'))
})

test('scripts of a Buildroot tree find the tree', async () => {
  const tree = 'bsp/demo/br-external'
  project.write(`${tree}/external.desc`, 'name: ACME\ndesc: Boards of Acme\n')
  project.write(
    `${tree}/board/acme/post-image.sh`,
    `#!/bin/sh\nset -e\ngrep ARCH_IS_64 "$BR2_CONFIG" >"$1/said"\ntest -d "$BR2_EXTERNAL_ACME_PATH/board/acme"\npwd >>"$1/said"\n`,
    0o755,
  )
  const options = { tree: { path: './br-external' }, scripts: ['board/acme/post-image.sh'] }
  project.bsp([], { arch: 'x86_64', post_image: options })
  const exported = await exportProject(project.root)
  run(exported, 'scripts/strux-post-image-1.sh')
  assert.is(
    exported.read('dist/output/demo/said'),
    `BR2_ARCH_IS_64=y\n${exported.out}/dist/cache/demo/packages/post-image/tree\n`,
  )
})

test('a script on the host has no counterpart', async () => {
  project.bsp([], {
    post_image: { scripts: [{ run: 'set -e', runs_in: 'host' }, { run: `set -e; ${RECORD}` }] },
  })
  const refused = await exportProject(project.root).catch(String)
  assert.match(
    refused as string,
    /not_in_yaml YAML cannot express the script post_image:inline: .* on the host/,
  )
  const exported = await exportProject(project.root, { lossy: true })
  assert.match(exported.said.map(each => `${each.severity} ${each.message}`).join(), /warning .*left out/)
  run(exported, 'scripts/strux-post-image-1.sh')
  assert.match(exported.read('dist/output/demo/calls'), /output\/demo\|/)
})

test.run()
