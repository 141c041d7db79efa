import type { Kind } from '../channels/channel.js'
import type { Encoder, EncoderInputs } from './encoder.js'

/** What is told of an encoder that is built in, or of several of one kind. */
export interface EncoderFamily {
  /** The kind of channel that they take */
  readonly reads: Kind
  /** What its names begin with */
  readonly name: string
  readonly description: string
  /** Whose files --weights takes for it, beside Lacuna's own of the same encoder */
  readonly weights: string
  /** A whole name that shows what it builds */
  readonly example: string
}

/** One row of the registry, with what is built from what stands behind the name. */
export interface EncoderEntry<K extends Kind> extends EncoderFamily {
  readonly reads: K
  /**
   * @param rest of the name, such as '-gn' or '/8'; `undefined` when it makes no sense here
   * @returns what throws a LacunaError (2) when the encoder does not fit the data
   */
  readonly builder: (rest: string) => ((input: EncoderInputs[K]) => Encoder) | undefined
}
