/** Values that always exist, by architecture and processor. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { standingValues } from '../../../runtime/buildroot/standing-values.ts'

const test = suite('values that always exist')

test('the processor of the configuration is the compilers', () => {
  const cpu = (wanted: string) => standingValues('arm64', wanted, 'x86_64')
  assert.is(cpu('').variables.GCC_TARGET_CPU, 'cortex-a53')
  assert.is(cpu('BR2_cortex_a72=y\n').variables.GCC_TARGET_CPU, 'cortex-a72')
  assert.is(cpu('BR2_cortex_a73_a53=y\n').symbols.BR2_GCC_TARGET_CPU, 'cortex-a73.cortex-a53')
  assert.is(cpu('BR2_cortex_a72=y\n').symbols.BR2_cortex_a53, undefined)
  assert.is(standingValues('armhf', '', 'arm64').variables.GCC_TARGET_ARCH, 'armv7-a')
  assert.is(standingValues('x86_64', '', 'arm64').variables.HOSTARCH, 'aarch64')
})

test.run()
