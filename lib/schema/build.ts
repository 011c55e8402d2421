/** Settings of builds and of builder images, part of a project. */
import * as z from 'zod'
import { shellSafe } from './path.ts'
import { matching, strings, text } from './rule.ts'

const suite = matching('bad_suite', /^[a-z][a-z0-9.-]*$/, 'the name of a Debian suite', "such as 'trixie'")
const mirror = matching(
  'bad_url',
  /^https?:\/\/[^\s$`;&|<>]+$/,
  'the URL of a mirror',
  "such as 'http://mirror.example/debian'",
)
const image = matching(
  'bad_image',
  /^[a-z0-9][A-Za-z0-9._/:@-]*$/,
  'the name of an image',
  "such as 'registry.example/builder:2'",
)

export const buildSchema = z.strictObject({
  /** Debian packages in every builder image, in addition to the tools of its scripts. */
  host_packages: z
    .array(text(shellSafe))
    .readonly()
    .optional()
    .describe('Debian packages in every builder image, in addition to the tools of its scripts.'),
  /** Built-in steps that a device without a screen or application can omit. */
  steps: z
    .strictObject({
      /** Whether the device has an application. Default: true. With `false`, the other steps here are `false` by default too. */
      application: z
        .boolean()
        .optional()
        .describe(
          'Whether the device has an application. Default: true. With `false`, the other steps here are `false` by default too.',
        ),
      /** Whether the device has the client, which starts the application and the screen. Default: true if there is an application. */
      client: z
        .boolean()
        .optional()
        .describe(
          'Whether the device has the client, which starts the application and the screen. Default: true if there is an application.',
        ),
      /** Whether to build the web frontend. Default: true if there is an application. */
      frontend: z
        .boolean()
        .optional()
        .describe('Whether to build the web frontend. Default: true if there is an application.'),
      /** Whether the device has the Cage compositor. Default: true if there is an application. */
      cage: z
        .boolean()
        .optional()
        .describe('Whether the device has the Cage compositor. Default: true if there is an application.'),
      /** Whether the device has the WPE WebKit browser. Default: true if there is an application. */
      wpe: z
        .boolean()
        .optional()
        .describe('Whether the device has the WPE WebKit browser. Default: true if there is an application.'),
    })
    .optional()
    .describe('Built-in steps that a device without a screen or application can omit.'),
  /** Settings of the build cache. */
  cache: z
    .strictObject({
      /** Whether unchanged steps and scripts are skipped. Default: true. */
      enabled: z
        .boolean()
        .optional()
        .describe('Whether unchanged steps and scripts are skipped. Default: true.'),
      /** Steps, hooks and ids of scripts that run on every build. `rootfs-base` and `rootfs-post` are the steps `rootfs` and `rootfs_post`. */
      force_rebuild: strings
        .optional()
        .describe(
          'Steps, hooks and ids of scripts that run on every build. `rootfs-base` and `rootfs-post` are the steps `rootfs` and `rootfs_post`.',
        ),
      /** Names or suffixes (`*.log`) of files that do not count in the folders and globs that scripts depend on. */
      ignore_patterns: strings
        .optional()
        .describe(
          'Names or suffixes (`*.log`) of files that do not count in the folders and globs that scripts depend on.',
        ),
    })
    .optional()
    .describe('Settings of the build cache.'),
})

export const builderSchema = z.strictObject({
  /** Name of your own image, used unchanged. By default images are made with the tools that each script asks for. */
  image: text(image)
    .optional()
    .describe(
      'Name of your own image, used unchanged. By default images are made with the tools that each script asks for.',
    ),
  /** Debian suite of images and root filesystems. Default: `'trixie'`. */
  suite: text(suite).optional().describe("Debian suite of images and root filesystems. Default: `'trixie'`."),
  /** URL of the Debian mirror. */
  mirror: text(mirror).optional().describe('URL of the Debian mirror.'),
})
