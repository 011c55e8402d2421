/** The single description of BSPs and projects: types, validation, JSON Schema and reference derive from it. */
export { ARCHES, type Arch, type BspData, bspSchema } from './schema/bsp.ts'
export { jsonSchema } from './schema/json.ts'
export { PROJECT_DEFAULTS, type ProjectData, projectSchema } from './schema/project.ts'
export type { RuleParams } from './schema/rule.ts'
export {
  type ProjectScriptData,
  projectScriptSchema,
  type ScriptData,
  scriptSchema,
} from './schema/script.ts'
export { bspFileSchema, projectFileSchema } from './schema/yaml.ts'
