import { mainEncoder } from '../methods/method.js'
import type { PlaceOptions } from '../nn/vectors.js'
import type { OpenedRun } from '../runs/run.js'

/** What a linear probe tells at one layer, as a share 0 … 1: of the trained encoder, and of the same one at random. */
export interface LayerScores {
  readonly layer: string
  readonly trained: number
  readonly random: number
}

/** A probe at each layer of an encoder, from the first to the last; one seed. */
export async function scoreLayers(
  run: OpenedRun,
  probe: (contender: 'trained' | 'random', place: PlaceOptions) => Promise<number>,
  onProgress?: (stage: string) => void,
): Promise<LayerScores[]> {
  const { layers } = mainEncoder(run.assembly().learner)[1]
  const found: LayerScores[] = []
  for (const layer of layers) {
    onProgress?.(`layer ${layer}, ${found.length + 1} of ${layers.length}`)
    found.push({ layer, trained: await probe('trained', { layer }), random: await probe('random', { layer }) })
  }
  return found
}
