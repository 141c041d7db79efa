import { imageIn } from '../channels/bound.js'
import type { OpenedRun } from '../runs/run.js'
import type { KeptTokenizer } from '../runs/tokenizer.js'

/** What Hugging Face's libraries read beside models, by file: how texts become numbers, and pictures. */
export function clipFiles(
  { config }: Pick<OpenedRun, 'config'>,
  tokenizer: KeptTokenizer | undefined,
): Readonly<Record<string, unknown>> {
  const { size } = imageIn(config.channels)
  const { projection, tokens } = config.options as { readonly projection?: number; readonly tokens?: number }
  const crop = config.reading.fit === 'crop'
  return {
    'config.json': {
      model_type: 'clip',
      architectures: ['CLIPModel'],
      ...(projection && { projection_dim: projection }),
    },
    'preprocessor_config.json': {
      image_processor_type: 'CLIPImageProcessor',
      do_convert_rgb: true,
      do_resize: true,
      size: crop ? { shortest_edge: size } : { height: size, width: size },
      resample: 1, // Lanczos
      do_center_crop: crop,
      crop_size: { height: size, width: size },
      do_rescale: true,
      rescale_factor: 1 / 255,
      do_normalize: false, // colours are scaled inside the model
    },
    ...(tokenizer && {
      'tokenizer.json': tokenizer.file,
      'tokenizer_config.json': {
        tokenizer_class: 'PreTrainedTokenizerFast',
        model_max_length: tokens,
        pad_token: tokenizer.decode([0]) === '' ? '<|pad|>' : '<|endoftext|>',
        bos_token: '<|startoftext|>',
        eos_token: '<|endoftext|>',
        clean_up_tokenization_spaces: false,
      },
    }),
  }
}
