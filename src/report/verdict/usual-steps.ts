/**
 * Steps of the shortest training of each method that is scored by labels in docs/results.md: pictures of 28 or 32 px and
 * a small network. Larger ones take more.
 */
export const usual: Readonly<Record<string, number>> = {
  simclr: 600,
  colorization: 600,
  'context-encoder': 500,
  mae: 1500,
  'relative-position': 1200,
  jigsaw: 1200,
  rotation: 400,
  'cpc-image': 1200,
  siglip: 1000,
  clip: 1000,
  soundtrack: 600,
}

/** @returns the usual steps of a method; of one that was never measured, what most need */
export const usualSteps = (method: string): number => usual[method] ?? 1000

/** The same in words: of a method of somebody else's nothing is known. */
export const usuallyTakes = (method: string): string =>
  `${method in usual ? `${method} usually takes` : 'most methods take'} ${usualSteps(method).toLocaleString('en')}`
