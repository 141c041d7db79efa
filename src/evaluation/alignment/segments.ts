/** A stretch of a recording and what is said in it. */
export interface Segment {
  /** Seconds from the beginning of the recording */
  readonly start: number
  readonly end: number
  readonly label: string
}

/** What was wrong with the alignment of a recording: how many segments. */
export interface Faults {
  /** Cut at the end of the recording, or wholly after it and left out */
  readonly late: number
  /** Cut where the next one begins */
  readonly overlapping: number
  /** Left out: they end where they begin, or before */
  readonly empty: number
}

export const noFaults: Faults = { late: 0, overlapping: 0, empty: 0 }

/** What is heard when nothing is said, by the names that aligners give it. */
const silences: ReadonlySet<string> = new Set([
  ...['#', '##', '_', '-', 'h#', 'pau', 'pause', 'sil', 'sp', 'spn', 'nsn', 'silence', 'ssil', 'epi'],
  ...['<sil>', '<p:>', '<pau>', '<silence>', '[sil]', '[silence]', '(...)'],
])
export const isSilence = (label: string): boolean => silences.has(label.toLowerCase())

/**
 * Segments in their order, none over another, none without a length or a label, none beyond the end. Gaps stay gaps: what lies
 * in them has no label.
 * @param seconds that the recording lasts
 */
export function tidied(segments: readonly Segment[], seconds: number): { segments: Segment[]; faults: Faults } {
  const lasting = segments.filter(({ start, end }) => end > start)
  const there = lasting.filter(({ start, end }) => start < seconds && end > 0)
  const ordered = [...there].sort((a, b) => a.start - b.start || a.end - b.end)
  let overlapping = 0
  const cut = ordered.map((segment, i) => {
    const next = ordered[i + 1]?.start ?? Number.POSITIVE_INFINITY
    if (segment.end > next + TOUCHING) overlapping++
    return { ...segment, start: Math.max(0, segment.start), end: Math.min(segment.end, next, seconds) }
  })
  return {
    segments: cut.filter(({ start, end, label }) => end > start && label.trim() !== ''),
    faults: {
      late: lasting.filter(({ end }) => end > seconds + TOUCHING).length,
      overlapping,
      empty: segments.length - lasting.length,
    },
  }
}

/** Rounding of the times in a file */
const TOUCHING = 0.001

/** The label at each of ascending moments; undefined in gaps. @param segments tidied */
export function labelsAt(segments: readonly Segment[], moments: readonly number[]): (string | undefined)[] {
  let i = 0
  return moments.map(moment => {
    while (i < segments.length && (segments[i]?.end ?? 0) <= moment) i++
    const here = segments[i]
    return here !== undefined && here.start <= moment ? here.label : undefined
  })
}
