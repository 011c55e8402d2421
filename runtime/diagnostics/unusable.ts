/**
 * Takes the place of a value that cannot be read: a getter that throws, a value that contains itself. It travels with
 * the rest of the definition, and validation reports it at its place.
 */
export class Unusable {
  /** A clause without a full stop: what is wrong. */
  readonly message: string
  readonly hint: string | undefined

  constructor(message: string, hint?: string) {
    this.message = message
    this.hint = hint
  }
}
