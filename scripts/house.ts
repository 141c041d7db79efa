/**
 * Looks at which file imports which in `src`, and fails where the house is not in order:
 * circles of files other than the one that the fluent class of tensors costs; a folder that stands on one below it;
 * anything of Node in the core, which has to run in a browser as well; a helper of tests that the package would carry.
 *
 * usage: npm run house
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import ts from 'typescript'

/** Each folder, or file of `src` itself, stands only on those before it. */
const ORDER = [
  ...['nearest', 'errors', 'version', 'definition', 'channels', 'tensor', 'program', 'clusters', 'settings'],
  ...['optim', 'losses', 'views', 'text', 'files', 'formats', 'nn', 'methods', 'method', 'assembly'],
  ...['engine', 'data', 'runs', 'training', 'evaluation', 'report', 'pretrain', 'index', 'cli'],
]
const chosen = JSON.parse(readFileSync('package.json', 'utf8'))
/** What computes, from channels to assembly, and all that it needs */
const CORE = [
  'channels',
  'tensor',
  'program',
  'clusters',
  'settings',
  'optim',
  'losses',
  'views',
  'nn',
  'methods',
  'method',
  'assembly',
]
/** Every operation is a method of `Tensor` and makes tensors. */
const FLUENT = 'tensor'

/** What `#host` is in Node, as its source */
const HOST = join(chosen.imports['#host'].node.replace(/^\.\/dist\//, 'src/').replace(/\.js$/, '.ts'))

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter(file => /(?<!\.test|testing)\.ts$/.test(file))
  .map(file => join('src', file))
const imports = new Map(files.map(file => [file, importsOf(file)]))

const circles = circlesOf(imports)
const problems = [
  ...circles
    .filter(circle => !circle.every(file => roomOf(file) === FLUENT))
    .map(circle => `a circle: ${circle.join(' ')}`),
  ...files.flatMap(wrongWays),
  ...foreignIn(files.filter(file => CORE.includes(roomOf(file)) || (roomOf(file) === 'engine' && !isOfNode(file)))),
  ...files.filter(file => !isOfNode(file) && roomOf(file) !== 'cli').flatMap(pastTheHost),
  ...files.flatMap(forTests),
]
console.log(
  `${files.length} files; circles of files: ${circles.map(circle => `${circle.length} in ${dirname(circle[0] ?? '')}`).join(', ') || 'none'}`,
)
for (const problem of problems) console.log(problem)
process.exitCode = problems.length > 0 ? 1 : 0

/** The folder of a file, or the file where it lies in `src` itself. */
function roomOf(file: string): string {
  return file.split(sep)[1]?.replace(/\.ts$/, '') ?? ''
}

/** Own files that a file imports, and packages by name; types count. What `imports` of package.json choose, as in Node. */
function importsOf(file: string): string[] {
  return ts.preProcessFile(readFileSync(file, 'utf8')).importedFiles.map(({ fileName }) => {
    if (fileName === '#host') return HOST
    const own = join(dirname(file), fileName.replace(/\.js$/, '.ts'))
    return fileName.startsWith('.') && existsSync(own) ? own : fileName
  })
}

function wrongWays(file: string): string[] {
  const place = (of: string) => ORDER.indexOf(roomOf(of))
  const below = (imports.get(file) ?? []).filter(other => imports.has(other) && place(other) > place(file))
  if (place(file) < 0) return [`${file}: its folder has no place in the order`]
  return below.map(other => `${file} stands on ${other}`)
}

/** Whether a file of the engine is for Node alone. */
function isOfNode(file: string): boolean {
  return file.startsWith(dirname(HOST))
}

/** The engine of Node is had as `#host`, which another place can be. */
function pastTheHost(file: string): string[] {
  const past = importsOf(file).filter(other => isOfNode(other) && other !== HOST)
  return past.map(other => `${file} knows ${other}: #host is the door`)
}

/** What stands on helpers of tests is one, and would be built and packed: only files called `testing.ts` are left out. */
function forTests(file: string): string[] {
  const helpers = importsOf(file).filter(other => other === 'vitest' || /\btesting\.ts$/.test(other))
  return helpers.map(other => `${file} stands on ${other}, so it is for tests: call it testing.ts`)
}

/** Packages of Node, or that need it, which files come to load, whichever way. */
function foreignIn(from: readonly string[]): string[] {
  const seen = new Set(from)
  for (const file of seen) for (const next of imports.get(file) ?? []) seen.add(next)
  const foreign = [...seen].filter(name => name.startsWith('node:') || ['sharp', 'onnxruntime-node'].includes(name))
  return foreign.map(name => {
    const by = [...seen].filter(file => imports.get(file)?.includes(name))
    return `the core comes to load ${name}, by ${by.join(', ')}`
  })
}

/** Strongly connected components of more than one file. @see Tarjan 1972 */
function circlesOf(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>()
  const open: string[] = []
  const found: string[][] = []
  const visit = (file: string): number => {
    const own = order.size
    order.set(file, own)
    open.push(file)
    let low = own
    for (const next of graph.get(file) ?? []) {
      if (!graph.has(next)) continue
      if (!order.has(next)) low = Math.min(low, visit(next))
      else if (open.includes(next)) low = Math.min(low, order.get(next) ?? low)
    }
    if (low === own) {
      const circle = open.splice(open.indexOf(file))
      if (circle.length > 1) found.push(circle.sort())
    }
    return low
  }
  for (const file of graph.keys()) if (!order.has(file)) visit(file)
  return found
}
