/** How many vectors become one: their mean over places or patches, or the class token of a transformer */
export const pools = ['mean', 'class'] as const
export type Pool = (typeof pools)[number]
