/** `strux extensions`. */
import type { Command } from 'commander'
import { extensionsCheckCommand } from './extensions-check.ts'

export function extensionsCommand(program: Command): void {
  const extensions = program.command('extensions').description('extensions of the build')
  extensionsCheckCommand(extensions)
}
