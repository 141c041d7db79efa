export { isThere, meanOfThere, thereOf } from '../tensor/there.js'
