/** The README of an exported tree. */
import type { Tree } from './exported-tree.ts'

export function readme({ bsp, losses, name }: Tree): string {
  const lost = losses.findings.map(each => `- ${each.message.replace('no counterpart in Buildroot: ', '')}\n`)
  return `# ${bsp.data.description}

An external tree of Buildroot, made by \`strux export --buildroot\` from the BSP ${bsp.name}. It needs Buildroot 2024.05 or later.

    make BR2_EXTERNAL=/path/to/this/tree ${bsp.name}_defconfig
    make

The path of the tree is \`BR2_EXTERNAL_${name}_PATH\`. Hooks of packages are scripts in \`package/NAME/hooks\`.
${lost.length > 0 ? `\nThese parts of the BSP have no counterpart and are not here:\n\n${lost.join('')}` : ''}`
}
