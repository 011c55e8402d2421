/** Facts about the device for its pages: read-only data. Undefined in a desktop browser. */
interface Strux {
  readonly versions: {
    readonly strux: string | null
    readonly project: string | null
    readonly kernel: string
    readonly webkit: string
  }
  readonly project: { readonly name: string | null; readonly version: string | null }
  readonly board: { readonly name: string | null; readonly arch: string | null; readonly hostname: string }
  readonly display: {
    readonly monitors: readonly {
      readonly path: string
      readonly resolution?: string
      readonly transform?: string
      readonly names?: readonly string[]
      readonly input_devices?: readonly string[]
    }[]
  }
}

interface Window {
  readonly strux?: Strux
}
