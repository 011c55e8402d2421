/** Projects on disk for tests: written from texts, removed afterwards. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Diagnostic } from '../../../runtime/diagnostics/diagnostic.ts'
import { folderUntilExit } from '../../support/temp-folder.ts'

export const CONFIG = `import { defineConfig } from 'strux-bsp'
export default defineConfig({ name: 'kiosk', project_version: '1.0.0', bsp: 'qemu' })
`

/** A project with those files, and with `more`: a configuration, unless it is said otherwise. Its absolute real path. */
export function project(
  files: Readonly<Record<string, string>>,
  more: Readonly<Record<string, string>> = { 'strux.config.ts': CONFIG },
): string {
  const root = folderUntilExit('strux load ')
  write(root, { ...more, ...files })
  return root
}

export function write(root: string, files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), text)
  }
}

/** A BSP module around what is between the braces; starts in line 2. */
export function bsp(body: string, before = ''): string {
  return `import { defineBsp, sh } from 'strux-bsp'; ${before}
export default defineBsp({${body}})
export const used = sh
`
}

/** A BSP in which nothing is missing, plus `more`. */
export function whole(more: string, before = ''): string {
  return bsp(`\n  name: 'q', description: 'd', arch: 'arm64', hostname: 'h',\n${more}\n`, before)
}

/** The text that the diagnostic underlines. */
export function underlined(root: string, { file, line, column, length }: Diagnostic): string {
  const text = readFileSync(join(root, file), 'utf8').split('\n')[line - 1] ?? ''
  return text.slice(column - 1, column - 1 + (length ?? 0))
}

/** `code file:line:column text`: one line for each, to compare whole lists. */
export function summary(root: string, diagnostics: readonly Diagnostic[]): string[] {
  return diagnostics.map(one => `${one.code} ${one.file}:${one.line}:${one.column} ${underlined(root, one)}`)
}
