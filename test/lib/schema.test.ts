/** The schemas: what is valid, and each rule broken once. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type * as z from 'zod'
import {
  bspSchema,
  PROJECT_DEFAULTS,
  projectSchema,
  type RuleParams,
  scriptSchema,
} from '../../lib/schema.ts'
import { isSh, sh } from '../../lib/sh.ts'

type Data = Record<string, unknown>
type Found = [path: string, code: string]

/** Every issue as its path and the code that a diagnostic gets: ours, or zod's own for types and keys. */
function issues(schema: z.ZodType, data: unknown): Found[] {
  return (schema.safeParse(data).error?.issues ?? []).map(issue => {
    const ours = issue.code === 'custom' ? (issue.params as RuleParams | undefined)?.code : undefined
    return [issue.path.join('.'), ours ?? issue.code]
  })
}

const bsp = { name: 'lobby', description: 'Lobby panel', arch: 'arm64', hostname: 'lobby' }
const project = { name: 'kiosk', project_version: '1.4.0', bsp: 'qemu' }
const withBsp = (more: Data) => ({ ...bsp, ...more })
const withProject = (more: Data) => ({ ...project, ...more })
const withScript = (more: Data) => withBsp({ scripts: [{ step: 'make_image', location: './a.sh', ...more }] })
const withProjectScript = (more: Data) => withProject({ scripts: [{ location: './a.sh', ...more }] })

const fullBsp = withBsp({
  display: { resolution: '1920x1080' },
  cage: { env: ['WLR_RENDERER=pixman'], hide_cursor: true },
  boot: {
    kernel: {
      custom_kernel: true,
      source: 'https://example.org/linux.git#v6.12',
      version: '6.12',
      defconfig: 'defconfig',
      fragments: ['CONFIG_USB=y', './configs/x.config'],
      patches: ['./patches/a.patch'],
      device_tree: { dts: './x.dts', overlays: ['./y.dtso'], include_paths: ['./dts'] },
    },
    bootloader: {
      enabled: true,
      type: 'u-boot',
      version: '2025.01',
      source: 'https://example.org/u-boot.tar.gz',
      defconfig: 'x_defconfig',
      fragments: [],
      patches: [],
      device_tree: { dts: ['a.dts'], dtsi: ['a.dtsi'], include_paths: [], standalone: true },
      boot_method: 'extlinux',
      boot_config: './extlinux.conf',
      blobs: [
        { id: 'a', role: 'bl31', path: './a.bin', required: true, sha256: '00'.repeat(32), make_var: 'BL31' },
      ],
    },
  },
  rootfs: { overlay: './overlay', packages: ['vim', './x.deb'] },
  runtime: { compatible_strux_api: ['0.3'], extensions: [{ path: './ext' }, { import: 'example.org/ext' }] },
  scripts: [
    {
      id: 'make-image',
      step: 'make_image',
      location: './make-image.sh',
      cached_generated_artifacts: ['output/disk.img', '../x', '.hidden'],
      depends_on: ['./image.cfg', 'cache/rootfs-post.tar.gz', './overlay/**'],
      description: 'Makes the image',
      tools: ['image', 'rootfs'],
    },
    { step: 'after_build', run: sh`true`, tools: [] },
  ],
})

const fullProject = withProject({
  project_version: '1.4.0-rc.1+build.5',
  bsps: ['bsp/*/bsp.ts', 'boards/*.ts'],
  application: './app',
  hostname: 'kiosk',
  boot: { splash: { enabled: true, logo: './assets/logo.png', color: '1E90ff' } },
  update: { enabled: true, auto_bundle: true },
  display: {
    monitors: [
      { path: '/', resolution: '1920x1080', transform: 90, names: ['HDMI-A-1'], input_devices: ['touch'] },
      { path: '/b', transform: 'flipped-270' },
    ],
  },
  rootfs: { overlay: 'overlay/', packages: ['vim'] },
  scripts: [
    {
      location: '../shared/a.sh',
      description: 'd',
      depends_on: ['./x'],
      cached_generated_artifacts: ['y'],
      id: 'a',
    },
    { step: 'rootfs_post', run: sh`true` },
  ],
  qemu: {
    enabled: true,
    network: true,
    usb: [{ vendor_id: '0bda', product_id: 'ABCD' }],
    flags: ['-m', '2G'],
  },
  build: {
    host_packages: ['x'],
    cache: { enabled: false, force_rebuild: ['rootfs'], ignore_patterns: ['*.md'] },
  },
  builder: {
    image: 'registry.example:5000/me/builder:2',
    suite: 'trixie',
    mirror: 'https://mirror.example/debian',
  },
  dev: {
    server: {
      fallback_hosts: [{ host: '10.0.0.1', port: 8000 }],
      use_mdns_on_client: false,
      client_key: 'k',
    },
    inspector: { enabled: true, port: 9223 },
    usb: { enabled: false, subnet: '10.1.2.0/30' },
  },
})

