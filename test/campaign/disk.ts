/** Disks that are full or cannot be written. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { TempProject } from '../support/project.ts'
import { expect, expectPlainWords, type Trial } from './trial.ts'

const HERE = { STRUX_IN_CONTAINER: '1' }
/** Of the disk at dist/: bytes. */
const SIZE = 4 * 1024 * 1024

async function withSmallDisk(work: (project: TempProject) => Promise<void>): Promise<void> {
  const project = new TempProject()
  project.defaults = { env: HERE }
  mkdirSync(project.at('dist'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', project.at('dist')])
  try {
    project.write('bsp/demo/in.txt', '1')
    project.bsp([
      {
        id: 'make',
        step: 'before_bundle',
        run: 'set -e; cp "$BSP_FOLDER/in.txt" "$BSP_CACHE_DIR/a"; for ((i = 0; i < 200; i++)); do echo "line $i of some output"; done',
        cached_generated_artifacts: ['cache/a'],
        depends_on: ['./in.txt'],
      },
      {
        id: 'use',
        step: 'make_image',
        run: 'set -e; head -c 100000 /dev/zero >>"$BSP_CACHE_DIR/big"; cp "$BSP_CACHE_DIR/a" "$PROJECT_DIST_OUTPUT_FOLDER/b"',
        cached_generated_artifacts: ['output/b', 'cache/big'],
        depends_on: ['cache/a'],
      },
    ])
    await work(project)
  } finally {
    execFileSync('umount', ['-l', project.at('dist')])
    await project.dispose()
  }
}

/** Takes all room but `left` bytes. */
function fill(project: TempProject, left: number): void {
  const { bavail, bsize } = statfsSync(project.at('dist'))
  writeFileSync(project.at('dist/ballast'), Buffer.alloc(Math.max(0, bavail * bsize - left)))
}

async function settles(project: TempProject): Promise<void> {
  const first = await project.build(['--from', 'before_bundle'])
  expect(first.code === 0, `no build afterwards: ${first.said}`)
  const text = project.read('bsp/demo/in.txt')
  expect(project.read('dist/output/demo/b') === text, 'a wrong product afterwards')
  const second = await project.build(['--from', 'before_bundle'])
  expect(second.ran.length === 0, `it does not settle: ${second.ran}`)
}

/** Bytes that are left when a build begins: nothing at all, and what the first, second, … write may take. */
const ROOM = [0, 4096, 8192, 16_384, 32_768, 65_536, 98_304, 131_072]

export const disk: readonly Trial[] = [
  {
    area: 'full disk',
    what: 'a build with little room is plain about it, and one with room afterwards makes everything right',
    times: ROOM.length * 2,
    attempt: n =>
      withSmallDisk(async project => {
        const again = n >= ROOM.length
        if (again) await settles(project)
        project.write('bsp/demo/in.txt', `changed ${n}`)
        fill(project, ROOM[n % ROOM.length]!)
        const { code, stderr } = await project.strux(['build', '--from', 'before_bundle'])
        expectPlainWords(stderr)
        if (code !== 0) expect(/ENOSPC|[Nn]o space left/.test(stderr), `the reason is not said:\n${stderr}`)
        rmSync(project.at('dist/ballast'))
        await settles(project)
      }),
  },
  {
    area: 'full disk',
    what: 'commands that only look need no room',
    times: 1,
    attempt: () =>
      withSmallDisk(async project => {
        fill(project, 0)
        for (const command of [
          ['plan'],
          ['check'],
          ['why', 'make'],
          ['build', '--dry-run', '--only', 'make'],
        ]) {
          const { code, stderr } = await project.strux(command)
          expectPlainWords(stderr)
          expect(code === 0, `${command.join(' ')}: ${stderr}`)
        }
      }),
  },
  {
    area: 'read-only disk',
    what: 'commands that only look work; a build says what it cannot write, and works afterwards',
    times: 2,
    attempt: n =>
      withSmallDisk(async project => {
        if (n === 1) await settles(project)
        project.write('bsp/demo/in.txt', 'changed')
        execFileSync('mount', ['-o', 'remount,ro', project.at('dist')])
        for (const command of [['plan'], ['check'], ['build', '--dry-run', '--only', 'make']]) {
          const { code, stderr } = await project.strux(command)
          expectPlainWords(stderr)
          expect(code === 0, `${command.join(' ')}: ${stderr}`)
        }
        for (const command of [['build', '--from', 'before_bundle'], ['clean'], ['clean', '--all']]) {
          const { code, stderr, stdout } = await project.strux(command)
          expectPlainWords(stderr)
          const nothing = /demo has nothing to delete/.test(stdout)
          expect(
            nothing || (code === 1 && /EROFS|read-only/.test(stderr)),
            `${command.join(' ')}: ${code} ${stderr}`,
          )
        }
        execFileSync('mount', ['-o', 'remount,rw', project.at('dist')])
        await settles(project)
      }),
  },
  {
    area: 'read-only disk',
    what: 'a file in the place of dist',
    times: 1,
    attempt: async () => {
      const project = new TempProject()
      project.defaults = { env: HERE }
      try {
        project.bsp([{ id: 'make', step: 'make_image', run: 'true' }])
        project.write('dist', 'a file')
        const { code, stderr } = await project.strux(['build', '--only', 'make'])
        expectPlainWords(stderr)
        expect(code === 1 && stderr.includes('dist'), stderr)
      } finally {
        await project.dispose()
      }
    },
  },
]
