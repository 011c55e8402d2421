/** The names that a BSP may have: its folder is called so, and so are folders and files of its builds. */
export const BSP_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/
