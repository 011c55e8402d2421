import { defineBsp } from 'strux-bsp'
import { qemuArm64 } from './board.ts'

export default defineBsp({ name: 'qemu-arm64', extends: qemuArm64() })
