/**
 * A layer: the schema of a BSP with every key optional. Rules about whole objects are checked on the merged
 * BSP.
 */
import * as z from 'zod'
import type { LayerBody } from '../base.ts'
import { bspSchema } from './bsp.ts'

/** A layer's data after reading, without `extends` and `without`. */
export type LayerData = Omit<LayerBody, 'extends'>

let made: z.ZodType<LayerData> | undefined

/** Created on first use: most projects have no layers. */
export function layerSchema(): z.ZodType<LayerData> {
  made ??= optionalKeys(bspSchema) as z.ZodType<unknown> as z.ZodType<LayerData>
  return made
}

/** The same keys at any depth, all optional. Elements of lists stay complete. */
function optionalKeys(schema: z.core.$ZodType): z.ZodType {
  const { def } = (schema as z.core.$ZodTypes)._zod
  if (def.type === 'optional') return optionalKeys(def.innerType)
  if (def.type !== 'object') return (schema as z.ZodType).optional()
  const shape = Object.entries(def.shape).map(([key, child]) => [key, optionalKeys(child)])
  return z.strictObject(Object.fromEntries(shape)).optional()
}
