/** What the benchmark trains: a method with an encoder. `bench/peers/methods.py` and `models.py` build the same by name. */
export interface Case {
  readonly name: string
  readonly title: string
  readonly method: 'simclr' | 'clip' | 'next-frame'
  /** As `lacuna pretrain --encoder` takes it */
  readonly encoder: string
  /** The function of `models.py` */
  readonly peer: string
  /** Side of the pictures in pixels */
  readonly size: number
  /** Samples in a batch, and what they are */
  readonly batch: number
  readonly samples: string
  /** Pictures that the encoder sees of each sample */
  readonly views: number
  /** Timed steps of a round: some seconds */
  readonly steps: number
  /** Whether it is measured in fewer bits too: ours in int8, PyTorch's in bf16 */
  readonly fewerBits?: boolean
  /** How PyTorch lays out pictures, its default first: [N, C, H, W] or, for convolutions, [N, H, W, C] in memory */
  readonly layouts: readonly Layout[]
}

export type Layout = 'contiguous' | 'channels_last'

const simclr = { method: 'simclr', samples: 'pictures', views: 2 } as const
const convolutions = { layouts: ['contiguous', 'channels_last'] } as const
const vit = {
  ...simclr,
  encoder: 'vit:dim=192,depth=6,heads=3,patch=4,class=false',
  peer: 'vit',
  fewerBits: true,
  layouts: ['contiguous'],
} as const
const resnet18 = { ...simclr, encoder: 'resnet18-small', peer: 'resnet18', fewerBits: true, ...convolutions }

export const cases: readonly Case[] = [
  { name: 'vit', title: 'ViT, width 192, 6 blocks, 3 heads, patches of 4 px', ...vit, size: 32, batch: 32, steps: 12 },
  { name: 'resnet18', title: 'ResNet-18, 3×3 stem', ...resnet18, size: 32, batch: 32, steps: 8 },
  { name: 'resnet18-64', title: 'ResNet-18, 3×3 stem', ...resnet18, size: 64, batch: 16, steps: 5 },
  {
    name: 'c4',
    title: 'c4, four 3×3 convolutions',
    ...simclr,
    encoder: 'c4',
    peer: 'c4',
    fewerBits: true,
    ...convolutions,
    size: 32,
    batch: 64,
    steps: 40,
  },
  {
    name: 'clip',
    title: 'CLIP, ViT as above with text of 4 blocks of width 128',
    method: 'clip',
    encoder: 'clip-vit:dim=192,depth=6,heads=3,patch=4',
    peer: 'open_clip',
    fewerBits: true,
    layouts: ['contiguous'],
    size: 32,
    batch: 64,
    samples: 'captioned pictures',
    views: 1,
    steps: 8,
  },
  {
    name: 'next-frame',
    title: 'next frame by c4-half',
    method: 'next-frame',
    encoder: 'c4-half',
    peer: 'c4_half',
    ...convolutions,
    size: 32, // guessed whole
    batch: 32,
    samples: 'films',
    views: 4,
    steps: 20,
  },
]
