/**
 * Steps after which the vectors of a method were better than those of an untrained encoder, on small pictures and with a
 * small network (docs/results.md). Larger networks and more pictures take more.
 */
const usual: Readonly<Record<string, number>> = {
  simclr: 700,
  colorization: 600,
  'context-encoder': 500,
  mae: 2500,
  'relative-position': 6000,
  jigsaw: 1200,
  rotation: 400,
}

/** @returns the usual steps of a method; of one that was never measured, what most need */
export const usualSteps = (method: string): number => usual[method] ?? 1000
