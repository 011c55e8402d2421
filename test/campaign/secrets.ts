/** Tokens of npm and of proxies: they reach the command that needs them, and nothing that stays or is shown. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { TempProject } from '../support/project.ts'
import { expect, type Trial } from './trial.ts'

const TOKEN = 'npm_c4mpa1gnT0ken0123456789'
const PASSWORD = 'pr0xyPassw0rd'

/** Every file below a folder that holds one of the secrets. */
function holders(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(path => {
    const file = join(folder, path)
    if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return false
    const text = readFileSync(file)
    return text.includes(TOKEN) || text.includes(PASSWORD)
  })
}

export const secrets: readonly Trial[] = [
  {
    area: 'secrets',
    what: 'an npm token and the password of a proxy, with a frontend built and a script run: logs, records, --json, containers, images',
    times: 2,
    attempt: async n => {
      const project = new TempProject()
      const home = new TempProject()
      try {
        home.write('.npmrc', `//registry.invalid/:_authToken=${TOKEN}\nregistry=https://registry.invalid/\n`)
        const env = {
          HOME: home.root,
          https_proxy: `http://user:${PASSWORD}@127.0.0.1:9`,
          npm_config__authToken: TOKEN,
          ...(n === 1 ? { NPM_TOKEN: TOKEN } : {}),
        }
        // A dependency that npm has to fetch, so that it fails and complains.
        const manifest = {
          name: 'page',
          version: '1.0.0',
          scripts: { build: 'true' },
          dependencies: { absent: '1.0.0' },
        }
        project.write('frontend/package.json', JSON.stringify(manifest))
        project.write(
          'frontend/package-lock.json',
          JSON.stringify({
            ...{ name: 'page', version: '1.0.0', lockfileVersion: 3, requires: true },
            packages: {
              '': manifest,
              'node_modules/absent': {
                version: '1.0.0',
                resolved: 'https://registry.invalid/absent/-/absent-1.0.0.tgz',
                integrity: 'sha512-AAAA',
              },
            },
          }),
        )
        project.bsp([
          {
            id: 'work',
            step: 'make_image',
            run: 'echo worked; curl -sS https://registry.invalid 2>&1 | tail -1; touch "$BSP_CACHE_DIR/x"',
            cached_generated_artifacts: ['cache/x'],
          },
        ])
        const said: string[] = []
        for (const args of [
          ['--only', 'frontend'],
          ['--only', 'work'],
          ['--only', 'work', '-v'],
        ]) {
          const { stdout, stderr } = await project.strux(['build', '--json', ...args], {
            env,
            timeout: 240_000,
          })
          said.push(stdout, stderr)
        }
        for (const command of [
          ['plan', '--json'],
          ['why', 'work', '--json'],
          ['doctor', '--json'],
          ['log', 'frontend'],
        ])
          said.push((await project.strux(command, { env })).stdout)
        const text = said.join('\n')
        expect(text.includes('worked') && text.includes('registry.invalid'), 'script or npm did not run')
        for (const secret of [TOKEN, PASSWORD]) {
          const at = text.indexOf(secret)
          expect(at < 0, `shown: ${text.slice(Math.max(0, at - 200), at + 60)}`)
        }
        const files = holders(project.at('dist'))
        expect(files.length === 0, `kept in dist: ${files}`)
        const images = execFileSync('docker', ['images', '--filter', 'label=strux.builder=1', '--quiet'], {
          encoding: 'utf8',
        })
          .trim()
          .split('\n')
        const described = execFileSync('docker', ['image', 'inspect', ...images], {
          encoding: 'utf8',
          maxBuffer: 1 << 26,
        })
        expect(!described.includes(TOKEN) && !described.includes(PASSWORD), 'in an image')
      } finally {
        await project.dispose()
        await home.dispose()
      }
    },
  },
]
