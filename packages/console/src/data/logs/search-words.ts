/** The words that are searched for, as people type them: several words, `"a phrase"`, `-without`. */

/** A word to find, or to leave out. */
export interface SearchWord {
  readonly text: string;
  readonly without: boolean;
}

const WORD = /(?<minus>-)?(?:"(?<phrase>(?:[^"\\]|\\.)*)"?|(?<plain>\S+))/gu;

/** Reads what was typed. A quote that is not closed yet reaches to the end. */
export function readWords(typed: string): SearchWord[] {
  const words: SearchWord[] = [];
  for (const { groups = {} } of typed.matchAll(WORD)) {
    const text = groups['phrase']?.replaceAll(/\\(["\\])/g, '$1') ?? groups['plain'] ?? '';
    if (text !== '') words.push({ text, without: groups['minus'] !== undefined });
  }
  return words;
}

/** Writes words such that reading them gives the same. */
export function writeWords(words: readonly SearchWord[]): string {
  return words.map(({ text, without }) => `${without ? '-' : ''}${needsQuotes(text) ? `"${escaped(text)}"` : text}`).join(' ');
}

function needsQuotes(text: string): boolean {
  return /\s/u.test(text) || text.startsWith('-') || text.startsWith('"');
}

function escaped(text: string): string {
  return text.replaceAll(/["\\]/g, String.raw`\$&`);
}
