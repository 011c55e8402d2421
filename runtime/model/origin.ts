/** The position of a value: its definition, and the keys that lead to it. */
export interface Origin {
  readonly source: 'project' | 'bsp'
  readonly keys: readonly (string | number)[]
}
