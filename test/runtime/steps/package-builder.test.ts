/** The Debian packages of the builder image of a source package. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { packageSteps } from '../../../runtime/steps/package/declaration.ts'

/** Those that the package asks for, for a device of this architecture, on an x86_64 machine. */
function asked(arch: 'arm64' | 'x86_64', variant: 'host' | 'target', debian: readonly string[]): string[] {
  const one = {
    id: 'led',
    variant,
    needs: [],
    debian,
    package: { data: { name: 'led' }, folder: 'packages' },
  }
  const input = { packages: [one], bsp: { arch }, host: 'x86_64' }
  const [step] = packageSteps(input as never)
  const wanted = debian.map(name => name.split(':')[0]!)
  return step!.packages!({ target: arch } as never).filter(name => wanted.includes(name.split(':')[0]!))
}

test('libraries are for the device, programs for the machine that builds', () => {
  const debian = ['libssl-dev', 'jq:native']
  assert.equal(asked('arm64', 'target', debian), ['libssl-dev:arm64', 'jq'])
  assert.equal(asked('x86_64', 'target', debian), ['libssl-dev', 'jq'])
  assert.equal(asked('arm64', 'host', debian), ['libssl-dev', 'jq'])
})

test.run()
