import { defineBsp } from 'strux-bsp'
import { qemuX86_64 } from './board.ts'

export default defineBsp({ name: 'qemu-x86_64', extends: qemuX86_64() })
