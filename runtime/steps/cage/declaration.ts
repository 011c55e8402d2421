/** The compositor, and the environment that the BSP gives it. */
import type { StepDeclaration } from '../../plan/step.ts'
import { entries, named, namedSource } from '../named.ts'
import { file, inCache, localSource } from '../refs.ts'
import { hasStep, suiteOf } from '../settings.ts'

export const cage: StepDeclaration = {
  name: 'cage',
  title: 'Cage compositor',
  follows: 'before_cage',
  exists: ({ project }) => hasStep(project, 'cage'),
  needs: { step: 'client', why: 'the client starts the compositor' },
  // The suite's package only has to be unpacked.
  tools: ({ project }) => (project.cage ? ['cross', 'wayland'] : []),
  shared: false,
  inputs: ({ project }) => {
    const { source, patches } = project.cage ?? {}
    return [
      ...namedSource(localSource(source, '.'), ['cage', 'source'], 'project'),
      ...entries(patches, ['cage', 'patches']).map(([path, keys]) =>
        named(file(path), 'patch', keys, { source: 'project' }),
      ),
    ]
  },
  outputs: inCache('cage', '.cage-env'),
  config: ({ project, bsp, target }) => ({
    arch: target,
    suite: suiteOf(project),
    cage: project.cage,
    'cage.env': bsp.cage?.env,
    'cage.hide_cursor': bsp.cage?.hide_cursor,
  }),
}
