/**
 * Commands and options of the tool that bsp.yaml comes from, with the equivalent here, for people who know that
 * tool. They exit with code 2 and are not in the help. Source: the facts document about it, "CLI".
 */
import { type Command, Option } from 'commander'
import { StruxError } from '../diagnostics/error.ts'

/** By command: the equivalent here, as a full sentence. */
const COMMANDS: Readonly<Record<string, string>> = {
  dev: 'strux build and strux run build the image and start it; strux build compiles only what has changed.',
  types:
    'No types are generated from main.go: a page declares what it calls, and window.strux is described in docs/steps.md.',
  introspect:
    'No types are generated from main.go: a page declares what it calls, and window.strux is described in docs/steps.md.',
  usb: 'List the devices in the configuration, as qemu: { usb: [{ vendor_id, product_id }] }: strux run passes them to QEMU.',
  'kernel menuconfig':
    'strux shell --at kernel opens a shell in which make menuconfig runs in the kernel source; keep what it changes in boot.kernel.fragments.',
  'kernel clean':
    'strux build --only kernel makes the kernel from a fresh source whenever something has changed, and always with build.cache.force_rebuild: ["kernel"].',
  'update gen-keypair': 'openssl genrsa makes a key; a script at after_build signs and packs the update.',
  'update bundle': 'A script at after_build can pack output/ into a bundle.',
  'update send': 'A script of the project, or another tool, sends bundles to devices.',
}

interface OptionElsewhere {
  readonly flags: string
  /** Undefined: for every command. */
  readonly command?: string
  readonly instead: string
}

const OPTIONS: readonly OptionElsewhere[] = [
  {
    flags: '--local-builder',
    instead:
      'Builder images are made on this machine anyway, unless builder.image in the configuration names one.',
  },
  {
    flags: '--remote-builder <image>',
    instead: 'Name the image in the configuration: builder: { image: … }.',
  },
  {
    flags: '--dev',
    command: 'build',
    instead: 'There is one kind of image. A script can read a setting of its own, such as a file of the BSP.',
  },
  {
    flags: '--no-chown',
    command: 'build',
    instead: 'Files always belong to the caller, so there is nothing to switch off.',
  },
  {
    flags: '--local-runtime <path>',
    command: 'build',
    instead: 'A replace line in go.mod takes a Go module from a local folder.',
  },
  {
    flags: '--debug',
    command: 'run',
    instead: 'strux run --headless prints the console of the device.',
  },
  {
    flags: '-t, --template <name>',
    command: 'init',
    instead:
      'The frontend of a new project is plain: any framework that npm run build compiles can take its place.',
  },
  {
    flags: '-a, --arch <arch>',
    command: 'init',
    instead: 'The board decides the architecture: --board qemu-x86_64, --board qemu-arm64.',
  },
]

export function commandsElsewhere(program: Command): void {
  const groups = new Map<string, Command>()
  for (const [name, instead] of Object.entries(COMMANDS)) {
    const [group, sub] = name.split(' ') as [string, string?]
    if (sub === undefined) refuse(program.command(group, { hidden: true }), name, instead)
    else {
      const above = groups.get(group) ?? program.command(group, { hidden: true })
      groups.set(group, above)
      refuse(above.command(sub), name, instead)
    }
  }
  for (const [group, command] of groups) {
    const known = command.commands.map(each => `strux ${group} ${each.name()}`)
    refuse(command, group, `Ask for one of its commands: ${known.join(', ')}.`)
  }
  for (const { flags, command, instead } of OPTIONS) {
    const target = command === undefined ? program : program.commands.find(each => each.name() === command)!
    const option = new Option(flags).hideHelp()
    target.addOption(option)
    target.on(`option:${option.name()}`, () => {
      throw notHere(`${command === undefined ? '' : `strux ${command} `}${option.long}`, instead)
    })
  }
}

/** Also with further arguments. */
function refuse(command: Command, name: string, instead: string): void {
  command
    .allowUnknownOption()
    .allowExcessArguments()
    .helpOption(false)
    .helpCommand(false)
    .action(() => {
      throw notHere(`strux ${name}`, instead)
    })
}

function notHere(what: string, hint: string): StruxError {
  return new StruxError(`there is no ${what} here`, { hint, exitCode: 2 })
}
