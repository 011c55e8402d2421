/** The bodies of the built-in steps. */
import type { StepBodies } from './body.ts'

export const BUILT_IN_BODIES: StepBodies = {}
