import { createRequire } from 'node:module'

/** The only releases taken: programs lean on how these treat outputs and devices. */
const release = '1.30.'

/**
 * Whether ONNX Runtime is the copy that the package carries, not an onnxruntime-node of our release beside Lacuna (in a clone,
 * or installed with the CUDA libraries). It is no dependency because its install script downloads CUDA libraries on every x64
 * Linux, and ends the whole installation where it cannot.
 * @param require as of a file of Lacuna's
 */
export const isCarried = (require: NodeJS.Require): boolean => !installed(require)?.startsWith(release)

export const carried = isCarried(createRequire(import.meta.url))

/** The command that brings a release that is taken. */
export const installCommand = `npm install onnxruntime-node@${release}0 --ignore-scripts`

/** The commands that bring what `--device cuda` needs. */
export const cudaCommands = `${carried ? `${installCommand} && ` : ''}node node_modules/onnxruntime-node/script/install.js`

/** Version of the onnxruntime-node that is found. */
function installed(require: NodeJS.Require): string | undefined {
  try {
    return require('onnxruntime-node/package.json').version
  } catch {
    return undefined
  }
}
