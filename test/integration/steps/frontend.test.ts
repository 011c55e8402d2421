/** The frontend step with the real npm: packages that lie in the project, so that nothing depends on a registry. */
import { statSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Built } from '../../support/built.ts'
import { TempProject } from '../../support/project.ts'
import { refusing, succeeding } from '../../support/step-ends.ts'

const test = suite('frontend')
let project: TempProject

test.before(() => {
  project = new TempProject()
})
test.after(() => project.dispose())
test.before.each(() => {
  project.remove('frontend')
  project.remove('dist/cache')
  project.bsp([])
  project.config()
})

const MADE = 'dist/cache/frontend'
const build = (env = {}) => project.build(['--only', 'frontend'], { env })
const said = (built: Built) => built.lines('frontend').join('\n')

const succeeds = succeeding({ build, complaint: said })
const refused = refusing({ build, complaint: said, isMade: () => project.has(MADE) })

/** A frontend whose build says what it has. `lib` is a package of its own folder. */
function frontend(more: object = {}, lock: object | false = {}): void {
  const manifest = {
    name: 'page',
    version: '1.0.0',
    scripts: { build: 'node build.mjs' },
    dependencies: { lib: 'file:lib' },
    ...more,
  }
  project.write('frontend/package.json', JSON.stringify(manifest))
  project.write('frontend/lib/package.json', '{"name":"lib","version":"2.0.0","main":"index.js"}')
  project.write('frontend/lib/index.js', "module.exports = 'lib'")
  project.write('frontend/src/dist/part.txt', 'part')
  project.write(
    'frontend/build.mjs',
    `import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import lib from 'lib'
mkdirSync('dist')
writeFileSync('dist/index.html', lib)
cpSync('src/dist/part.txt', 'dist/part.txt')
`,
  )
  if (lock === false) return
  const { name, version, dependencies } = manifest
  const packages = {
    '': { name, version, dependencies, ...more },
    lib: { version: '2.0.0' },
    'node_modules/lib': { resolved: 'lib', link: true },
  }
  project.write(
    'frontend/package-lock.json',
    JSON.stringify({ name, version, lockfileVersion: 3, requires: true, packages: { ...packages, ...lock } }),
  )
}

test('built on a copy; installed again only when the packages change; put in place whole', async () => {
  frontend()
  const before = statSync(project.at('frontend')).mtimeMs
  const installs = ({ events }: Built) => events.some(({ message }) => message === 'Installing packages')
  assert.ok(installs(await succeeds()))
  assert.is(project.read(`${MADE}/index.html`), 'lib')
  assert.is(project.read(`${MADE}/part.txt`), 'part')
  assert.is(statSync(project.at('frontend')).mtimeMs, before)
  assert.not.ok(project.has('frontend/node_modules'))
  assert.not.ok(project.has('frontend/dist'))
  assert.equal((await build()).ran, [])

  project.write('frontend/dist/index.html', 'of somebody')
  project.write('frontend/node_modules/x', 'of somebody')
  assert.equal((await build()).ran, [], 'what is made by hand does not count')
  project.write('frontend/src/dist/part.txt', 'changed')
  project.write(`${MADE}/stale.txt`, '')
  assert.not.ok(installs(await succeeds()))
  assert.is(project.read(`${MADE}/part.txt`), 'changed')
  assert.not.ok(project.has(`${MADE}/stale.txt`))
  frontend(
    { description: 'other' },
    { '': { name: 'page', version: '1.0.0', dependencies: { lib: 'file:lib' } } },
  )
  assert.ok(installs(await succeeds()))
})

test('settings and tokens of whoever builds reach npm, and no file or line', async () => {
  frontend({
    scripts: {
      build:
        'node build.mjs && npm config get @acme:registry && echo ended | grep -c "$npm_config_userconfig" ; node check.mjs',
    },
  })
  project.write(
    'frontend/check.mjs',
    `import { readFileSync } from 'node:fs'
const text = readFileSync(process.env.npm_config_userconfig, 'utf8')
console.log('lines', text.split('\\n').filter(Boolean).length, text.includes('s3' + 'cret'), process.env.STRUX_NPMRC)
`,
  )
  const npmrc = project.write(
    'home/npmrc',
    // Its own way to name a variable.
    '@acme:registry=https://npm.acme.example/\n//npm.acme.example/:_authToken=${ACME_TOKEN}\ncache=/home/somebody\n',
  )
  const env = { npm_config_userconfig: npmrc, npm_config_globalconfig: '/none', ACME_TOKEN: 's3cret' }
  const built = await succeeds(env)
  assert.match(said(built), 'https://npm.acme.example/')
  assert.match(said(built), /^lines \d+ true undefined$/m)
  assert.not.match(built.stdout + built.stderr, 's3cret')
  const { stdout } = await project.strux(['shell', '--at', 'frontend'], {
    input: 'grep -rl s3cret dist frontend\n',
  })
  assert.is(stdout, '')
  assert.equal((await project.build(['--only', 'frontend'])).ran, [], 'other settings are no reason to build')
})

test('a lock file that lacks the packages of this platform', async () => {
  // Optional and not to be had at all: npm goes on without it.
  const version = '0.25.0'
  frontend(
    { optionalDependencies: { other: 'file:other' } },
    {
      '': {
        name: 'page',
        version: '1.0.0',
        dependencies: { lib: 'file:lib' },
        optionalDependencies: { other: 'file:other' },
      },
      other: { version, optionalDependencies: { [`other-linux-${process.arch}`]: `file:native` } },
      'node_modules/other': { resolved: 'other', link: true },
    },
  )
  const native = `other-linux-${process.arch}`
  project.write(
    'frontend/other/package.json',
    JSON.stringify({ name: 'other', version, optionalDependencies: { [native]: 'file:native' } }),
  )
  project.write('frontend/native/package.json', JSON.stringify({ name: native, version }))
  const built = await succeeds()
  assert.match(said(built), `written on another platform and lacks ${native}@file:native`)
  assert.ok(project.has(`dist/cache/.frontend/work/node_modules/${native}/package.json`))
})

test('what is missing is said', async () => {
  await refused(/there is no frontend\/package\.json: the step frontend cannot be built/)
  frontend({ scripts: {} })
  await refused(/frontend\/package\.json has no script "build"/)
  project.write('frontend/package.json', '{')
  await refused(/frontend\/package\.json is not valid JSON/)
  frontend({ scripts: { build: 'mkdir dist' } })
  await refused(/the build of frontend made no dist\/index\.html/)
  frontend({ scripts: { build: 'echo broken here; exit 4' } })
  await refused(/broken here/)
  frontend({ dependencies: { lib: 'file:lib', more: 'file:more' } })
  project.write('frontend/more/package.json', '{"name":"more","version":"1.0.0"}')
  const lock = JSON.parse(project.read('frontend/package-lock.json'))
  delete lock.packages[''].dependencies.more
  project.write('frontend/package-lock.json', JSON.stringify(lock))
  await refused(/npm ci failed in frontend\n.*`npm install` in frontend mends the lock file/)
})

test.run()
