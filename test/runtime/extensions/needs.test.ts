/** `strux extensions check`: what a bash extension needs that is not here, with line and column. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { execaNode } from 'execa'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { enabledIn, helperNames, needsOf } from '../../../runtime/extensions/bash/needs.ts'
import { TempProject } from '../../support/project.ts'
import { REPOSITORY } from '../../support/repository.ts'

const found = (text: string, root?: string) =>
  needsOf([{ file: 'x.sh', text }], root === undefined ? {} : { root }).map(
    ({ code, line, column, message }) => `${line}:${column} ${code} ${message}`,
  )
const hints = (text: string) => needsOf([{ file: 'x.sh', text }]).map(({ hint }) => hint)

test('the extensions of the fixtures need nothing', () => {
  const folder = join(REPOSITORY, 'test/fixtures/bash-extensions')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name =>
    name.endsWith('.sh'),
  )
  assert.is(files.length, 15)
  for (const file of files)
    assert.equal(needsOf([{ file, text: readFileSync(join(folder, file), 'utf8') }]), [], file)
})

test('unknown functions, with a suggestion; wherever a command can be', () => {
  assert.equal(
    found(`user_config__x() {
  display_allert "a"
  if own_function; then y="$(other_thing a | cat)"; fi
  do_with_retries 3 fetch_thing_now
  run_host_command_logged unknown_tool_x a
  cat <<- EOT
	$(deep_inside)
	EOT
}
own_function() { :; }
`),
    [
      '2:3 unknown_helper there is no function display_allert',
      '3:30 unknown_helper there is no function other_thing',
      '4:21 unknown_helper there is no function fetch_thing_now',
      '5:27 unknown_helper there is no function unknown_tool_x',
      '7:4 unknown_helper there is no function deep_inside',
    ],
  )
  assert.is(hints('user_config__x() { display_allert a; }')[0], 'did you mean display_alert?')
  assert.match(hints('f() { armbian_kernel_config_thing a; }')[0]!, "the original's kernel build")
})

test('a function that the file calls is no handler of an unknown hook, whatever its name', () => {
  assert.equal(found('panel__write() { :; }\nfunction pre_customize_image__x() { panel__write; }'), [])
  assert.equal(
    found('function panel__retry { :; }\npre_customize_image__x() { do_with_retries 3 panel__retry; }'),
    [],
  )
  assert.equal(found('# panel__idle\nfunction panel__idle() { :; }'), [
    "2:10 unknown_hook panel__idle is never called: there is no hook 'panel'",
  ])
})

test('handlers for one kernel branch', () => {
  assert.equal(found('post_family_config_branch_current__x() { :; }'), [])
  assert.equal(found('post_family_config_branch_edge__x() { :; }'), [
    '1:1 unknown_hook post_family_config_branch_edge__x is never called: it is for the kernel branch edge',
  ])
  assert.equal(hints('post_family_config_branch_edge__x() { :; }'), ['BRANCH is current in every build'])
})

test('programs that the builder has not, unless the extension adds packages', () => {
  assert.equal(found('f() { qemu-img info x; frobnicate a; ./own-program; "$TOOL" x; }'), [
    '1:24 unknown_program the builder has no program frobnicate',
  ])
  assert.equal(found('f() { frobnicate a; }; add_host_dependencies__x() { EXTRA_BUILD_DEPS+=" frob"; }'), [])
  assert.equal(found('f() { chroot_sdcard frobnicate a; }'), [])
  assert.equal(
    found('f() { aarch64-linux-gnu-gcc-14 a; python3.13 b; gcc-frob; arm-linux-gnueabihf-frob; }'),
    [
      '1:49 unknown_program the builder has no program gcc-frob',
      '1:59 unknown_program the builder has no program arm-linux-gnueabihf-frob',
    ],
  )
})

test('hooks that are never called here', () => {
  assert.equal(
    found(
      'post_family_tweek__a() { :; }\npost_config_uboot_target__b() { :; }\nimage_tweaks_pre_customize__c() { :; }',
    ),
    [
      "1:1 unknown_hook post_family_tweek__a is never called: there is no hook 'post_family_tweek'",
      "2:1 unknown_hook post_config_uboot_target__b is never called: there is no hook 'post_config_uboot_target'",
    ],
  )
  assert.equal(hints('post_family_tweek__a() { :; }\npost_config_uboot_target__b() { :; }'), [
    "did you mean 'post_family_tweaks'?",
    "it belongs to the original's bootloader build, which is not part of this build",
  ])
})

test('hooks that an extension calls itself', () => {
  const caller =
    'pre_update_initramfs__x() {\n  call_extension_method "pre_flash" "pre_flash_old" <<-EOT\ntext\nEOT\n}\n'
  const handlers = 'pre_flash__a() { :; }\npre_flash_old__b() { :; }\n'
  assert.equal(found(caller + handlers), [])
  assert.equal(needsOf([{ file: 'a.sh', text: handlers }], { beside: [{ file: 'b.sh', text: caller }] }), [])
  assert.is(found(handlers).length, 2)
})

test('variables that are not set at a hook', () => {
  assert.equal(
    found(
      'post_customize_image__a() {\n  touch "${MOUNT}/boot/x" "$SDCARD/y" "${LOOP:-none}"\n}\npre_update_initramfs__b() { touch "$MOUNT/x"; }\nhelper() { echo "$MOUNT"; }',
    ),
    ['2:10 unset_variable MOUNT is not set at post_customize_image'],
  )
  assert.match(
    hints('post_family_tweaks__a() { touch $MOUNT/x; }')[0]!,
    'it is at format_partitions, pre_update_initramfs, pre_umount_final_image; the root filesystem is at SDCARD before',
  )
  assert.equal(found('post_customize_image__a() { MOUNT=$SDCARD; touch "$MOUNT/x"; }'), [])
  assert.equal(found('run_after_build__a() { ls "$SDCARD"; }'), [
    '1:28 unset_variable SDCARD is not set at run_after_build',
  ])
})

test('commands for the network in configuration hooks, also in functions that they call', () => {
  const text = `send() {
  echo "$1" | curl -d @- example.org
}
post_family_config__x() { do_with_retries 3 send a; }
config_tweaks_post_family_config__y() { run_host_command_logged wget b; }
run_after_build__x() { other; }
other() { curl c; }`
  assert.equal(found(text), [
    '2:15 no_network curl has no network: post_family_config__x runs while the definition is loaded',
    '5:65 no_network wget has no network: config_tweaks_post_family_config__y runs while the definition is loaded',
  ])
})

test('paths below SRC', () => {
  const project = new TempProject()
  project.write('userpatches/there.conf', '')
  project.write('extensions/own/tool.py', '')
  const text = `f() {
  cp "\${SRC}/packages/bsp/x" "$SRC/cache/sources/y"
  cp "\${SRC}"/config/z $SRC/userpatches/there.conf
  cp "$SRC/userpatches/absent.conf" "$SRC/userpatches/$BOARD.conf"
  cp "$SRC/extensions/own/tool.py" "$SRC/extensions/theirs/tool.py"
}`
  assert.equal(found(text, project.root), [
    '2:7 missing_path there is no packages/bsp/x below SRC',
    '3:7 missing_path there is no config/z below SRC',
    '4:7 missing_path there is no userpatches/absent.conf below SRC',
    '5:37 missing_path there is no extensions/theirs/tool.py below SRC',
  ])
  return project.dispose()
})

test('what a file looks for before it uses it is no mistake', () => {
  assert.equal(
    found(`post_family_tweaks__g() {
  if [[ "$(type -t acme_trim_hook)" == function ]]; then acme_trim_hook; fi
  command -v own-tool >/dev/null && own-tool
  declare -F other_hook_x && other_hook_x
  [[ "\${BSPFREEZE:-no}" == yes ]] || echo thawed
  for d in "$SRC/extensions/acme" "$SRC/packages/acme"; do [[ -d $d ]] && cp -r "$d" "$SDCARD/opt/"; done
  if [ -f "$SRC/config/x" ]; then . "$SRC/config/x"; fi
  true
}
`),
    [],
  )
  assert.equal(
    found(
      'post_family_tweaks__g() { cp "$SRC/config/x" /tmp; [[ -f "$SRC/config/y" ]]; echo "$BSPFREEZE"; }\n',
    ).length,
    2,
  )
})

test('parts of the kernel and bootloader builds', () => {
  assert.equal(
    found('post_family_config__x() {\n  BOOTSOURCE="x"\n  echo "${kernel_work_dir}/a" $KERNELSOURCE\n}'),
    [
      "2:3 unknown_internal BOOTSOURCE belongs to the original's kernel or bootloader build",
      "3:9 unknown_internal kernel_work_dir belongs to the original's kernel or bootloader build",
    ],
  )
})

test('a syntax error', () => {
  assert.match(found('f() {\n  if then\n}')[0]!, /^\d:\d+ syntax_error bash cannot read this/)
})

test('functions of files that are used together', () => {
  const base = { file: 'base.sh', text: 'base_tool() { :; }' }
  const top = { file: 'top.sh', text: 'enable_extension "base"\nuser_config__x() { base_tool; }' }
  assert.equal(needsOf([top, base]), [])
  assert.equal(needsOf([top], { beside: [base] }), [])
  assert.is(needsOf([top]).length, 1)
  assert.equal(enabledIn(top.text), ['base'])
})

test('every function of the helper library is known', () => {
  for (const name of ['display_alert', 'run_host_command_logged', 'fetch_from_repo', 'enable_extension'])
    assert.ok(helperNames().includes(name), name)
})

/** Runs `strux extensions check`. */
const check = (project: TempProject, ...args: string[]) =>
  execaNode(join(REPOSITORY, 'runtime/cli/main.ts'), ['extensions', 'check', ...args], {
    cwd: project.root,
    nodeOptions: ['--import', join(REPOSITORY, 'node_modules/tsx/dist/loader.mjs')],
    reject: false,
  })

