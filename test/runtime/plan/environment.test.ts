import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { BspData, ProjectData } from '../../../lib/schema.ts'
import { hostArch, targetArch } from '../../../runtime/plan/arch.ts'
import {
  type EnvironmentFacts,
  flashEnvironment,
  scriptEnvironment,
  stepEnvironment,
  withoutUnhashed,
} from '../../../runtime/plan/environment.ts'
import { makePlan } from '../../../runtime/plan/plan.ts'
import { BUILD_PIPELINE } from '../../../runtime/steps/pipeline.ts'
import { bspWith, PROJECT, script } from '../../support/simulated.ts'

function facts(project: Partial<ProjectData> = {}, bsp: Partial<BspData> = {}): EnvironmentFacts {
  return {
    project: { ...PROJECT, name: 'kiosk', project_version: '1.2.3', ...project } as ProjectData,
    bsp: bspWith([], bsp),
    bspName: 'panel',
    bspFolder: 'boards/panel',
    host: 'x86_64',
    target: 'arm64',
    version: '4.5.6',
  }
}

const PATHS = {
  PROJECT_DIR: '/project',
  PROJECT_FOLDER: '/project',
  PROJECT_DIST_DIR: '/project/dist',
  PROJECT_DIST_FOLDER: '/project/dist',
  PROJECT_DIST_ARTIFACTS_FOLDER: '/project/dist/artifacts',
  SHARED_CACHE_DIR: '/project/dist/cache',
  BSP_CACHE_DIR: '/project/dist/cache/panel',
  PROJECT_DIST_CACHE_FOLDER: '/project/dist/cache/panel',
  PROJECT_DIST_OUTPUT_FOLDER: '/project/dist/output/panel',
  BSP_FOLDER: '/project/boards/panel',
}
const IDENTITY = { BSP_NAME: 'panel', PRESELECTED_BSP: 'panel', HOST_ARCH: 'x86_64', TARGET_ARCH: 'arm64' }
const PROJECT_IDENTITY = {
  PROJECT_NAME: 'kiosk',
  PROJECT_VERSION: '1.2.3',
  STRUX_UPDATE_ENABLED: 'false',
}

test('a script sees these variables and no other, without splash and display', () => {
  assert.equal(scriptEnvironment(facts(), 'make_image', '/project'), {
    ...PATHS,
    ...IDENTITY,
    ...PROJECT_IDENTITY,
    STRUX_VERSION: '4.5.6',
    STEP: 'make_image',
  })
})

test('splash and display are there when the definition has them', () => {
  const env = scriptEnvironment(
    facts(
      { boot: { splash: { enabled: true, logo: './logo.png', color: '0a0b0c' } } },
      { display: { resolution: '1920x1080' } },
    ),
    'make_image',
    '/project',
  )
  const { SPLASH_ENABLED, SPLASH_LOGO, SPLASH_COLOR, DISPLAY_WIDTH, DISPLAY_HEIGHT } = env
  assert.equal(
    { SPLASH_ENABLED, SPLASH_LOGO, SPLASH_COLOR, DISPLAY_WIDTH, DISPLAY_HEIGHT },
    {
      SPLASH_ENABLED: 'true',
      SPLASH_LOGO: './logo.png',
      SPLASH_COLOR: '0a0b0c',
      DISPLAY_WIDTH: '1920',
      DISPLAY_HEIGHT: '1080',
    },
  )
})

test('a splash that is off, without logo and colour, says only that', () => {
  const env = scriptEnvironment(
    facts({ boot: { splash: { enabled: false, logo: '', color: '' } } }),
    'x',
    '/project',
  )
  assert.is(env.SPLASH_ENABLED, 'false')
  assert.not('SPLASH_LOGO' in env)
  assert.not('SPLASH_COLOR' in env)
})

test('width and height are numbers, without leading zeros', () => {
  const env = scriptEnvironment(facts({}, { display: { resolution: '0800x0480' } } as never), 'x', '/project')
  assert.is(`${env.DISPLAY_WIDTH} ${env.DISPLAY_HEIGHT}`, '800 480')
})

