import { type Kind, lengthsName, type Reads, type SequenceKind } from './channel.js'

export interface SequenceValues {
  readonly audio: Float32Array
  readonly video: Uint8Array
  readonly text: Int32Array
}

/** What a batch holds of a sequence: windows one after the other, and how many units of each are there; zeros after them. */
export interface GatheredSequence<K extends SequenceKind = SequenceKind> {
  readonly values: SequenceValues[K]
  readonly lengths: Int32Array
}
/** A batch of one channel. */
export type GatheredOf<K extends Kind> = K extends SequenceKind
  ? GatheredSequence<K>
  : K extends 'image'
    ? Uint8Array
    : Float32Array
/** A batch of every channel, in the shapes of `Channel`. */
export type Gathered<R extends Reads = Reads> = { readonly [Name in keyof R]: GatheredOf<R[Name]['kind']> }

/** A batch by the names of a program's inputs. */
export const feedsOf = (gathered: Gathered): Record<string, GatheredSequence['values']> =>
  Object.fromEntries(
    Object.entries(gathered).flatMap(([name, part]) =>
      'lengths' in part
        ? [
            [name, part.values],
            [lengthsName(name), part.lengths],
          ]
        : [[name, part]],
    ),
  )