test('the command: places for people and programs, and the exit code', async () => {
  const project = new TempProject()
  project.write('extensions/base.sh', 'base_tool() { :; }\n')
  project.write(
    'extensions/bad.sh',
    'enable_extension base\nuser_config__x() {\n  base_tool\n  no_such_thing\n}\n',
  )
  const run = (...args: string[]) => check(project, ...args)
  const bad = await run('extensions/bad.sh', '--json')
  assert.is(bad.exitCode, 1)
  const { ok, diagnostics } = JSON.parse(bad.stdout)
  assert.is(ok, false)
  assert.equal(
    diagnostics.map(({ file, line, code }: Record<string, unknown>) => [file, line, code]),
    [['extensions/bad.sh', 4, 'unknown_helper']],
  )
  const people = await run('extensions/bad.sh')
  assert.match(people.stderr, 'extensions/bad.sh:4:3')
  assert.match(people.stdout, '1 file: 1 thing missing')
  const good = await run('extensions/base.sh')
  assert.is(good.exitCode, 0)
  assert.is((await run('absent.sh')).exitCode, 2)
  // A warning is nothing that is missing.
  project.write('extensions/early.sh', 'post_customize_image__x() { touch "$MOUNT/x"; }\n')
  const early = await run('extensions/early.sh')
  assert.is(early.exitCode, 0)
  assert.match(early.stderr, 'MOUNT is not set at post_customize_image')
  await project.dispose()
})

test('the command: files are found as in a build, and so are those that they enable in turn', async () => {
  const project = new TempProject()
  project.write('vendor/top.sh', 'enable_extension base\nuser_config__x() { base_tool; deep_tool; }\n')
  project.write('vendor/base.sh', 'no_such_function() { :; }\n')
  project.write('extensions/base.sh', 'enable_extension deep\nbase_tool() { :; }\n')
  project.write('userpatches/extensions/deep/deep.sh', 'enable_extension base\ndeep_tool() { :; }\n')
  assert.is((await check(project, 'vendor/top.sh')).stdout, '1 file: everything that they need is there')
  project.remove('strux.config.ts')
  project.remove('extensions')
  const { stderr } = await check(project, 'vendor/top.sh')
  assert.match(stderr, 'base_tool')
  assert.match(stderr, 'deep_tool')
  await project.dispose()
})

test.run()
