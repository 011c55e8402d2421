/** What has no counterpart in Buildroot. */
import type { Finding } from '../../diagnostics/diagnostic.ts'
import type { PackageVariant } from '../../model/packages.ts'

export class Losses {
  readonly findings: Finding[] = []
  readonly #lossy: boolean

  /** @param lossy whether they are left out with a warning, or are errors */
  constructor(lossy: boolean) {
    this.#lossy = lossy
  }

  /** At a key of the BSP or the project. */
  add(source: 'bsp' | 'project', keys: readonly (string | number)[], what: string): void {
    this.#add({ source, keys }, what)
  }

  /** In a package. */
  addOf({ package: { origin } }: PackageVariant, what: string): void {
    this.#add(origin, what)
  }

  #add(origin: Finding['origin'], what: string): void {
    this.findings.push({
      severity: this.#lossy ? 'warning' : 'error',
      code: 'no_counterpart',
      message: `no counterpart in Buildroot: ${what}`,
      ...(!this.#lossy && { hint: '--lossy leaves it out' }),
      origin,
      at: 'value',
    })
  }
}
