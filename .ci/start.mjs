// The main job: builds the kiosk template for a virtual machine, starts it without a window, and looks at its screen.
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const strux = (...args) => {
  const { status } = spawnSync(process.execPath, [join(root, 'build/runtime/cli/main.js'), ...args], {
    cwd: root,
    stdio: 'inherit',
  })
  if (status !== 0) process.exit(status ?? 1)
}

strux('build')
process.stderr.write(
  'Starting the image in QEMU and waiting for the page; under emulation that takes a minute\n',
)
strux('test')
console.log('image: dist/output/qemu-x86_64/rootfs.ext4')
