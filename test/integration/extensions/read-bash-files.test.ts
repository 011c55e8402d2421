/** Bash extensions are read in a confined container: handlers, calls, the effects of configuration hooks, failures. */
import { chmodSync, readdirSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type EvaluationRequest, Evaluator } from '../../../runtime/extensions/bash/evaluate.ts'
import { readBashFile } from '../../../runtime/extensions/bash/read.ts'
import { VisibleFiles } from '../../../runtime/extensions/bash/visible-files.ts'
import { containerFor, evaluatorFor } from '../../support/bash-files.ts'
import { TempProject } from '../../support/project.ts'

const test = suite('bash extensions are read')
const project = new TempProject()
const evaluator = evaluatorFor(project.root)
test.after(async () => {
  await evaluator.close()
  const left = readdirSync(project.at('dist/.strux')).filter(name => name.startsWith('evaluate-'))
  await project.dispose()
  assert.equal(left, [])
})

const INPUTS = { BOARD: 'demo', ARCH: 'amd64', SRC: '/project/dist/cache/demo/src', EXTRA_BUILD_DEPS: '' }

function write(name: string, text: string): string {
  const file = `extensions/${name}.sh`
  project.write(file, text)
  return file
}

const read = (name: string, text: string) =>
  readBashFile(write(name, text), INPUTS, new VisibleFiles(project.root), evaluator)

function evaluate(name: string, text: string, more: Partial<EvaluationRequest> = {}) {
  const file = write(name, text)
  return evaluator.evaluate({
    files: [file],
    visible: new VisibleFiles(project.root).of([file]),
    inputs: INPUTS,
    ...more,
  })
}

test('handlers have hook, alias, order, file and line', async () => {
  const { handlers, uncalled } = await read(
    'docker-ce',
    `#!/bin/bash
function post_build_image__900_convert() { :; }

image_tweaks_pre_customize__motd() {
  :
}
user_config() { :; }
post_family_tweek__set_motd() { :; }
post_config_uboot_target__x() { :; }
docker_helper() { :; }
__private__thing() { :; }
`,
  )
  assert.equal(
    handlers.map(({ hook, calledAs, name, order, at }) => [hook, calledAs, name, order, at.line]),
    [
      ['post_build_image', 'post_build_image', '900_convert', 900, 2],
      ['pre_customize_image', 'image_tweaks_pre_customize', 'motd', 500, 4],
      ['user_config', 'user_config', 'docker-ce', 500, 7],
    ],
  )
  assert.is(handlers[0]!.at.file, 'extensions/docker-ce.sh')
  assert.equal(
    uncalled.map(({ hook, suggestion, at }) => [hook, suggestion, at.line]),
    [
      ['post_family_tweek', 'post_family_tweaks', 8],
      ['post_config_uboot_target', undefined, 9],
    ],
  )
})

test('handlers for the kernel branch come last; those for others, and helpers of the file, are no handlers', async () => {
  const { handlers, uncalled } = await read(
    'branches',
    `post_family_config_branch_current__first() { :; }
post_family_config_branch_edge__other() { :; }
config_tweaks_post_family_config__old() { :; }
post_family_config__900_last() { panel__write; }
panel__write() { :; }
panel__idle() { :; }
`,
  )
  assert.equal(
    handlers.map(({ hook, calledAs, name, rank }) => [hook, calledAs, name, rank]),
    [
      ['post_family_config', 'post_family_config_branch_current', 'first', 2],
      ['post_family_config', 'config_tweaks_post_family_config', 'old', 1],
      ['post_family_config', 'post_family_config', '900_last', 0],
    ],
  )
  assert.equal(
    uncalled.map(({ function: name }) => name),
    ['panel__idle'],
  )
})

test('calls outside functions, with their lines', async () => {
  const { enables, optsOut, packages } = await read(
    'calls',
    `enable_extension "other"
[[ $BOARD != demo ]] || enable_extension 'more'
extension_hook_opt_out post_family_tweaks__set_motd
add_packages_to_image curl "jq git"
user_config__x() { add_packages_to_image never; }
`,
  )
  assert.equal(
    enables.map(({ name, at }) => [name, at.line]),
    [
      ['other', 1],
      ['more', 2],
    ],
  )
  assert.equal(
    optsOut.map(({ id, at }) => [id, at.line]),
    [['post_family_tweaks__set_motd', 3]],
  )
  assert.equal(
    packages.map(({ words }) => words),
    [['curl', 'jq git']],
  )
})

