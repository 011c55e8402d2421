/** `strux extensions`. */
import type { Command } from 'commander'
import { extensionsCheckCommand } from './extensions-check.ts'
import { extensionsListCommand } from './extensions-list.ts'

export function extensionsCommand(program: Command): void {
  const extensions = program
    .command('extensions')
    .description('list the extensions of a BSP, with their handlers in calling order')
  extensionsListCommand(extensions)
  extensionsCheckCommand(extensions)
}
