export { type Alignments, alignmentsOf } from './find.js'
export { isSilence, labelsAt, type Segment } from './segments.js'
