/** The helper functions of bash extensions, row by row of the facts about existing files, in one container. */
import { execFileSync } from 'node:child_process'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { HandlerSession } from '../../support/handler-session.ts'
import { TempProject } from '../../support/project.ts'

const test = suite('helpers of bash extensions')
const project = new TempProject()
const session = new HandlerSession(project)
test.before(async () => {
  // The container's own root filesystem serves as SDCARD and MOUNT: it has bash, apt-get and dpkg.
  const { code, said } = await session.bash(`set -e
mkdir -p /sdcard /mnt/image /tmp/src
mount --bind / /sdcard
mount --bind / /mnt/image`)
  assert.is(code, 0, said)
})
test.after(async () => {
  await session.close()
  await project.dispose()
})

/** Runs the body of a handler that must succeed; returns its standard output. */
async function output(body: string, env: Record<string, string> = {}): Promise<string> {
  const { code, stdout, said } = await session.handler(body, { env })
  assert.is(code, 0, said)
  return stdout
}

const ends = async (body: string, env: Record<string, string> = {}) => session.handler(body, { env })

test('display_alert: to standard error, by level, and it always succeeds', async () => {
  const { code, stdout, stderr } = await ends(`for level in err wrn info debug command ext '' strange; do
  display_alert "Message" "extra" "$level"
done
display_alert
display_alert "Only" && echo fine`)
  assert.is(code, 0)
  assert.is(stdout, 'fine')
  assert.equal(stderr.split('\n').slice(0, 4), [
    'error: Message [ extra ]',
    'warning: Message [ extra ]',
    'Message [ extra ]',
    '$ Message [ extra ]',
  ])
  assert.match((await ends('display_alert a b debug', { SHOW_DEBUG: 'yes' })).stderr, 'debug: a')
})

test('exit_with_error: code 43, with file and line, and the cleanups run, the last one first', async () => {
  const { code, stdout, stderr } = await ends(`add_cleanup_handler "echo first"
add_cleanup_handler 'echo second; false'
clean_third() { echo third; }
add_cleanup_handler clean_third
exit_with_error "No medium" "sda"`)
  assert.is(code, 43)
  assert.match(stderr, /error: extensions\/case-\d+\.sh:6: No medium \[ sda \]/)
  assert.is(stdout, 'third\nsecond\nfirst')
  assert.is((await ends('exit_with_target_not_supported_error "x"')).code, 44)
})

test('a command that fails ends the handler; file and line are told', async () => {
  const { code, stdout, stderr } = await ends('echo before\nfalse | cat\necho after')
  assert.is(code, 1)
  assert.is(stdout, 'before')
  assert.match(stderr, /error: extensions\/case-\d+\.sh:3: exit code 1: false \| cat/)
  const deep = await ends('inner() {\n  ls /nowhere/at/all\n}\ninner')
  assert.match(deep.stderr, /case-\d+\.sh:3: exit code 2: ls \/nowhere/)
  const helper = await ends('\n\nrun_host_command_logged exit 7')
  assert.is(helper.code, 7)
  assert.match(helper.stderr, /case-\d+\.sh:4: exit code 7: run_host/)
})

test('an error in an expression ends the handler, although bash would go on', async () => {
  for (const body of [
    'x=$((1 / NOTHING))\necho after',
    'inner() {\n  if [[ -z "$NOTHING" ]]; then y=$((08)); fi\n}\ninner || :\necho after',
  ]) {
    const { code, stdout, stderr } = await ends(body)
    assert.is(code, 1, stderr)
    assert.is(stdout, '')
    assert.match(stderr, /case-\d+\.sh: line \d+: /)
    assert.match(stderr, 'error: pre_customize_image__test: bash abandoned it')
  }
})

test('a trap of a handler for its end does not lose the variables that it sets', async () => {
  const { code, stdout, said } = await session.handler('trap "echo own" EXIT\nCHOSEN=yes', {
    sets: ['CHOSEN'],
  })
  assert.is(code, 0, said)
  assert.is(stdout, 'own')
  assert.is((await session.bash('echo "$CHOSEN"')).stdout, '')
  assert.match((await session.bash('cat /tmp/.strux-variables')).stdout, 'CHOSEN="yes"')
})

test('run_host_command_logged: arguments are joined, and evaluated by a new bash', async () => {
  assert.is(await output(`run_host_command_logged printf "a\\\\\\\\nb\\\\\\\\n" "|" wc -l`), '2')
  assert.is(await output('run_host_command_logged echo one ">" /tmp/made; cat /tmp/made'), 'one')
  assert.is(
    await output('hidden=1; export SEEN=2; run_host_command_logged echo "\\"[\\$hidden\\$SEEN]\\""'),
    '[2]',
  )
  assert.is((await ends('own() { :; }; run_host_command_logged own')).code, 127)
  assert.is(await output('cd /usr/lib; run_host_command_logged pwd'), '/usr/lib')
  assert.is((await ends('run_host_command_logged false "|" true')).code, 1)
  assert.is(await output('run_host_command_logged "false; echo not reached" || echo "code $?"'), 'code 1')
  assert.is(await output('run_host_command_logged exit 9 || echo "code $?"'), 'code 9')
})

