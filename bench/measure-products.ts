import { cases } from './cases.js'
import { thisMachine } from './machine.js'
import { measureOurs } from './process.js'
import { keep, type ProductsMeasurement, type ProductsRecord, today } from './records.js'

/** Widths of the ViT of the training steps, 64 numbers a head; the first one is that. */
const WIDTHS = [192, 384]

export interface ProductsOptions {
  readonly threads: number
  readonly report: (line: string) => void
}

/** What int8 products win in whole steps; kept as `products`. */
export async function measureProducts({ threads, report }: ProductsOptions): Promise<void> {
  const [vit] = cases.filter(({ int8 }) => int8)
  if (vit === undefined) throw new Error('no case has products in int8')
  const found: ProductsRecord['cases'][number][] = []
  for (const width of WIDTHS) {
    const encoder = vit.encoder.replace(/dim=\d+/, `dim=${width}`).replace(/heads=\d+/, `heads=${width / 64}`)
    const { method, size, batch, steps } = vit
    const measured = await measureOurs<ProductsMeasurement>(
      'run-products.js',
      ...[method, encoder, size, batch, steps, threads],
    )
    const title = vit.title.replace(/width \d+/, `width ${width}`).replace(/\d+ heads/, `${width / 64} heads`)
    found.push({ title: `${title}, ${batch} ${vit.samples} of ${size} px`, ...measured })
    report(JSON.stringify(found.at(-1)))
  }
  keep('products', { machine: thisMachine(), day: today(), threads, cases: found })
}
