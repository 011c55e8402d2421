/** The type of a compile-time error. */
declare const error: unique symbol

/** Accepts no value; the type argument is the message. */
export interface BspError<Message extends string> {
  readonly [error]: Message
}
