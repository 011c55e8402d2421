/** Commands for the network that configuration hooks call: these run while the definition is loaded, without network. */

import { forEachChild, type SyntaxNode } from 'unbash'
import { imageHook } from '../../model/image-hooks.ts'
import { CALLING } from './needs.ts'

const COMMANDS = ['curl', 'wget', 'fetch_from_repo', 'scp', 'ssh']

export interface NetworkCall {
  readonly command: string
  /** The function of the configuration hook. */
  readonly handler: string
  readonly pos: number
  readonly end: number
}

/** Also in functions of the same file that the handlers call. */
export function networkCalls(script: SyntaxNode): NetworkCall[] {
  const functions = new Map<string, SyntaxNode>()
  const collect = (node: SyntaxNode): void => {
    if (node.type === 'Function') functions.set(node.name.value, node)
    forEachChild(node, collect)
  }
  collect(script)
  const found = new Map<number, NetworkCall>()
  const seen = new Set<string>()
  const follow = (name: string, handler: string): void => {
    const body = functions.get(name)
    if (!body || seen.has(name)) return
    seen.add(name)
    const look = (node: SyntaxNode): void => {
      if (node.type === 'Command')
        for (const word of [node.name, ...node.suffix]) {
          if (word?.type !== 'Word') continue
          const { text: command, pos, end } = word
          if (word === node.name || Object.hasOwn(CALLING, node.name?.text ?? '')) follow(command, handler)
          if (COMMANDS.includes(command)) found.set(pos, { command, handler, pos, end })
        }
      forEachChild(node, look)
    }
    look(body)
  }
  for (const name of functions.keys()) if (isConfiguration(name)) follow(name, name)
  return [...found.values()]
}

function isConfiguration(name: string): boolean {
  return imageHook(name.split('__')[0]!)?.runs_in === 'plan'
}
