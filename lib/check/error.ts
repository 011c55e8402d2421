/** How the checks complain. */
declare const error: unique symbol

/** Nothing can be assigned to it; the type argument says why. */
export interface BspError<Message extends string> {
  readonly [error]: Message
}
