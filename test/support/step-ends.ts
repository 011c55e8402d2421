/** The two ends that a step has in its tests: it succeeds, or it refuses in words of its own. */
import * as assert from 'uvu/assert'
import type { Built } from './built.ts'

export interface StepEnds<Args extends readonly unknown[]> {
  /** A build of the step. */
  readonly build: (...args: Args) => Promise<Built>
  /** What the step said, for people. */
  readonly complaint: (built: Built) => string
}

/** Builds the step, which must end well. */
export const succeeding =
  <Args extends readonly unknown[]>({ build, complaint }: StepEnds<Args>) =>
  async (...args: Args): Promise<Built> => {
    const built = await build(...args)
    assert.is(built.code, 0, `${built.said}\n${complaint(built)}`)
    return built
  }

/** Builds the step, which must say all of this, not break off at some line, and put nothing in place. */
export const refusing =
  ({ build, complaint, isMade }: StepEnds<[]> & { readonly isMade: () => boolean }) =>
  async (...expected: readonly (string | RegExp)[]): Promise<void> => {
    const built = await build()
    assert.is.not(built.code, 0, 'the build must fail')
    // What is wrong with the definition is said before the step runs.
    const said = `${complaint(built)}\n${built.said}`
    for (const each of expected)
      assert.ok(typeof each === 'string' ? said.includes(each) : each.test(said), `${each}\n${said}`)
    assert.not.match(said, /^line \d+: exit code/m)
    assert.not.ok(isMade(), 'nothing half-made is put in place')
  }