test('run_host_command_logged_raw: exactly these arguments', async () => {
  assert.is(await output('run_host_command_logged_raw printf "[%s]" "a b" "|" c'), '[a b][|][c]')
})

test('use_clean_environment: a program sees no variable of the build', async () => {
  const seen = await output('export SECRET=1; use_clean_environment=yes run_host_command_logged env')
  assert.not.match(seen, /SECRET|BOARD/)
  assert.match(seen, /^PATH=/m)
})

test('chroot_sdcard, chroot_mount, chroot_custom: joined, inside the folder, with the locale C', async () => {
  await session.bash('mkdir -p /sdcard/tmp/inside; echo yes >/sdcard/tmp/inside/file')
  assert.is(await output('chroot_sdcard cat /tmp/inside/file "|" tr y Y'), 'Yes')
  assert.is(await output('chroot_mount "cat /tmp/inside/file && echo more"'), 'yes\nmore')
  assert.is(
    await output('chroot_custom "$SDCARD" echo "\\$LC_ALL" "\\$LANG"', { LANG: 'de_DE.UTF-8' }),
    'C C',
  )
  assert.is((await ends('chroot_sdcard "false | true"')).code, 1)
  assert.is((await ends('chroot_custom /nowhere true')).code, 43)
})

test('chroot_sdcard_with_stdout: no shell in between, for $(…)', async () => {
  assert.is(
    await output('text="$(chroot_sdcard_with_stdout printf "<%s>" "a b" "|")"; echo "$text"'),
    '<a b><|>',
  )
})

test('if_error_find_files_sdcard and if_error_detail_message are shown when a command fails', async () => {
  await session.bash('mkdir -p /sdcard/tmp/dkms; echo "compiler said no" >/sdcard/tmp/dkms/make.log')
  const { stderr } = await ends(`declare -a if_error_find_files_sdcard=("/tmp/dkms/*.log")
if_error_detail_message="DKMS failed" chroot_sdcard "exit 3"`)
  assert.match(stderr, 'DKMS failed')
  assert.match(stderr, 'compiler said no')
})

test('chroot_sdcard_apt_get: without questions, three tries, and old configuration files stay', async () => {
  const made = await session.bash(`set -e
mkdir -p /tmp/p/DEBIAN /tmp/p/etc
printf 'Package: strux-case\\nVersion: 1\\nArchitecture: all\\nMaintainer: a <a@example.com>\\nDescription: a\\nRecommends: absent-package\\n' >/tmp/p/DEBIAN/control
echo /etc/strux-case.conf >/tmp/p/DEBIAN/conffiles
echo one >/tmp/p/etc/strux-case.conf
dpkg-deb -b /tmp/p /tmp/case_1.deb
sed -i 's/Version: 1/Version: 2/' /tmp/p/DEBIAN/control
echo two >/tmp/p/etc/strux-case.conf
dpkg-deb -b /tmp/p /tmp/case_2.deb
printf '#!/bin/sh\\necho "$DEBIAN_FRONTEND $EXTRA"\\n' >/tmp/env.sh
chmod 755 /tmp/env.sh`)
  assert.is(made.code, 0, made.said)
  await output('chroot_sdcard_apt_get_install /tmp/case_1.deb')
  await session.bash('echo mine >/etc/strux-case.conf')
  await output('use_clean_environment=yes chroot_sdcard_apt_get_install /tmp/case_2.deb')
  assert.is(await output("dpkg-query -W -f '${Version}' strux-case; cat /etc/strux-case.conf"), '2mine')
  await output('chroot_sdcard_apt_get_remove "strux-case"')
  const { code, stdout } = await ends(
    'chroot_sdcard_apt_get_install no-such-package-at-all || echo "code $?"',
  )
  assert.is(code, 0)
  assert.match(stdout, 'code 1')
  const seen = await output(`extra_apt_envs=("EXTRA=a b")
chroot_sdcard_apt_get "-o DPkg::Pre-Install-Pkgs::=/tmp/env.sh install /tmp/case_2.deb"`)
  assert.match(seen, 'noninteractive a b')
})

