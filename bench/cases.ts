/** What the benchmark trains: SimCLR with one of these encoders. `bench/peers/models.py` builds the same by name. */
export interface Case {
  readonly name: string
  readonly title: string
  /** As `lacuna pretrain --encoder` takes it */
  readonly encoder: string
  /** The function of `models.py` */
  readonly peer: string
  /** Side of the pictures in pixels */
  readonly size: number
  /** Pictures in a batch; the encoder sees two views of each */
  readonly batch: number
  /** Timed steps of a round: some seconds */
  readonly steps: number
  /** How PyTorch lays out pictures, its default first: [N, C, H, W] or, for convolutions, [N, H, W, C] in memory */
  readonly layouts: readonly Layout[]
}

export type Layout = 'contiguous' | 'channels_last'

const convolutions = { layouts: ['contiguous', 'channels_last'] } as const
const vit = {
  encoder: 'vit:dim=192,depth=6,heads=3,patch=4,class=false',
  peer: 'vit',
  layouts: ['contiguous'],
} as const
const resnet18 = { encoder: 'resnet18-small', peer: 'resnet18', ...convolutions }

export const cases: readonly Case[] = [
  { name: 'vit', title: 'ViT, width 192, 6 blocks, 3 heads, patches of 4 px', ...vit, size: 32, batch: 32, steps: 12 },
  { name: 'resnet18', title: 'ResNet-18, 3×3 stem', ...resnet18, size: 32, batch: 32, steps: 8 },
  { name: 'resnet18-64', title: 'ResNet-18, 3×3 stem', ...resnet18, size: 64, batch: 16, steps: 5 },
  {
    name: 'c4',
    title: 'c4, four 3×3 convolutions',
    encoder: 'c4',
    peer: 'c4',
    ...convolutions,
    size: 32,
    batch: 64,
    steps: 40,
  },
]
