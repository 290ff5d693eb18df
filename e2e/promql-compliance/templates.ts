/** Rows of expressions that are written once and multiplied. */

/** Every text that comes out when each `{name}` is replaced by each of its words. */
export function each(template: string, words: Readonly<Record<string, readonly string[]>>): string[] {
  return Object.entries(words).reduce(
    (texts, [name, list]) => texts.flatMap((text) => list.map((word) => text.replaceAll(`{${name}}`, word))),
    [template],
  );
}
