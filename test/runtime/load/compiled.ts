/** Modules of test projects, compiled as the loader does. */
import { pathToFileURL } from 'node:url'
import * as assert from 'uvu/assert'
import { type CompiledModule, compileModule } from '../../../runtime/load/compile.ts'

/** The module as it is compiled now. */
export async function compiled(root: string, entry = 'main.ts'): Promise<CompiledModule> {
  const { module, diagnostics } = await compileModule(entry, { root })
  assert.ok(module, JSON.stringify(diagnostics))
  return module
}

/** What the module exports by default, run anew. */
export async function run(root: string, entry = 'main.ts'): Promise<unknown> {
  const { output } = await compiled(root, entry)
  return ((await import(`${pathToFileURL(output).href}?${Math.random()}`)) as { default: unknown }).default
}

/** An installed package of one module. */
export function packageFiles(name: string, main: string, text: string): Record<string, string> {
  return {
    [`node_modules/${name}/package.json`]: JSON.stringify({
      name,
      version: '1.0.0',
      type: 'module',
      exports: main,
    }),
    [`node_modules/${name}/${main}`]: text,
  }
}
