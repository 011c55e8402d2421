import { defineBsp } from 'strux-bsp'
import { qemuX86_64Uefi } from './board.ts'

export default defineBsp({ name: 'qemu-x86_64-uefi', extends: qemuX86_64Uefi() })
