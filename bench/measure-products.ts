import { type Case, cases } from './cases.js'
import { thisMachine } from './machine.js'
import { measureOurs } from './process.js'
import { keep, type ProductsMeasurement, type ProductsRecord, today } from './records.js'
import { type SoundCase, soundCases, soundTitle } from './sound-cases.js'

/** A wider ViT beside that of the training steps, 64 numbers a head */
const WIDTH = 384

interface ProductsCase {
  readonly title: string
  /** Of `run-products.js`, up to the steps */
  readonly args: readonly (string | number)[]
}

export interface ProductsOptions {
  readonly threads: number
  readonly report: (line: string) => void
}

/** What int8 products win in whole steps; kept as `products`. */
export async function measureProducts({ threads, report }: ProductsOptions): Promise<void> {
  const pictured = cases.filter(({ fewerBits }) => fewerBits)
  const found: ProductsRecord['cases'][number][] = []
  const all = [
    ...pictured.flatMap(one => (one.name === 'vit' ? [one, widened(one)] : [one])).map(ofPictures),
    ...soundCases.filter(({ fewerBits }) => fewerBits).map(ofSound),
  ]
  for (const { title, args } of all) {
    const measured = await measureOurs<ProductsMeasurement>('run-products.js', ...args, threads)
    found.push({ title, ...measured })
    report(JSON.stringify(found.at(-1)))
  }
  keep('products', { machine: thisMachine(), day: today(), threads, cases: found })
}

const widened = (vit: Case): Case => ({
  ...vit,
  encoder: vit.encoder.replace(/dim=\d+/, `dim=${WIDTH}`).replace(/heads=\d+/, `heads=${WIDTH / 64}`),
  title: vit.title.replace(/width \d+/, `width ${WIDTH}`).replace(/\d+ heads/, `${WIDTH / 64} heads`),
})

const ofPictures = ({ title, method, encoder, size, batch, samples, steps }: Case): ProductsCase => ({
  title: `${title}, ${batch} ${samples} of ${size} px`,
  args: [method, encoder, size, batch, steps],
})

const ofSound = (one: SoundCase): ProductsCase => ({
  title: soundTitle(one),
  args: ['sound', one.encoder, one.seconds, one.batch, one.steps],
})