test('chroot_sdcard_apt_get_update fails if an index cannot be fetched', async () => {
  await session.bash(`mkdir -p /tmp/lists; mv /etc/apt/sources.list /tmp/lists/ 2>/dev/null; mv /etc/apt/sources.list.d/* /tmp/lists/ 2>/dev/null
echo 'deb [trusted=yes] file:/nowhere ./' >/etc/apt/sources.list`)
  assert.is((await ends('chroot_sdcard_apt_get_update')).code, 1)
  await session.bash('rm /etc/apt/sources.list')
  assert.is((await ends('chroot_sdcard_apt_get_update')).code, 0)
})

test('do_with_retries: until it succeeds, with RETRY_RUNS; 1 in the end', async () => {
  assert.is(
    await output(
      'third() { echo "run $RETRY_RUNS"; ((RETRY_RUNS == 3)); }; sleep_seconds=0 do_with_retries 5 third',
    ),
    'run 1\nrun 2\nrun 3',
  )
  const { code, stdout } = await ends(
    'sleep_seconds=0 do_with_retries 2 sh -c "echo try; exit 8" || echo "code $?"',
  )
  assert.is(code, 0)
  assert.is(stdout, 'try\ntry\ncode 1')
  assert.is((await ends('sleep_seconds=0 do_with_retries 1 false')).code, 1)
})

test('fetch_from_repo: branches, tags, commits and head; a clean checkout; the working folder is there', async () => {
  const repository = project.at('repository')
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', repository, '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {
      encoding: 'utf8',
    }).trim()
  project.write('repository/file', 'one')
  git('init', '-q', '-b', 'main')
  git('add', '.')
  git('commit', '-q', '-m', 'one')
  git('tag', '-a', 'v1', '-m', 'v1')
  const first = git('rev-parse', 'HEAD')
  project.write('repository/file', 'two')
  git('commit', '-q', '-a', '-m', 'two')
  const second = git('rev-parse', 'HEAD')
  git('checkout', '-q', '-b', 'side')
  project.write('repository/file', 'three')
  git('commit', '-q', '-a', '-m', 'three')
  git('checkout', '-q', 'main')
  const url = 'file:///project/repository'
  const fetched = (ref: string, more = '') =>
    output(
      `fetch_from_repo "${url}" "tool" "${ref}" ${more} >&2\npwd; cat file; echo " $fetched_revision $checked_out_revision"`,
    )
  assert.is(await fetched('branch:main'), `/tmp/src/cache/sources/tool\ntwo ${second} ${second}`)
  await session.bash('cd /tmp/src/cache/sources/tool; echo changed >file; touch left; rm .git/index')
  assert.is(await fetched('tag:v1'), `/tmp/src/cache/sources/tool\none ${first} ${first}`)
  assert.is((await session.bash('ls /tmp/src/cache/sources/tool')).stdout, 'file')
  assert.match(await fetched('branch:side', 'yes'), /^\/tmp\/src\/cache\/sources\/tool\/side\nthree /)
  assert.match(await fetched(`commit:${first}`), `\none ${first} ${first}`)
  assert.match(await fetched('head'), `\ntwo ${second}`)
  assert.is((await ends(`fetch_from_repo ${url} tool main`)).code, 43)
  const missing = await ends(`sleep_seconds=0 fetch_from_repo ${url} tool branch:none`)
  assert.is(missing.code, 17)
  assert.match(missing.stderr, 'git failed three times')
})

test('fetch_from_repo: submodules', async () => {
  const commands = `set -e
export GIT_ALLOW_PROTOCOL=file GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.com GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.com
cd /tmp; git init -q -b main inner; cd inner; echo deep >deep; git add .; git commit -q -m one
cd /tmp; git init -q -b main outer; cd outer; git submodule -q add file:///tmp/inner part; git commit -q -m one`
  assert.is((await session.bash(commands)).code, 0)
  assert.is(
    await output('fetch_from_repo file:///tmp/outer outer branch:main >&2; cat part/deep', {
      GIT_ALLOW_PROTOCOL: 'file',
    }),
    'deep',
  )
})

test('mount_chroot and umount_chroot: in pairs, and what was mounted before stays', async () => {
  await session.bash(`mkdir -p /tmp/root/bin; mount -t tmpfs tmpfs /tmp/root`)
  const mounts = (folder: string) =>
    `for each in proc sys dev dev/pts tmp; do mountpoint -q ${folder}/$each && echo $each; done; :`
  assert.is(await output(`mount_chroot /tmp/root\n${mounts('/tmp/root')}`), 'proc\nsys\ndev\ndev/pts\ntmp')
  // In another handler.
  assert.is(await output(`umount_chroot /tmp/root/\n${mounts('/tmp/root')}`), '')
  await session.bash('mount -t proc proc /sdcard/proc')
  assert.is(await output(`mount_chroot "$SDCARD"\numount_chroot "$SDCARD"\n${mounts('/sdcard')}`), 'proc')
  await session.bash('umount /sdcard/proc')
})