test('the effects of a configuration hook: calls and variables, the start of the next hook', async () => {
  const text = `declare -g -A sizes=([root]=10)
LIST="\${LIST:-first}"
extension_prepare_config__deps() {
  EXTRA_BUILD_DEPS="\${EXTRA_BUILD_DEPS} qemu-utils"
  declare -g -a WORDS=("a b" $'c\\nd')
  sizes[boot]="2 0"
  LIST="\${LIST} $BOARD"
  add_packages_to_image git
}
extension_finish_config__more() { EXTRA_BUILD_DEPS+=(jq); LIST+=" again"; }
`
  const first = await evaluate('effects', text, { function: 'extension_prepare_config__deps' })
  assert.is(first.variables.EXTRA_BUILD_DEPS, ' qemu-utils')
  assert.equal(first.variables.WORDS, ['a b', 'c\nd'])
  assert.equal(first.variables.sizes, { root: '10', boot: '2 0' })
  assert.equal(
    first.calls.map(({ helper, line, words }) => [helper, line, words]),
    [['add_packages_to_image', 8, ['git']]],
  )
  const second = await evaluate('effects', text, {
    function: 'extension_finish_config__more',
    state: first.state,
  })
  assert.is(second.variables.LIST, 'first demo again')
  assert.equal(second.variables.sizes, { root: '10', boot: '2 0' })
  // The configuration wins over what an earlier handler left: it has taken that over already.
  assert.equal(second.variables.EXTRA_BUILD_DEPS, ['', 'jq'])
})

test('a failure tells file and line', async () => {
  const text = `extension_prepare_config__a() {
  [[ $BOARD == other ]] || exit_with_error "wrong board" "$BOARD"
}
extension_prepare_config__b() {
  false
}
extension_prepare_config__c() { exit_with_target_not_supported_error "no"; }
extension_prepare_config__d() { enable_extension late; }
extension_prepare_config__e() {

  no_such_helper x
}
extension_prepare_config__f() {
  X=$((1 / NOTHING))
}
`
  const failure = async (name: string) => {
    const { exitCode, failure } = await evaluate('fails', text, {
      function: `extension_prepare_config__${name}`,
    })
    return [exitCode, failure?.line, failure?.message]
  }
  assert.equal(await failure('a'), [43, 2, 'wrong board [ demo ]'])
  assert.equal(await failure('b'), [1, 5, 'exit code 1: false'])
  assert.equal(await failure('c'), [44, 7, 'this target is not supported: no'])
  assert.equal(await failure('d'), [2, 8, 'enable_extension late comes too late: call it outside functions'])
  assert.equal(await failure('e'), [127, 11, 'exit code 127: no_such_helper x'])
  assert.equal(await failure('f'), [1, 14, '1 / NOTHING: division by 0 (error token is "NOTHING")'])
  const { failure: syntax } = await read('syntax', 'a() {\n  if then\n')
  assert.equal([syntax?.file, syntax?.line], ['extensions/syntax.sh', 2])
  assert.match(syntax!.message, 'syntax error')
})

test('there is no network, no project, and nothing that could be changed', async () => {
  const { output } = await evaluate(
    'confined',
    `user_config__look() {
  ls /sys/class/net
  ls "\${EXTENSION_DIR}/.." "\${EXTENSION_DIR}/../.."
  touch "\${EXTENSION_DIR}/x" || echo refused
  grep CapEff /proc/self/status
}
`,
    {
      function: 'user_config__look',
      inputs: { ...INPUTS, EXTENSION_DIR: '/project/extensions' },
    },
  )
  assert.match(output, /^lo\n/)
  assert.not.match(output, /strux\.config\.ts|bsp/)
  assert.match(output, /refused/)
  assert.match(output, /CapEff:\t0+\n/)
})

test('a folder of its own is visible with all its files; of a shared one, what lies beside the file', () => {
  project.write('extensions/own/own.sh', 'a')
  project.write('extensions/own/files/b', 'b')
  project.write('extensions/shared.sh', 'c')
  chmodSync(project.at('extensions/own/files/b'), 0o755)
  const paths = (file: string) => new VisibleFiles(project.root).of([file]).map(({ path }) => path)
  assert.equal(paths('extensions/own/own.sh'), ['extensions/own/files/b', 'extensions/own/own.sh'])
  assert.ok(paths('extensions/shared.sh').includes('extensions/shared.sh'))
  assert.not.ok(paths('extensions/shared.sh').includes('extensions/own/own.sh'))
})

test('the second time needs no container', async () => {
  const text = 'user_config__x() { WORD=one; }\n'
  const first = await evaluate('kept', text, { function: 'user_config__x' })
  const without = new Evaluator(project.root, {
    ...containerFor(project.root),
    open: () => Promise.reject(new Error('no engine')),
  })
  const file = 'extensions/kept.sh'
  const request = () => ({
    files: [file],
    visible: new VisibleFiles(project.root).of([file]),
    inputs: INPUTS,
    function: 'user_config__x',
  })
  assert.equal(await without.evaluate(request()), first)
  project.write(file, text.replace('one', 'two'))
  let asked = ''
  await without.evaluate(request()).catch(error => {
    asked = error.message
  })
  assert.is(asked, 'no engine')
})

test.run()
