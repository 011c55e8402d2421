import { defineBsp } from 'strux-bsp'
import { rockPro64 } from './board.ts'

export default defineBsp({ name: 'rockpro64', extends: rockPro64() })
