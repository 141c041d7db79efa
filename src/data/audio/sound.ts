/** Numbers of all channels at one stretch of time: each float [n] in [−1, 1], all of one length. */
export type Piece = readonly Float32Array[]

/** A recording that is being decoded. */
export interface Sound {
  /** Numbers a second of each channel */
  readonly rate: number
  readonly pieces: Iterable<Piece> | AsyncIterable<Piece>
  /** Whether it has turned out to end before it should; known once all pieces have come */
  cutShort?(): boolean
}
