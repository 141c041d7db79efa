/**
 * What happens to pictures and waves inside the program before a network sees them: crops, colours, holes, patches, turns;
 * spectra, pitch, what is hidden.
 *
 * @module lacuna/views
 */

export { keepOneChannel, withoutFringes } from './aberration.js'
export { type DeltaOptions, deltas } from './audio/deltas.js'
export { chanceAmongHidden, distractorsAmong } from './audio/distractors.js'
export { type Framing, framesIn, framesOf } from './audio/framing.js'
export {
  decibels,
  frequencyOf,
  logMel,
  logPower,
  type MelOptions,
  type MelScale,
  melFilters,
  melOf,
  melSpectrogram,
} from './audio/mel.js'
export { type CepstrumOptions, mfcc } from './audio/mfcc.js'
export { nearestShown } from './audio/nearest-shown.js'
export { hiddenCounts, type SpanOptions, spanMask, spanShare } from './audio/spans.js'
export { type Fade, fadeOf, powerSpectrogram, type SpectrogramOptions } from './audio/spectrogram.js'
export { logMelWithDeltas, mfccWithDeltas, speechFraming } from './audio/speech.js'
export { TEXTURE, type Texture, texture, textureGroups } from './audio/texture/texture.js'
export { perUtterance } from './audio/utterance.js'
export { colourJitter, type JitterOptions, luminance, randomGreyscale, randomSolarise, turnHue } from './colour.js'
export { type CropOptions, randomBoxes, randomResizedCrop } from './crop.js'
export { harmonicFill } from './harmonic.js'
export { centreSide, grown, type HoleShape, holeShapes, randomHoles } from './holes.js'
export { fromLab, labOf, lightness, type Triple, toLab } from './lab.js'
export { type Masking, randomMasking } from './masking.js'
export { type MeanColour, meanColour, meanColourOf } from './mean-colour.js'
export {
  arrange,
  coveringPatches,
  cutPatches,
  type Grid,
  type GridOptions,
  layPatches,
  neighbourGrid,
  spanOf,
  standardise,
  tileGrid,
} from './patches.js'
export { patchify, patchMask, patchMoments, unpatchify } from './patchify.js'
export { perPicture, toFloat, toStored } from './picture.js'
export { type Boxes, blur, type Kernel, resample, resize } from './resample.js'
export { foundByPixels, halfOverlapping, rowsBelow, shownAbove } from './rows-below.js'
export { turn, turnEach } from './turn.js'
export {
  cropOptions,
  interval,
  randomCrop,
  randomView,
  type ViewOptions,
  viewOf,
  viewOptions,
  viewOptionsOf,
} from './view.js'
