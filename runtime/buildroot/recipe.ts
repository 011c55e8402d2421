/** Lines of a makefile's recipe as a script of a package. */
import { quoteForShell, Sh } from '../../lib/sh.ts'
import { packageFile } from '../steps/package-files.ts'

let runner: string | undefined

/** @param tree the working directory, relative to the project */
export function recipeScript(lines: string, tree: string): Sh {
  runner ??= packageFile('runtime/buildroot/recipe.sh').trim()
  const text = `${runner}\ncd "$PROJECT_FOLDER"/${quoteForShell(tree)}\nstrux_recipe ${quoteForShell(lines.trim())}`
  return new Sh(text)
}