test('STRUX_UPDATE_ENABLED follows the project', () => {
  const enabled = (update: ProjectData['update']) =>
    scriptEnvironment(facts({ update } as never), 'x', '/project').STRUX_UPDATE_ENABLED
  assert.is(enabled({ enabled: true } as never), 'true')
  assert.is(enabled({} as never), 'false')
  assert.is(enabled(undefined), 'false')
})

test('without containers the paths are the real ones', () => {
  const env = scriptEnvironment(facts(), 'x', '/home/me/kiosk')
  assert.is(env.PROJECT_FOLDER, '/home/me/kiosk')
  assert.is(env.BSP_FOLDER, '/home/me/kiosk/boards/panel')
  assert.not(JSON.stringify(env).includes('"/project'))
})

test('a flash script sees host paths and its workspace, and nothing of the project', () => {
  const on = Object.fromEntries(
    Object.entries(PATHS).map(([name, path]) => [name, path.replace('/project', '/home/me')]),
  )
  assert.equal(flashEnvironment(facts(), 'flash_script_tool', '/home/me'), {
    ...on,
    ...IDENTITY,
    STRUX_VERSION: '4.5.6',
    STEP: 'flash_script_tool',
    FLASH_DIR: '/home/me/dist/flash/panel',
    PROJECT_DIST_FLASH_FOLDER: '/home/me/dist/flash/panel',
  })
})

test('a flash script sees splash and display too', () => {
  const env = flashEnvironment(facts({}, { display: { resolution: '800x480' } }), 'flash_script', '/p')
  assert.is(env.DISPLAY_WIDTH, '800')
})

test('a step sees neither STEP nor splash nor display', () => {
  const env = stepEnvironment(
    facts({ boot: { splash: { enabled: true } } } as never, { display: { resolution: '800x480' } }),
    '/project',
  )
  const { BSP_NAME: _, ...identity } = IDENTITY
  assert.equal(env, { ...PATHS, ...identity, ...PROJECT_IDENTITY, STRUX_VERSION: '4.5.6' })
})

test('the version of the tool and the machine that builds do not count for fingerprints, all else does', () => {
  const env = scriptEnvironment(facts(), 'x', '/project')
  const { STRUX_VERSION: _, HOST_ARCH: __, ...rest } = env
  assert.equal(withoutUnhashed(env), rest)
})

test('fingerprints see container paths wherever the script runs, flash scripts run at the real path', () => {
  const { plan } = makePlan(
    {
      project: PROJECT,
      bsp: bspWith([script('make_image'), script('flash_script')]),
      bspName: 'demo',
      bspFolder: 'bsp/demo',
      host: 'x86_64',
      version: '1',
      root: '/real/place',
      hostRoot: '/real/place',
    },
    BUILD_PIPELINE,
  )
  const node = plan.nodes.find(each => each.kind === 'script')!
  assert.is(node.env.BSP_FOLDER, '/real/place/bsp/demo')
  assert.is(node.hashedEnv.BSP_FOLDER, '/project/bsp/demo')
  assert.is(plan.flash[0]!.env.FLASH_DIR, '/real/place/dist/flash/demo')
})

test('names of architectures are normalised, and host is the machine that builds', () => {
  for (const [name, target] of [
    ['arm64', 'arm64'],
    ['aarch64', 'arm64'],
    ['x86_64', 'x86_64'],
    ['amd64', 'x86_64'],
    ['armhf', 'armhf'],
    ['armv7', 'armhf'],
    ['arm', 'armhf'],
    ['host', 'armhf'],
  ] as const)
    assert.is(targetArch(name, 'armhf'), target, name)
  assert.equal(['x64', 'arm64', 'arm', 'riscv64'].map(hostArch), ['x86_64', 'arm64', 'armhf', 'x86_64'])
})

test.run()
