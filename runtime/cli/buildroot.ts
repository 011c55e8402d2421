/** `strux buildroot`: its options; the work is in buildroot-check.ts, which is loaded when it runs. */
import { type Command, Option } from 'commander'
import type { CheckFlags } from './buildroot-check.ts'

export function buildrootCommand(program: Command): void {
  const buildroot = program.command('buildroot').description('look at external trees of Buildroot')
  buildroot
    .command('check')
    .argument('<tree>', 'the folder of the tree')
    .description('show what runs for each package of a tree, and what is missing')
    .option('--defconfig <name>', 'configure the packages by a file of the folder configs')
    .addOption(
      new Option('--arch <arch>', 'the architecture of the device')
        .choices(['arm64', 'x86_64', 'armhf'])
        .default('arm64'),
    )
    .option('--json', 'print JSON')
    .action(async (tree: string, _: unknown, self: Command) => {
      const { checkTree } = await import('./buildroot-check.ts')
      await checkTree(tree, self.optsWithGlobals<CheckFlags>())
    })
}
