import type { Command, Option } from 'commander'
import { methods } from 'lacuna'
import { commandLine } from '#lacuna/cli/program.js'
import { methodSettings } from '#lacuna/cli/run-methods.js'
import { described } from '#lacuna/methods/described.js'

interface Row {
  readonly flags: string
  readonly meaning: string
  readonly commands: string[]
}

/** `docs/guide/options.md`: every option once, as the command line itself has it. */
export function optionsPage(): string {
  const commands = commandsIn(commandLine())
  const rows = rowsOf(commands)
  const shared = rows.filter(row => row.commands.length > 1)
  const own = (name: string) => rows.filter(row => row.commands.length === 1 && row.commands[0] === name)
  return `# Options

[Guide](README.md) · before: [Pictures and text](text.md)

Written by \`npm run options\` from the command line itself. Every command has \`--help\` with an example too; \`lacuna --version\` says which Lacuna it is. Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted (a training is then saved).

| command | what it does |
|---|---|
${commands.map(({ name, command }) => `| ${code(usage(name, command))} | ${cell(command.description())} |`).join('\n')}

## Options of several commands

${table(
  ['option', 'meaning', 'commands'],
  shared.map(({ flags, meaning, commands: of }) => [code(flags), meaning, of.join(', ')]),
)}

${commands
  .filter(({ name }) => own(name).length > 0)
  .map(({ name }) => section(name, own(name)))
  .join('\n\n')}

## Options of the methods

Given as \`--set key=value\`; dots lead into groups (\`--set views.flip=0\`), values are JSON (\`--set views.crop=[0.3,1]\`).

${methods
  .map(
    method =>
      `### ${method.name}\n\n${table(
        ['key', 'default', 'meaning'],
        methodSettings(described(method)).map(([key = '', value = '', meaning = '']) => [
          code(key),
          code(value),
          meaning,
        ]),
      )}`,
  )
  .join('\n\n')}

## Environment

${table(
  ['variable', 'meaning'],
  Object.entries(variables).map(([name, meaning]) => [code(name), meaning]),
)}
`
}

/** What the program reads of its environment. */
export const variables = {
  LACUNA_CACHE: 'folder of decoded pictures, where no --cache is given',
  LACUNA_DEBUG: '1: an unexpected error is shown with the place in the code where it came from',
} as const

interface Named {
  readonly name: string
  readonly command: Command
}

/** The commands below one, those below them included, by the words that call them. */
const commandsIn = (parent: Command, prefix = ''): Named[] =>
  parent.commands.flatMap(command => {
    const name = `${prefix}${command.name()}`
    return [{ name, command }, ...commandsIn(command, `${name} `)]
  })

/** One row for options that are the same in several commands. */
function rowsOf(commands: readonly Named[]): Row[] {
  const rows = new Map<string, Row>()
  for (const { name, command } of commands)
    for (const option of command.options) {
      const meaning = meaningOf(option)
      const key = `${option.flags}\n${meaning}`
      const row = rows.get(key) ?? { flags: option.flags, meaning, commands: [] }
      row.commands.push(name)
      rows.set(key, row)
    }
  return [...rows.values()]
}

function meaningOf({ description, argChoices, defaultValue, mandatory, negate }: Option): string {
  return [
    description,
    ...(argChoices ? [`; one of ${argChoices.join(', ')}`] : []),
    ...(defaultValue === undefined || negate ? [] : [` (default: ${defaultValue})`]),
    ...(mandatory ? [' (always needed)'] : []),
  ].join('')
}

const usage = (name: string, command: Command): string =>
  [
    `lacuna ${name}`,
    ...command.registeredArguments.map(argument =>
      argument.required ? `<${argument.name()}>` : `[${argument.name()}]`,
    ),
  ].join(' ')

const section = (name: string, rows: readonly Row[]): string =>
  `## lacuna ${name}\n\n${table(
    ['option', 'meaning'],
    rows.map(({ flags, meaning }) => [code(flags), meaning]),
  )}`

const table = (heading: readonly string[], rows: readonly (readonly string[])[]): string =>
  [heading, heading.map(() => '---'), ...rows].map(cells => `| ${cells.map(cell).join(' | ')} |`).join('\n')

const code = (text: string): string => `\`${text}\``
const cell = (text: string): string => text.replaceAll('|', '\\|')
