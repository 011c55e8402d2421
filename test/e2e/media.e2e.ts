/**
 * The usual image, with all that pages expect: a page in it plays a clip (H.264 in MP4) to its end, and shows scripts
 * beyond Latin. Both are seen on the screen.
 */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { kioskProject } from '../support/kiosk.ts'

const test = suite('media')

/** Two seconds: red, then green. Made by ffmpeg in a builder container. */
const MAKE_CLIP = `set -e
[ ! -f kiosk/frontend/public/clip.mp4 ] || exit 0
apt-get -qq update && apt-get -qq install -y --no-install-recommends ffmpeg >/dev/null
mkdir -p kiosk/frontend/public
ffmpeg -loglevel error -f lavfi -i color=red:s=160x120:r=5:d=1 -f lavfi -i color=lime:s=160x120:r=5:d=1 \\
  -filter_complex '[0:v][1:v]concat=n=2:v=1[v]' -map '[v]' -c:v libx264 -pix_fmt yuv420p -movflags +faststart kiosk/frontend/public/clip.mp4`

/**
 * The left half of the page is the clip. On the right each script has a row: its text, and a patch that is green where
 * every letter has a picture of its own, unlike that of a character which no font has.
 */
const PAGE = `<!doctype html>
<html lang="en">
  <meta charset="utf-8" />
  <style>
    html, body { height: 100%; margin: 0; background: white; overflow: hidden }
    video { position: absolute; left: 0; top: 0; width: 50vw; height: 100vh; object-fit: fill; background: black }
    div { position: absolute; left: 50vw; width: 50vw; height: 33vh; font-size: 14vh; padding: 8vh 2vw }
    i { position: absolute; right: 2vw; top: 2vh; width: 10vw; height: 29vh; background: #ef4444 }
  </style>
  <body>
    <video src="/clip.mp4" autoplay muted playsinline></video>
    <div style="top: 0">漢字かな<i></i></div>
    <div style="top: 33vh">हिन्दी<i></i></div>
    <div style="top: 66vh">ภาษาไทย<i></i></div>
    <script>
      const picture = letter => {
        const canvas = Object.assign(document.createElement('canvas'), { width: 64, height: 64 })
        const context = canvas.getContext('2d')
        context.font = '40px sans-serif'
        context.fillText(letter, 12, 48)
        return canvas.toDataURL()
      }
      const [none, nothing] = [picture('\\u{10FFF0}'), picture('')]
      for (const row of document.querySelectorAll('div')) {
        const letters = [...row.textContent].filter(letter => /\\p{L}/u.test(letter))
        const pictures = letters.map(picture)
        const known = pictures.every(each => each !== none && each !== nothing)
        if (known && new Set(pictures).size === new Set(letters).size) row.lastChild.style.background = '#22c55e'
      }
    </script>
  </body>
</html>
`

test('a page plays a clip and shows Chinese and Japanese, Devanagari and Thai', async () => {
  const project = kioskProject(
    { folder: 'qemu-x86_64', name: 'qemuX86_64' },
    {
      rootfs: {},
      test: {
        timeout: 900,
        screen: [
          { x: '25%', y: '50%', color: 'ff0000', tolerance: 40, still: false },
          { x: '25%', y: '50%', color: '00ff00', tolerance: 40 },
          { x: '93%', y: '15%', color: '22c55e' },
          { x: '93%', y: '48%', color: '22c55e' },
          { x: '93%', y: '81%', color: '22c55e' },
        ],
      },
    },
    `scripts: [{ id: 'clip', step: 'before_frontend', tools: [], run: sh\`${MAKE_CLIP}\` }],`,
  )
  try {
    project.write('kiosk/frontend/index.html', PAGE)
    const built = await project.build(['--from', 'clip'])
    assert.is(
      built.code,
      0,
      `${built.said}\n${built.lines('clip').join('\n')}${built.lines('rootfs').slice(-20).join('\n')}`,
    )
    const { code, stdout, stderr } = await project.strux(['test'])
    assert.is(code, 0, `${stdout}${stderr}${project.read('dist/test/demo/console.log').slice(-4000)}`)
  } finally {
    await project.dispose()
  }
})

test.run()
