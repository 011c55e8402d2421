/** Which scripts can never run, and why. Source: lifecycle-scripts document, "The hooks" and its three details. */
import type { BspData } from '../../lib/schema.ts'
import { hookRow } from './hooks.ts'
import type { PlanHook } from './model.ts'

export function reasonNever(hook: PlanHook, bsp: BspData): string | undefined {
  const row = hookRow(hook)
  if (row?.when === 'custom_kernel' && bsp.boot?.kernel?.custom_kernel !== true) {
    return `${hook} runs only with boot.kernel.custom_kernel: true`
  }
  if (row?.when === 'bootloader' && bsp.boot?.bootloader?.enabled !== true) {
    return `${hook} runs only with boot.bootloader.enabled: true`
  }
  if (hook === 'after_kernel_extract' && bsp.scripts?.some(script => script.step === 'custom_kernel')) {
    return 'a custom_kernel script replaces the kernel build, so nothing is extracted'
  }
  return undefined
}