test('accepts the least and the most that can be said, and returns it as it was', () => {
  for (const data of [bsp, fullBsp]) assert.equal(bspSchema.parse(data) as unknown, data)
  for (const data of [project, fullProject]) assert.equal(projectSchema.parse(data) as unknown, data)
  assert.ok(projectSchema.parse({ ...project, ...PROJECT_DEFAULTS }), 'the defaults are valid themselves')
})

test('undefined is judged like an absent key, whichever key it is', () => {
  const plain = (value: unknown) => value !== null && typeof value === 'object' && !isSh(value)
  const copy = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(copy)
    return plain(value)
      ? Object.fromEntries(Object.entries(value as Data).map(([k, v]) => [k, copy(v)]))
      : value
  }
  let compared = 0
  const compare = (schema: z.ZodType, whole: Data, path: readonly string[] = []) => {
    const find = (root: Data) => path.reduce<unknown>((value, key) => (value as Data)[key], root) as Data
    for (const [key, value] of Object.entries(find(whole))) {
      if (!Array.isArray(find(whole))) {
        const [absent, empty] = [copy(whole) as Data, copy(whole) as Data]
        delete find(absent)[key]
        find(empty)[key] = undefined
        assert.equal(issues(schema, empty), issues(schema, absent), [...path, key].join('.'))
        compared++
      }
      if (plain(value)) compare(schema, whole, [...path, key])
    }
  }
  compare(bspSchema, fullBsp)
  compare(projectSchema, fullProject)
  assert.ok(compared > 100)
})

