/** Why a node runs or not: codes for scripts (docs/json.md) and texts for people. */

export type ReasonCode =
  | 'clean'
  | 'forced'
  | 'cache_disabled'
  | 'no_artifacts'
  | 'artifact_missing'
  | 'no_record'
  | 'script_changed'
  | 'harness_changed'
  | 'dependency_changed'
  | 'dependency_missing'
  | 'dependency_new'
  | 'config_changed'
  | 'environment_changed'
  | 'builder_changed'
  | 'upstream_will_run'
  | 'remade_upstream'
  | 'step_runs'
  | 'step_not_run'
  | 'hook_not_called'
  | 'chain_restarts'
  | 'unchanged'

export interface Reason {
  readonly code: ReasonCode
  readonly subject?: string
  readonly message: string
}

export interface Decision {
  readonly action: 'run' | 'skip' | 'undecided'
  readonly reasons: readonly Reason[]
}

const WORDS: Readonly<Record<ReasonCode, (subject: string) => string>> = {
  clean: () => '--clean was given',
  forced: () => 'build.cache.force_rebuild asks for it',
  cache_disabled: () => 'build.cache.enabled is false',
  no_artifacts: () => 'it declares no artifact, so it runs on every build',
  artifact_missing: subject => `its artifact ${subject} does not exist`,
  no_record: () => 'there is no record of an earlier success',
  script_changed: subject => `the script ${subject} changed`,
  harness_changed: () => 'a new version of strux unpacks or packs the root filesystem differently for it',
  dependency_changed: subject => `${subject} changed`,
  dependency_missing: subject => `${subject} does not exist`,
  dependency_new: subject => `${subject} is new`,
  config_changed: subject => `${subject} changed`,
  environment_changed: subject => `the variable ${subject} changed`,
  builder_changed: () => 'the builder image changed',
  upstream_will_run: subject => `it reads output of ${subject}, which may change`,
  remade_upstream: subject => `${subject} rebuilds the same path before it`,
  step_runs: subject => `it works inside the step ${subject}, which runs`,
  step_not_run: subject => `the step ${subject} does not run, so its hook does not fire`,
  hook_not_called: subject => `the step ${subject} did not call its hook in this build`,
  chain_restarts: subject => `the changes to ${subject} restart from its first version`,
  unchanged: () => 'nothing changed',
}

export function reason(code: ReasonCode, subject?: string): Reason {
  const message = WORDS[code](subject ?? '')
  return subject === undefined ? { code, message } : { code, subject, message }
}