test('call_extension_method: handlers of a hook of its own, in order, then those of the alias', async () => {
  assert.is(
    await output(`tell() { echo "$HOOK_POINT $HOOK_ORDER/$HOOK_POINT_TOTAL_FUNCS \${FUNCNAME[1]}"; }
pre_flash__zed() { tell; }
pre_flash__033_b() { tell; }
pre_flash__033_a() { tell; }
pre_flash_old__1_first() { tell; }
call_extension_method pre_flash pre_flash_old <<-TEXT
  *documentation*
TEXT
call_extension_method nothing_here </dev/null`),
    [
      'pre_flash 1/4 pre_flash__033_a',
      'pre_flash 2/4 pre_flash__033_b',
      'pre_flash 3/4 pre_flash__zed',
      'pre_flash 4/4 pre_flash_old__1_first',
    ].join('\n'),
  )
})

test("LOG_SUBPATH: the output folder's place for logs is there", async () => {
  assert.is(
    await output('echo line >"$DEST/$LOG_SUBPATH/flash.log"; cat "$DEST/logs/flash.log"', {
      DEST: '/tmp/dest',
    }),
    'line',
  )
})

test('check_loop_device: a block device with a size, else 43', async () => {
  const image = await output(`truncate -s 1M /tmp/disk
device=$(losetup -f --show /tmp/disk)
rm -f "$device.other"
check_loop_device "$device"
losetup -d "$device"
echo done`)
  assert.is(image, 'done')
  const { code, stderr } = await ends('sleep() { :; }; check_loop_device /dev/no-such-device')
  assert.is(code, 43)
  assert.match(stderr, '/dev/no-such-device is not a block device with a size')
})

test('execute_and_remove_cleanup_handler: now, and not again; handlers of earlier hooks included', async () => {
  await output('add_cleanup_handler "echo kept"; add_cleanup_handler "echo removed"')
  assert.is(await output('execute_and_remove_cleanup_handler "echo removed"'), 'removed')
  assert.is((await ends('exit 3')).stdout, 'kept')
})

test('what is left when a step ends is cleaned up with the functions and variables of its handlers', async () => {
  await session.file(
    'mine() { echo "closing $DEVICE"; }\npre_customize_image__test() { DEVICE=x; add_cleanup_handler mine; }\n',
  )
  assert.is((await session.bash('bash /tmp/.strux-extensions.clean-up.sh')).stdout, 'closing x')
})

test('update_initramfs: of the installed kernel', async () => {
  await session.bash(`mkdir -p /lib/modules/6.1-a /lib/modules/6.12-a
printf '#!/bin/sh\\necho "initramfs $*"\\n' >/usr/local/bin/update-initramfs; chmod 755 /usr/local/bin/update-initramfs`)
  assert.is(await output('update_initramfs "$SDCARD"'), 'initramfs -c -k 6.12-a')
  await session.bash('mkdir -p /boot; touch /boot/initrd.img-6.1-a')
  assert.is(
    await output('update_initramfs "$SDCARD"', { IMAGE_INSTALLED_KERNEL_VERSION: '6.1-a' }),
    'initramfs -u -k 6.1-a',
  )
  assert.is((await ends('update_initramfs /tmp/root')).code, 43)
})

test('deploy_qemu_binary_to_chroot: nothing on the own architecture', async () => {
  await session.bash('mkdir -p /tmp/root/usr/bin; printf x >/usr/bin/qemu-aarch64-static')
  const ls = 'ls /tmp/root/usr/bin'
  assert.is(await output(`deploy_qemu_binary_to_chroot /tmp/root; ${ls}`, { ARCH: 'amd64' }), '')
  assert.is(
    await output(`deploy_qemu_binary_to_chroot /tmp/root; ${ls}`, { ARCH: 'arm64' }),
    'qemu-aarch64-static',
  )
  assert.is(await output(`undeploy_qemu_binary_from_chroot /tmp/root; ${ls}`, { ARCH: 'arm64' }), '')
})

test('run_tool_batcat shows files or its input; wait_for_disk_sync succeeds', async () => {
  const { stderr } = await ends(
    'echo one >/tmp/shown; run_tool_batcat --file-name x /tmp/shown; echo two | run_tool_batcat; wait_for_disk_sync now',
  )
  assert.match(stderr, 'one')
  assert.match(stderr, 'two')
})

test('packages and extensions are settled before the build', async () => {
  const { code, stderr } = await ends('add_packages_to_image vim')
  assert.is(code, 0)
  assert.match(
    stderr,
    /warning: extensions\/case-\d+\.sh:2: add_packages_to_image has no effect here.*\[ vim \]/,
  )
  const late = await ends('enable_extension other')
  assert.is(late.code, 2)
  assert.match(late.stderr, 'comes too late')
})

test.run()
