/** Finds the name that somebody probably meant. */

/** The candidate with the fewest edits to `given`, when it is near enough to be a likely slip; else `undefined`. */
export function nearestName(given: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(given.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(given, candidate);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Insertions, deletions, replacements and swaps of neighbours (the commonest slip of all) that lead from one text to the other. */
function editDistance(a: string, b: string): number {
  let earlier: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      current.push(
        Math.min(
          substitution,
          (previous[j] as number) + 1,
          (current[j - 1] as number) + 1,
          swapped ? (earlier[j - 2] as number) + 1 : Infinity,
        ),
      );
    }
    earlier = previous;
    previous = current;
  }
  return previous[b.length] as number;
}
