import { describe, expect, test } from 'vitest';

import { lineStyle, PALETTE, type Scheme, SURFACE } from './palette.ts';

type Rgb = readonly [number, number, number];

/** Machado, Oliveira and Fernandes (2009), severity 1, on linear light. */
const EYES = {
  full: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
};

function linear(hex: string): Rgb {
  const channel = (at: number) => {
    const c = parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

function seenBy([r, g, b]: Rgb, m: readonly number[]): Rgb {
  const row = (i: number) => Math.min(1, Math.max(0, (m[i] ?? 0) * r + (m[i + 1] ?? 0) * g + (m[i + 2] ?? 0) * b));
  return [row(0), row(3), row(6)];
}

/** OKLab coordinates, in which distances fit what eyes tell apart. */
function oklab([r, g, b]: Rgb): Rgb {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function apart(a: string, b: string, eye: readonly number[]): number {
  const x = oklab(seenBy(linear(a), eye));
  const y = oklab(seenBy(linear(b), eye));
  return Math.hypot(x[0] - y[0], x[1] - y[1], x[2] - y[2]);
}

function contrast(a: string, b: string): number {
  const luminance = (hex: string) => {
    const [r, g, bl] = linear(hex);
    return 0.2126 * r + 0.7152 * g + 0.0722 * bl;
  };
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

describe.each<Scheme>(['light', 'dark'])('the %s palette', (scheme) => {
  const colours = PALETTE[scheme];

  test('has more than ten colours, each visible on its surface', () => {
    expect(colours.length).toBeGreaterThan(10);
    expect(colours.filter((colour) => contrast(colour, SURFACE[scheme]) < 3)).toEqual([]);
  });

  test.each(Object.entries(EYES))('can be told apart with %s vision', (_, eye) => {
    const pairs = colours.flatMap((a, i) =>
      colours.slice(i + 1).map((b, j) => ({ a, b, first: i + j + 1 < 6, distance: apart(a, b, eye) })),
    );
    expect(pairs.filter(({ distance, first }) => distance < (first ? 0.07 : 0.055))).toEqual([]);
  });

  test('goes on with dashes, so that no two of forty lines look alike', () => {
    const styles = Array.from({ length: 40 }, (_, i) => JSON.stringify(lineStyle(i, scheme)));
    expect(new Set(styles).size).toBe(40);
  });
});
