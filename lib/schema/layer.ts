/** A layer: the schema of a BSP, of which nothing has to be there. Rules about whole objects wait for the merged BSP. */
import * as z from 'zod'
import type { LayerBody } from '../base.ts'
import { bspSchema } from './bsp.ts'

/** What a layer contains when it is read; `extends` and `without` are dealt with before. */
export type LayerData = Omit<LayerBody, 'extends'>

let made: z.ZodType<LayerData> | undefined

/** Made when it is first asked for: most projects have no layers. */
export function layerSchema(): z.ZodType<LayerData> {
  made ??= optionalKeys(bspSchema) as z.ZodType<unknown> as z.ZodType<LayerData>
  return made
}

/** The same keys at any depth, each optional. What stands in lists is whole. */
function optionalKeys(schema: z.core.$ZodType): z.ZodType {
  const { def } = (schema as z.core.$ZodTypes)._zod
  if (def.type === 'optional') return optionalKeys(def.innerType)
  if (def.type !== 'object') return (schema as z.ZodType).optional()
  const shape = Object.entries(def.shape).map(([key, child]) => [key, optionalKeys(child)])
  return z.strictObject(Object.fromEntries(shape)).optional()
}
