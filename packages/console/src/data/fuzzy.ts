/** Ranking for the command palette and the metric browser: letters in order, whole words and beginnings first. */

/** How well `text` answers `query`: higher is better, `undefined` when the letters are not there in order. */
export function fuzzyScore(query: string, text: string): number | undefined {
  const wanted = query.toLowerCase().replaceAll(/\s+/g, '');
  if (wanted === '') return 0;
  const given = text.toLowerCase();
  const at = given.indexOf(query.toLowerCase().trim());
  if (at >= 0) return 1000 - at - given.length / 100 + (at === 0 || /[^a-z0-9]/.test(given[at - 1] as string) ? 200 : 0);
  let score = 0;
  let from = 0;
  let before = -2;
  for (const letter of wanted) {
    const found = given.indexOf(letter, from);
    if (found < 0) return undefined;
    const startsWord = found === 0 || /[^a-z0-9]/.test(given[found - 1] as string);
    score += found === before + 1 ? 8 : startsWord ? 6 : 0;
    score -= Math.min(found - from, 10) / 4;
    before = found;
    from = found + 1;
  }
  return score - given.length / 100;
}

/** The best `limit` items, best first; with an empty query the first ones as they are. */
export function fuzzyRank<Item>(query: string, items: readonly Item[], text: (item: Item) => string, limit: number): Item[] {
  if (query.trim() === '') return items.slice(0, limit);
  const scored: { item: Item; score: number }[] = [];
  for (const item of items) {
    const score = fuzzyScore(query, text(item));
    if (score !== undefined) scored.push({ item, score });
  }
  return scored
    .sort((a, b) => b.score - a.score)
    .slice(0, limit)
    .map(({ item }) => item);
}
