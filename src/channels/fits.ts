/** How a picture that is not square becomes so: its middle, all of it with a border, or all of it squeezed. */
export const fits = ['crop', 'pad', 'squash'] as const
export type Fit = (typeof fits)[number]
