/** `strux schema`: JSON Schema of the YAML files, for editors. */
import { Argument, type Command } from 'commander'
import { bspFileSchema, jsonSchema, projectFileSchema } from '../../lib/schema.ts'
import { printJson } from './terminal.ts'

export function schemaCommand(program: Command): void {
  program
    .command('schema')
    .addArgument(
      new Argument('<file>', 'bsp for bsp.yaml, project for strux.yaml').choices(['bsp', 'project']),
    )
    .description('print the JSON Schema of bsp.yaml or strux.yaml, for editors')
    .addHelpText(
      'after',
      "\nEditors that know YAML schemas read the schema's path from the first line of a file:\n" +
        '  # yaml-language-server: $schema=../../bsp.schema.json',
    )
    .action((file: 'bsp' | 'project') => printJson(fileSchema(file)))
}

function fileSchema(file: 'bsp' | 'project'): object {
  const { $schema, ...schema } = jsonSchema(file === 'bsp' ? bspFileSchema() : projectFileSchema())
  return { $schema, title: file === 'bsp' ? 'bsp.yaml' : 'strux.yaml', ...schema }
}
