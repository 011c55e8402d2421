/** The extension for WebKit, compiled for the target, in a browser that runs without a screen. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TempProject } from '../../support/project.ts'

const test = suite('wpe')
let project: TempProject

test.before(() => {
  project = new TempProject()
  project.defaults = { timeout: 20 * 60 * 1000 }
  project.bsp([], { arch: 'x86_64' })
})
test.after(() => project.dispose())

const MADE = 'dist/cache/demo'
const inStep = async (input: string) => (await project.strux(['shell', '--at', 'wpe'], { input })).stdout

test('an extension and a browser for the target', async () => {
  const built = await project.build(['--only', 'wpe'])
  assert.is(built.code, 0, `${built.said}\n${built.lines('wpe').join('\n')}`)
  const said = await inStep(`file ${MADE}/cog ${MADE}/libstrux-extension.so
nm -D --defined-only ${MADE}/libstrux-extension.so
readelf -d ${MADE}/libstrux-extension.so | grep NEEDED
`)
  assert.match(said, /cog: +ELF 64-bit LSB pie executable, x86-64/)
  assert.match(said, /libstrux-extension.so: +ELF 64-bit LSB shared object, x86-64/)
  assert.match(said, 'T webkit_web_process_extension_initialize_with_user_data')
  assert.match(said, '[libWPEWebKit-2.0.so.1]')
  assert.equal((await project.build(['--only', 'wpe'])).ran, [])
})

/** What a page prints, with the device's files as given. */
async function pageSays(files: string): Promise<string[]> {
  project.write(
    'page.html',
    `<script>
'use strict'
const say = value => console.log('SAID ' + (typeof value === 'string' ? value : JSON.stringify(value)))
const tries = work => { try { work(); say('changed') } catch (error) { say(error.name) } }
say(window.strux)
tries(() => { strux.project.name = 'x' })
tries(() => { strux.display.monitors.push('x') })
tries(() => { window.strux = 'x' })
tries(() => { delete window.strux })
say(strux.project.name ?? 'nameless')
</script>
`,
  )
  const said = await inStep(`${files}
{ apt-get update && apt-get install -y --no-install-recommends cog; } >/dev/null 2>&1
mkdir -p /usr/lib/wpe-web-extensions
cp ${MADE}/libstrux-extension.so /usr/lib/wpe-web-extensions/
export XDG_RUNTIME_DIR=/tmp WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS=1
timeout 60 ${MADE}/cog --platform=headless --web-extensions-dir=/usr/lib/wpe-web-extensions \\
  --enable-write-console-messages-to-stdout=1 file:///project/page.html 2>&1 &
browser=$!
sleep 15
kill $browser
`)
  return [...said.matchAll(/CONSOLE LOG SAID (.*)$/gm)].map(([, each]) => each!)
}

test('pages know the device, and cannot change what they know', async () => {
  const said = await pageSays(`mkdir -p /etc/strux /strux
echo '{"name":"lobby","projectVersion":"1.2.3","struxVersion":"0.1.0","bsp":"demo","arch":"x86_64"}' >/etc/strux/project.json
echo '{"monitors":[{"path":"/","names":["HDMI-A-1"]}]}' >/strux/.display-config.json`)
  const { versions, board, ...rest } = JSON.parse(said[0]!)
  assert.equal(rest, {
    project: { name: 'lobby', version: '1.2.3' },
    display: { monitors: [{ path: '/', names: ['HDMI-A-1'] }] },
  })
  assert.is(versions.strux, '0.1.0')
  assert.match(versions.webkit, /^2\.\d+\.\d+$/)
  assert.match(versions.kernel, /^\d+\.\d+/)
  assert.is(board.name, 'demo')
  assert.is(board.arch, 'x86_64')
  assert.equal(said.slice(1), ['TypeError', 'TypeError', 'TypeError', 'TypeError', 'lobby'])
})

test('without its files a page knows less; a broken one does no harm', async () => {
  const said = await pageSays(`mkdir -p /etc/strux
echo '{"name":' >/etc/strux/project.json
export STRUX_DISPLAY_CONFIG='{"monitors":[{"path":"/menu"}]}'`)
  const { project, display } = JSON.parse(said[0]!)
  assert.equal(project, { name: null, version: null })
  assert.equal(
    display,
    { monitors: [{ path: '/menu' }] },
    'the client says it where the sandbox hides the file',
  )
})

/** A page of the application with frames of every kind; each says what it is, and whether it knows the device. */
test('frames of other origins do not get window.strux', async () => {
  const says = (who: string) => `<script>console.log('SAID ${who} ' + typeof window.strux)</script>`
  const other = '<iframe src="http://127.0.0.1:8082/other.html"></iframe>'
  project.write('site/own.html', says('own'))
  project.write('site/sandboxed.html', says('sandboxed'))
  // What a foreign frame makes of its own is foreign too.
  project.write('other/other.html', `${says('other')}<iframe srcdoc="${says('other-inner')}"></iframe>`)
  project.write(
    'site/index.html',
    `${says('page')}<iframe src="/own.html"></iframe><iframe srcdoc="${says('srcdoc')}"></iframe>
<iframe sandbox="allow-scripts" src="/sandboxed.html"></iframe>${other}
<script>console.log('SAID empty ' + typeof document.body.appendChild(document.createElement('iframe')).contentWindow.strux)</script>`,
  )
  const browse = (
    url: string,
    env: string,
  ) => `export ${env} XDG_RUNTIME_DIR=/tmp WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS=1
timeout 60 ${MADE}/cog --platform=headless --web-extensions-dir=/usr/lib/wpe-web-extensions \
  --enable-write-console-messages-to-stdout=1 ${url} 2>&1 &
browser=$!
sleep 10
kill $browser
`
  const said =
    await inStep(`{ apt-get update && apt-get install -y --no-install-recommends cog; } >/dev/null 2>&1
mkdir -p /usr/lib/wpe-web-extensions
cp ${MADE}/libstrux-extension.so /usr/lib/wpe-web-extensions/
(cd site && exec python3 -m http.server 8081) >/dev/null 2>&1 &
(cd other && exec python3 -m http.server 8082) >/dev/null 2>&1 &
sleep 1
${browse('http://127.0.0.1:8081/index.html', 'STRUX_ORIGIN=http://127.0.0.1:8081')}
echo AWAY
${browse('http://127.0.0.1:8082/other.html', 'STRUX_ORIGIN=http://127.0.0.1:8081')}
echo BY HAND
unset STRUX_ORIGIN
${browse('http://127.0.0.1:8081/index.html', 'LC_ALL=C')}
kill %1 %2
`)
  const found = (text: string) =>
    Object.fromEntries([...text.matchAll(/CONSOLE LOG SAID (\S+) (\S+)$/gm)].map(match => match.slice(1, 3)))
  const [page, away, byHand] = said.split(/^(?:AWAY|BY HAND)$/m).map(found)
  const expected = {
    ...{ page: 'object', own: 'object', srcdoc: 'object', empty: 'object' },
    ...{ sandboxed: 'undefined', other: 'undefined', 'other-inner': 'undefined' },
  }
  assert.equal(page, expected, said)
  assert.equal(away, { other: 'undefined', 'other-inner': 'undefined' }, 'a page that was led elsewhere')
  assert.equal(byHand, expected, 'without a word of the client the page itself counts')
})

test.run()