const BROKEN: readonly [schema: z.ZodType, data: unknown, path: string, code: string][] = [
  // what zod says itself
  [bspSchema, { ...bsp, name: undefined }, 'name', 'invalid_type'],
  [bspSchema, withBsp({ hostname: 12 }), 'hostname', 'invalid_type'],
  [bspSchema, withBsp({ hostname: 'a\nb' }), 'hostname', 'shell_unsafe'],
  [bspSchema, withBsp({ hostnam: 'x' }), '', 'unrecognized_keys'],
  [bspSchema, withBsp({ boot: { kernel: {} } }), 'boot.kernel.custom_kernel', 'invalid_type'],
  [bspSchema, withBsp({ boot: { bootloader: { type: 'grub' } } }), 'boot.bootloader.enabled', 'invalid_type'],
  [
    bspSchema,
    withBsp({ boot: { kernel: { custom_kernel: false, package: 'linux' } } }),
    'boot.kernel.package',
    'bad_kernel_package',
  ],
  ...(
    [
      [[{ name: 'a', mount: '/usr/x' }], '0.mount', 'bad_mount_point'],
      [[{ name: 'a', mount: '/a/../b' }], '0.mount', 'bad_mount_point'],
      [[{ name: 'a', mount: '/a', mount_options: 'ro noatime' }], '0.mount_options', 'bad_mount_options'],
      [[{ name: 'a', type: 'root', mount: '/a' }], '0', 'mount_without_effect'],
    ] as const
  ).map(([partitions, path, code]): [z.ZodType, unknown, string, string] => [
    bspSchema,
    withBsp({ image: { partitions } }),
    `image.partitions.${path}`,
    code,
  ]),
  [
    bspSchema,
    withBsp({
      image: {
        partitions: [
          { name: 'a', mount: '/a' },
          { name: 'b', mount: '/a' },
        ],
      },
    }),
    'image.partitions',
    'mount_point_taken',
  ],
  [
    bspSchema,
    withBsp({ boot: { kernel: { custom_kernel: true, device_tree: {} } } }),
    'boot.kernel.device_tree.dts',
    'invalid_union',
  ],
  [bspSchema, withScript({ depend_on: [] }), 'scripts.0', 'unrecognized_keys'],
  [bspSchema, withBsp({ scripts: null }), 'scripts', 'invalid_type'],
  // values
  [bspSchema, withBsp({ arch: 'amd46' }), 'arch', 'bad_arch'],
  [bspSchema, withBsp({ arch: 'ARM64' }), 'arch', 'bad_arch'],
  [bspSchema, withBsp({ display: { resolution: '1920*1080' } }), 'display.resolution', 'bad_resolution'],
  [bspSchema, withBsp({ display: { resolution: '0x1080' } }), 'display.resolution', 'bad_resolution'],
  [bspSchema, withBsp({ display: { resolution: '-1x1' } }), 'display.resolution', 'bad_resolution'],
  [bspSchema, withBsp({ display: { resolution: '1.5x1' } }), 'display.resolution', 'bad_resolution'],
  [bspSchema, withBsp({ display: { resolution: '1x1\n' } }), 'display.resolution', 'bad_resolution'],
  [
    bspSchema,
    withBsp({ boot: { bootloader: { enabled: true, type: 'uboot' } } }),
    'boot.bootloader.type',
    'unknown_value',
  ],
  [
    bspSchema,
    withBsp({ boot: { bootloader: { enabled: true, boot_method: 'x' } } }),
    'boot.bootloader.boot_method',
    'unknown_value',
  ],
  [bspSchema, withBsp({ runtime: { extensions: [{}] } }), 'runtime.extensions.0', 'path_or_import'],
  // scripts
  [bspSchema, withScript({ step: 'before_kernal' }), 'scripts.0.step', 'unknown_hook'],
  [bspSchema, withScript({ step: 'rootfs_post' }), 'scripts.0.step', 'unknown_hook'],
  [
    bspSchema,
    withScript({ cached_generated_artifacts: ['a', './b'] }),
    'scripts.0.cached_generated_artifacts.1',
    'artifact_relative',
  ],
  [
    bspSchema,
    withScript({ cached_generated_artifacts: ['/b'] }),
    'scripts.0.cached_generated_artifacts.0',
    'absolute_path',
  ],
  [bspSchema, withScript({ location: '/a.sh' }), 'scripts.0.location', 'absolute_path'],
  [bspSchema, withScript({ depends_on: ['/etc/passwd'] }), 'scripts.0.depends_on.0', 'absolute_path'],
  [bspSchema, withScript({ location: undefined }), 'scripts.0.step', 'location_or_run'],
  [bspSchema, withScript({ run: sh`x` }), 'scripts.0.location', 'location_or_run'],
  [bspSchema, withScript({ location: undefined, run: 'x' }), 'scripts.0.run', 'run_not_sh'],
  [bspSchema, withScript({ id: '' }), 'scripts.0.id', 'bad_id'],
  [bspSchema, withScript({ id: 'a b' }), 'scripts.0.id', 'bad_id'],
  [bspSchema, withScript({ id: '-a' }), 'scripts.0.id', 'bad_id'],
  [bspSchema, withScript({ tools: ['image', 'knife'] }), 'scripts.0.tools.1', 'unknown_tool'],
  // projects
  [projectSchema, { ...project, bsp: undefined }, 'bsp', 'invalid_type'],
  [projectSchema, withProject({ strux_version: '0.3' }), '', 'unrecognized_keys'],
  [projectSchema, withProject({ project_version: 'v1.0.0' }), 'project_version', 'bad_version'],
  [projectSchema, withProject({ project_version: '1.0' }), 'project_version', 'bad_version'],
  [projectSchema, withProject({ project_version: '01.0.0' }), 'project_version', 'bad_version'],
  [projectSchema, withProject({ name: 'a;b' }), 'name', 'shell_unsafe'],
  [projectSchema, withProject({ bsp: '$(x)' }), 'bsp', 'shell_unsafe'],
  [projectSchema, withProject({ hostname: 'a\nb' }), 'hostname', 'shell_unsafe'],
  [projectSchema, withProject({ application: '/srv' }), 'application', 'absolute_path'],
  [projectSchema, withProject({ bsps: 5 }), 'bsps', 'invalid_union'],
  [
    projectSchema,
    withProject({ boot: { splash: { enabled: true, color: '000000' } } }),
    'boot.splash.logo',
    'invalid_type',
  ],
  [
    projectSchema,
    withProject({ boot: { splash: { enabled: true, logo: 'a', color: '#00000' } } }),
    'boot.splash.color',
    'bad_color',
  ],
  [
    projectSchema,
    withProject({ boot: { splash: { enabled: true, logo: ' a', color: '000000' } } }),
    'boot.splash.logo',
    'bad_path',
  ],
  [
    projectSchema,
    withProject({ boot: { splash: { enabled: true, logo: '', color: '000000' } } }),
    'boot.splash.logo',
    'bad_path',
  ],
  [projectSchema, withProject({ rootfs: { overlay: 'C:\\x' } }), 'rootfs.overlay', 'absolute_path'],
  [projectSchema, withProject({ rootfs: { packages: ['vim', 'a|b'] } }), 'rootfs.packages.1', 'shell_unsafe'],
  [projectSchema, withProject({ display: { monitors: [] } }), 'display.monitors', 'empty_list'],
  [
    projectSchema,
    withProject({ display: { monitors: [{ path: '/', resolution: 'x' }] } }),
    'display.monitors.0.resolution',
    'bad_resolution',
  ],
  [
    projectSchema,
    withProject({ display: { monitors: [{ path: '/', transform: 45 }] } }),
    'display.monitors.0.transform',
    'unknown_value',
  ],
  [projectSchema, withProject({ qemu: { enabled: true } }), 'qemu.network', 'invalid_type'],
  [
    projectSchema,
    withProject({
      qemu: { enabled: true, network: true, usb: [{ vendor_id: '0x0bda', product_id: '1234' }] },
    }),
    'qemu.usb.0.vendor_id',
    'bad_usb_id',
  ],
  [
    projectSchema,
    withProject({ qemu: { enabled: true, network: true, flags: ['-a & b'] } }),
    'qemu.flags.0',
    'shell_unsafe',
  ],
  [
    projectSchema,
    withProject({ build: { host_packages: ['`x`'] } }),
    'build.host_packages.0',
    'shell_unsafe',
  ],
  [projectSchema, withProject({ builder: { image: 'a b' } }), 'builder.image', 'bad_image'],
  [projectSchema, withProject({ builder: { suite: 'Trixie/x' } }), 'builder.suite', 'bad_suite'],
  [projectSchema, withProject({ builder: { mirror: 'ftp://x' } }), 'builder.mirror', 'bad_url'],
  [
    projectSchema,
    withProject({ dev: { server: { client_key: 'k' } } }),
    'dev.server.use_mdns_on_client',
    'invalid_type',
  ],
  [
    projectSchema,
    withProject({
      dev: {
        server: { use_mdns_on_client: true, client_key: 'k', fallback_hosts: [{ host: 'a<b', port: 1 }] },
      },
    }),
    'dev.server.fallback_hosts.0.host',
    'shell_unsafe',
  ],
  [projectSchema, withProject({ dev: { inspector: { port: 0 } } }), 'dev.inspector.port', 'bad_port'],
  [projectSchema, withProject({ dev: { inspector: { port: 1.5 } } }), 'dev.inspector.port', 'bad_port'],
  [projectSchema, withProject({ dev: { inspector: { port: 65536 } } }), 'dev.inspector.port', 'bad_port'],
  [
    projectSchema,
    withProject({ dev: { usb: { subnet: '192.168.7.0/31' } } }),
    'dev.usb.subnet',
    'bad_subnet',
  ],
  [
    projectSchema,
    withProject({ dev: { usb: { subnet: '192.168.256.0/24' } } }),
    'dev.usb.subnet',
    'bad_subnet',
  ],
  [projectSchema, withProject({ dev: { usb: { subnet: '192.168.7.0' } } }), 'dev.usb.subnet', 'bad_subnet'],
  // scripts of a project
  [projectSchema, withProjectScript({ step: 'make_image' }), 'scripts.0.step', 'unknown_hook'],
  [projectSchema, withProjectScript({ location: '/a.sh' }), 'scripts.0.location', 'absolute_path'],
  [projectSchema, withProjectScript({ location: 'a;b' }), 'scripts.0.location', 'shell_unsafe'],
  [projectSchema, withProjectScript({ run: sh`x` }), 'scripts.0.location', 'location_or_run'],
  [projectSchema, withProjectScript({ location: undefined }), 'scripts.0', 'location_or_run'],
  [
    projectSchema,
    withProjectScript({ cached_generated_artifacts: ['./b'] }),
    'scripts.0.cached_generated_artifacts.0',
    'artifact_relative',
  ],
  [projectSchema, withProjectScript({ tools: ['image'] }), 'scripts.0', 'unrecognized_keys'],
]
for (const [schema, data, path, code] of BROKEN) {
  test(`refuses ${code} at ${path || 'the top'} ${JSON.stringify(data).slice(-60)}`, () => {
    assert.equal(issues(schema, data), [[path, code]])
  })
}

test('everything that is wrong is said at once', () => {
  const data = { step: 'oops', location: '/x', run: sh`x`, unknown: 1, tools: ['knife'], description: 5 }
  assert.equal(issues(scriptSchema, data).sort(), [
    ['', 'unrecognized_keys'],
    ['description', 'invalid_type'],
    ['location', 'absolute_path'],
    ['location', 'location_or_run'],
    ['step', 'unknown_hook'],
    ['tools.0', 'unknown_tool'],
  ])
  for (const value of [null, [], 'x', undefined])
    assert.equal(issues(scriptSchema, value), [['', 'invalid_type']])
})

test('issues carry what a diagnostic needs: words, a hint, the choices', () => {
  const [issue] = bspSchema.safeParse(withBsp({ arch: 'amd46' })).error?.issues ?? []
  assert.is(issue?.message, "'amd46' is not an architecture")
  const params = (issue as unknown as { params: RuleParams }).params
  assert.ok(params.choices?.includes('amd64'))
  assert.match(params.hint ?? '', 'amd64')
  const [sh] = scriptSchema.safeParse({ step: 'make_image', run: 'x' }).error?.issues ?? []
  assert.is(sh?.message, 'an inline script needs the sh tag')
})

test.run()
