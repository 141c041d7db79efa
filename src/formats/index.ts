export { writeNpy } from './npy.js'
export { type EmbeddingTable, writeEmbeddingsParquet } from './parquet.js'
export { readSafetensors, type Safetensors, writeSafetensors } from './safetensors.js'
export type { SafetensorsDType, StoredTensor, TensorData } from './stored-tensor.js'
