#!/usr/bin/env node
/** The start of the `strux` command: Node 22 keeps the compiled form of the other modules for the next start. */
import module from 'node:module'

;(module as { enableCompileCache?: () => unknown }).enableCompileCache?.()
const { runProgram } = await import('./program.ts')
await runProgram()
