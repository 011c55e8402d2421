/**
 * A board with U-Boot, Debian's kernel, and a root filesystem that holds nothing but device trees: where it is the way to
 * the kernel that is looked at.
 */
import * as assert from 'uvu/assert'
import type { TempProject } from './project.ts'

/** Debian's kernel for the board and its device trees, where the root filesystem's step would put them. */
const KERNEL = `
dpkg --add-architecture arm64
apt-get -qq update
cd "$(mktemp -d)"
apt-get -qq download "$(apt-cache show linux-image-arm64:arm64 | sed -n 's/^Depends: \\(linux-image-[^ ]*\\).*/\\1/p' | head -n 1):arm64"
dpkg-deb -x linux-image-*.deb kernel
cp kernel/boot/vmlinuz-* "$BSP_CACHE_DIR/vmlinuz"
mkdir -p tree/etc tree/proc tree/usr/lib
for folder in kernel/usr/lib/linux-image-*; do
  mkdir -p "tree/usr/lib/\${folder##*/}" && cp -r "$folder/rockchip" "tree/usr/lib/\${folder##*/}/"
done
tar -C tree -czf "$BSP_CACHE_DIR/rootfs-post.tar.gz" .
`

/** Builds bootloader and image of the project's BSP, and puts the kernel between them. */
export async function makeWayToKernel(project: TempProject): Promise<void> {
  await make(project, 'bootloader')
  await inStep(project, 'bootloader', KERNEL)
  await make(project, 'image')
}

async function make(project: TempProject, step: string): Promise<void> {
  const built = await project.build(['--only', step])
  assert.is(built.code, 0, `${built.said}\n${built.lines(step).slice(-20).join('\n')}`)
}

/** What commands print in the builder of a step. */
export async function inStep(project: TempProject, step: string, commands: string): Promise<string> {
  const { code, stdout, stderr } = await project.strux(['shell', '--at', step], {
    input: `set -e\n${commands}\n`,
  })
  assert.is(code, 0, `${stdout}${stderr}`)
  return stdout.trim()
}
