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
}

const vit = { encoder: 'vit:dim=192,depth=6,heads=3,patch=4,class=false', peer: 'vit' }
const resnet18 = { encoder: 'resnet18-small', peer: 'resnet18' }

export const cases: readonly Case[] = [
  { name: 'vit', title: 'ViT, width 192, 6 blocks, 3 heads, patches of 4 px', ...vit, size: 32, batch: 32 },
  { name: 'resnet18', title: 'ResNet-18, 3×3 stem', ...resnet18, size: 32, batch: 32 },
  { name: 'resnet18-64', title: 'ResNet-18, 3×3 stem', ...resnet18, size: 64, batch: 16 },
  { name: 'c4', title: 'c4, four 3×3 convolutions', encoder: 'c4', peer: 'c4', size: 32, batch: 64 },
]
