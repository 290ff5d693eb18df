/** Tells streams apart inside a pipeline, by their labels. */

/** A text that is the same for the same labels in whatever order. */
export function streamKey(labels: ReadonlyMap<string, string>): string {
  let key = '';
  for (const name of [...labels.keys()].sort()) key += `${name}\0${labels.get(name)}\0`;
  return key;
}
