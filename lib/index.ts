/** The API for BSPs and projects. Small on purpose: at run time it only marks and quotes, without validation. */
export type {
  Boot,
  Bootloader,
  Bsp,
  BspBody,
  ConfigBody,
  Flags,
  Kernel,
  Layer,
  LayerBody,
  LayerBoot,
  LayerBootloader,
  LayerKernel,
  Layers,
  ProjectConfig,
  ProjectScript,
  Script,
  ScriptEntry,
} from './base.ts'
export { type BashExtensionSettings, bashExtension } from './bash-extension.ts'
export {
  type BuildrootOptions,
  type BuildrootPackages,
  type BuildrootPackagesOptions,
  type BuildrootTree,
  buildrootPackages,
  buildrootTree,
} from './buildroot.ts'
export type { BspError } from './check/error.ts'
export { customizeImage } from './customize-image.ts'
export { type Board, defineBoard, defineBsp, defineConfig, layer } from './define.ts'
export { type DefinitionKind, definitionKind } from './definition.ts'
export {
  defineExtension,
  type Extension,
  type ExtensionBody,
  type ExtensionHooks,
  type ExtensionOptions,
  type Handler,
  type HandlerEntry,
  type HandlerFunction,
  type Handlers,
} from './extension.ts'
export type {
  CommandOutput,
  FailureContext,
  HandlerContext,
  HandlerValues,
  RunShell,
  SettableValues,
} from './extension-context.ts'
export type { ConfigurationDraft, ConfigurationHook, DraftOf } from './extension-draft.ts'
export type { BootloaderHook, Hook, KernelHook } from './hooks/build.ts'
export type { ImageHook, ImageHookAlias } from './hooks/image.ts'
export type { PackageHook } from './hooks/package.ts'
export {
  definePackage,
  type HostPackage,
  type Package,
  type PackageBody,
  type PackageScripts,
} from './package.ts'
export type { Arch } from './schema/bsp.ts'
export { isSh, Sh, type ShValue, sh } from './sh.ts'
export type { ToolGroup } from './tools.ts'
export { type Without, without } from './without.ts'
