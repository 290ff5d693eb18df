/** How many scrape targets are up and down. */

import type { TargetsSnapshot } from '@atalaya/receive';

export function countTargets({ activeTargets }: TargetsSnapshot): { up: number; down: number } {
  const count = (wanted: string): number => activeTargets.filter(({ health }) => health === wanted).length;
  return { up: count('up'), down: count('down') };
}
