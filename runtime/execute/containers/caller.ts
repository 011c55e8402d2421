/** The user who runs strux, and who owns what builds make. */
export interface Caller {
  readonly uid: number
  readonly gid: number
}
