/**
 * Loop devices that a dead container left behind. Mounts end with their container, but loop devices belong to
 * the machine.
 *
 * The kernel's path of the backing file identifies them. In a living container the path begins with the mount
 * point (`/project/dist/disk.img`); for a user of the host it is the real path. After the container is gone,
 * its bind mount is detached and the path begins at the project itself (`/dist/disk.img`).
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Container } from './container.ts'

/**
 * Whether such devices may exist, according to the host's sysfs; true if sysfs has no information (an engine in
 * a virtual machine). Takes less than a millisecond, while a check inside a container costs a container start.
 */
export function mayHaveOrphanedLoops(projectRoot: string, sysBlock = '/sys/block'): boolean {
  let devices: string[]
  try {
    devices = readdirSync(sysBlock)
  } catch {
    return true
  }
  return devices.some(device => {
    if (!device.startsWith('loop')) return false
    const path = backingFile(join(sysBlock, device))
    return path !== undefined && existsSync(join(projectRoot, path))
  })
}

function backingFile(device: string): string | undefined {
  try {
    return readFileSync(join(device, 'loop/backing_file'), 'utf8').replace(/\n$/, '')
  } catch {
    return undefined
  }
}

/** Detaches them from inside a container, because that needs root. Only if inode and device numbers match too. */
export async function releaseOrphanedLoops(container: Container, mountAt: string): Promise<void> {
  await container.bash(PROGRAM, 'strux-loops', mountAt)
}

const PROGRAM = String.raw`
project=$1 failed=0
command -v losetup >/dev/null || exit 0
while read -r name inode device file; do
  printf -v file '%b' "$file"
  [[ $file == "$project"/* ]] && continue
  there=$(stat -c '%i %d' -- "$project$file" 2>/dev/null) || continue
  number=\${there#* }
  (( major = (number >> 8) & 0xfff, minor = (number & 0xff) | ((number >> 12) & 0xfff00) ))
  [[ $inode == "\${there% *}" && $device == "$major:$minor" ]] || continue
  losetup -d "$name" || failed=1
done < <(losetup -l -n --raw -O NAME,BACK-INO,BACK-MAJ:MIN,BACK-FILE)
exit $failed
`.replaceAll('\\$', '$')
