/**
 * Colours of chart lines: twelve hues per theme, picked so that any two stay apart for full colour vision, protanopia and
 * deuteranopia, and that each stands out from the surface; `palette.test.ts` measures it. The first six are the furthest
 * apart. Beyond twelve, lines repeat the colours with dashes.
 */
export const PALETTE = {
  light: [
    '#2366da',
    '#ae9100',
    '#8a1b8c',
    '#1da48c',
    '#7b3600',
    '#ec697d',
    '#269ed0',
    '#2d754f',
    '#4830af',
    '#82254c',
    '#7b7c00',
    '#5b86ff',
  ],
  dark: [
    '#5b76e6',
    '#f2981e',
    '#eabcfb',
    '#6fd0b0',
    '#e4de4f',
    '#d2826a',
    '#58acbd',
    '#86f3ae',
    '#9791ff',
    '#ba5176',
    '#9e7100',
    '#4c80a9',
  ],
} as const;

/** Colours of areas that stand for levels of log lines: red and yellow as everywhere, the quiet ones pale. */
export const LEVEL_COLOURS = {
  light: {
    critical: '#8c1560',
    error: '#d8402f',
    warn: '#e2a412',
    info: '#6f9fdc',
    debug: '#8fb3ab',
    trace: '#b9c6cc',
    unknown: '#c3c8d1',
  },
  dark: {
    critical: '#ff6fb5',
    error: '#ee5f52',
    warn: '#e5b340',
    info: '#5a8ed0',
    debug: '#55827a',
    trace: '#4a616b',
    unknown: '#525c69',
  },
} as const;

/** The themes that have a palette. */
export type Scheme = keyof typeof PALETTE;

/** The chart surfaces that the palette was picked for; the same as `--at-surface`. */
export const SURFACE: Record<Scheme, string> = { light: '#ffffff', dark: '#15191f' };

/** How a line is drawn. */
export interface LineStyle {
  readonly colour: string;
  /** Canvas dash pattern; empty for a full line. */
  readonly dash: readonly number[];
}

const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 3], [9, 3, 2, 3]];

/** The style of the line with this number. */
export function lineStyle(index: number, scheme: Scheme): LineStyle {
  const colours = PALETTE[scheme];
  const round = Math.floor(index / colours.length) % DASHES.length;
  return { colour: colours[index % colours.length] as string, dash: DASHES[round] as readonly number[] };
}
