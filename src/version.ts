/** Of this package, as in `package.json`; written here, because a bundle has no `package.json` beside it */
export const version = '0.1.0'
