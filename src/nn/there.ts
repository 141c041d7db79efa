export { deviationOfThere, isThere, meanOfThere, thereOf } from '../tensor/there.js'
