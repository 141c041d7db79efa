import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import ts from 'typescript'
import { type Experiment, firstOf } from './experiments.js'

/** Raised when what lies beneath the methods (layers, gradients, optimisers, scores) changes so that the figures are other ones. */
const BENEATH = 1

/**
 * Changes when the figures may: with the options of an experiment, and with what the method's code does (comments and types
 * do not count). A record of another fingerprint is stale.
 */
export function fingerprintOf(experiment: Experiment): string {
  const { method, on, train, score, tasks, seeds } = experiment
  const first = firstOf(experiment)
  const began = first && fingerprintOf(first)
  const definition = JSON.stringify({ method, on, train, score, tasks, seeds, began, beneath: BENEATH })
  const hash = createHash('sha256').update(definition)
  for (const code of codeOf(join('src', 'methods', `${method}.ts`))) hash.update(code)
  return hash.digest('hex').slice(0, 16)
}

/** Where the code of a method lies that its figures hang on. */
const OWN = ['methods', 'losses', 'views'].map(folder => join('src', folder))

/** What a file says to the machine, and those that it imports, each once, from the first on. */
function codeOf(path: string, seen = new Set<string>()): string[] {
  if (seen.has(path) || !OWN.some(folder => path.startsWith(folder)) || !existsSync(path)) return []
  seen.add(path)
  const target = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 }
  const { outputText } = ts.transpileModule(readFileSync(path, 'utf8'), {
    compilerOptions: { ...target, removeComments: true, verbatimModuleSyntax: true },
  })
  const imported = [...outputText.matchAll(/from '(\.[^']*)\.js'/g)].map(([, file]) => `${file}.ts`)
  return [outputText, ...imported.flatMap(file => codeOf(join(dirname(path), file), seen))]
}
