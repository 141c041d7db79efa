/** The numbers of a recording: float32 in [−1, 1), or int16 as files of 16 bits have them. */
export const waveTypes = ['float32', 'int16'] as const
export type WaveType = (typeof waveTypes)[number]

/** What int16 is divided by */
export const FULL_WAVE = 2 ** 15
