/** The extensions that come with strux, also found by their names. */
export { debugAccess } from './debug-access.ts'
export { growRoot } from './grow-root.ts'
export { type ImageFormat, imageFormats } from './image-formats.ts'
export { serialConsole } from './serial-console.ts'
export { type SshUser, sshAccess } from './ssh-access.ts'
