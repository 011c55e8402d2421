/** The device's root filesystem: the outputs of all earlier steps, and the additions of project and BSP. */

import { PROJECT_DEFAULTS } from '../../../lib/schema.ts'
import { IMAGE_HOOK_ROWS } from '../../model/image-hooks.ts'
import { titleOf } from '../../plan/identity.ts'
import type { StepDeclaration, StepFacts } from '../../plan/step.ts'
import { toolsOfExtensions } from '../host_tools/declaration.ts'
import { entries, named, packageFiles, repositoryKeys } from '../named.ts'
import { locateScript } from '../package/recipe.ts'
import {
  finalScripts,
  hasPackages,
  packageFiles as packageOutputs,
  packageSettings,
} from '../packages/declaration.ts'
import { file, folder, inCache, ownOrProject } from '../refs.ts'
import { hasStep, optionalSteps, suiteOf } from '../settings.ts'
import { bspOverlays } from './overlays.ts'

export const rootfsPost: StepDeclaration = {
  name: 'rootfs_post',
  title: 'Root filesystem post-processing',
  follows: 'after_rootfs',
  exists: () => true,
  tools: () => ['rootfs'],
  shared: false,
  inputs: facts => [
    ...(hasStep(facts.project, 'frontend') ? [file('dist/cache/frontend')] : []),
    ...toolsOfExtensions(facts),
    ...inCache('rootfs-base.tar.gz')(facts),
    ...(hasStep(facts.project, 'application') ? inCache('app/main')(facts) : []),
    ...(hasStep(facts.project, 'client') ? inCache('client')(facts) : []),
    ...(hasStep(facts.project, 'cage') ? inCache('cage', '.cage-env')(facts) : []),
    ...(hasStep(facts.project, 'wpe') ? inCache('libstrux-extension.so', 'cog')(facts) : []),
    ...(facts.bsp.boot?.kernel?.custom_kernel ? inCache('kernel')(facts) : []),
    ...(hasPackages(facts) ? packageOutputs(facts) : []),
    ...overlays(facts).map(({ path, keys, source }) =>
      named({ ...folder(path), ownMode: true }, 'overlay', keys, { source, kind: 'folder', required: false }),
    ),
    ...(facts.project.boot?.splash?.enabled
      ? [
          named(file(facts.project.boot.splash.logo), 'logo', ['boot', 'splash', 'logo'], {
            source: 'project',
          }),
        ]
      : []),
    ...packageFiles(facts.project.rootfs?.packages, 'project', file),
    ...packageFiles(facts.bsp.rootfs?.packages, 'bsp', path => ownOrProject(facts, path)),
    ...repositoryKeys(facts.project.rootfs?.repositories, 'project', file),
    ...repositoryKeys(facts.bsp.rootfs?.repositories, 'bsp', path => ownOrProject(facts, path)),
  ],
  outputs: inCache('rootfs-post.tar.gz', 'vmlinuz', 'initrd.img', '.display-config.json'),
  hooks: facts =>
    finalScripts(facts).map(({ of, text }) => ({
      hook: 'target_finalize',
      of,
      title: titleOf({ run: { text } }),
    })),
  locate: async (script, { packages = [] }) => {
    const variant = packages.find(each => each.id === script.of)
    return variant && locateScript(variant, script)
  },
  config: ({ project, bsp, bspName, bspFolder, target, handled, packages = [] }) => ({
    target_finalize: finalScripts({ packages, bsp, bspName }),
    ...(hasPackages({ packages }) && { source_packages: packageSettings({ packages }) }),
    ...(IN_THIS_STEP.some(name => handled.has(name)) && { handlers: true }),
    suite: suiteOf(project),
    folder: bspFolder,
    'build.steps': optionalSteps(project),
    bsp: bspName,
    board: bsp.name,
    name: project.name,
    project_version: project.project_version,
    hostname: project.hostname ?? bsp.hostname,
    'boot.splash': project.boot?.splash,
    display: [project.display, bsp.display],
    'rootfs.components': project.rootfs?.components ?? PROJECT_DEFAULTS.rootfs.components,
    'rootfs.repositories': [project.rootfs?.repositories, bsp.rootfs?.repositories],
    'rootfs.packages': [project.rootfs?.packages, bsp.rootfs?.packages],
    'rootfs.overlay': overlays({ project, bsp, bspFolder }).map(({ path }) => path),
    'boot.kernel.custom_kernel': bsp.boot?.kernel?.custom_kernel,
    ...(bsp.boot?.kernel?.package !== undefined && { 'boot.kernel.package': bsp.boot.kernel.package }),
    arch: target,
  }),
}

const IN_THIS_STEP = IMAGE_HOOK_ROWS.filter(row => row.step === 'rootfs_post').map(row => row.name)

type Overlaid = Pick<StepFacts, 'project' | 'bsp' | 'bspFolder'>

/** All overlays that are copied, by their paths in the project: the BSP's, then the project's. */
function overlays({ project, bsp, bspFolder }: Overlaid) {
  const ofProject = entries(project.rootfs?.overlay, ['rootfs', 'overlay'])
  return [
    ...bspOverlays(bsp, bspFolder).map(({ path, keys }) => ({ path, keys, source: 'bsp' as const })),
    ...ofProject.map(([path, keys]) => ({ path, keys, source: 'project' as const })),
  ]
}
