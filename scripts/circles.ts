/**
 * Prints the circles of files in `src`: files that import each other, be it for types alone. Fails when there are more than
 * the one that the fluent class of tensors costs.
 *
 * usage: npm run circles
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import ts from 'typescript'

/** Every operation is a method of `Tensor` and makes tensors. */
const ALLOWED = join('src', 'tensor')

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter(file => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map(file => join('src', file))
const circles = circlesOf(new Map(files.map(file => [file, importsOf(file)])))
for (const circle of circles) console.log(circle.sort().join(' '))
const others = circles.filter(circle => !circle.every(file => file.startsWith(ALLOWED)))
console.log(`${files.length} files, ${circles.length} circles, ${others.length} of them outside ${ALLOWED}`)
process.exitCode = others.length > 0 ? 1 : 0

function importsOf(file: string): string[] {
  return ts
    .preProcessFile(readFileSync(file, 'utf8'))
    .importedFiles.map(({ fileName }) => join(dirname(file), fileName.replace(/\.js$/, '.ts')))
    .filter(path => existsSync(path))
}

/** Strongly connected components of more than one file. @see Tarjan 1972 */
function circlesOf(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>()
  const open: string[] = []
  const found: string[][] = []
  const visit = (file: string): number => {
    const own = order.size
    order.set(file, own)
    open.push(file)
    let low = own
    for (const next of imports.get(file) ?? []) {
      if (!order.has(next)) low = Math.min(low, visit(next))
      else if (open.includes(next)) low = Math.min(low, order.get(next) ?? low)
    }
    if (low === own) {
      const circle = open.splice(open.indexOf(file))
      if (circle.length > 1) found.push(circle)
    }
    return low
  }
  for (const file of imports.keys()) if (!order.has(file)) visit(file)
  return found
}
