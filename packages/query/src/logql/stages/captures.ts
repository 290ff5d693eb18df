/** The parsers `| regexp` and `| pattern`: what an expression or a pattern captures becomes labels. */

import type { PatternParser, RegexpParser } from '@atalaya/lang';
import { compileSearch, type SearchPattern } from '@atalaya/model';
import type { Line } from '../line.ts';
import type { CompiledStage } from '../stage.ts';
import type { Parsing } from './parsing.ts';

/** Sets what was captured under a name, unless it is not asked for or was set before. */
function set(line: Line, name: number, value: string, parsing: Parsing): void {
  const id = line.nameForParsed(name);
  if (!line.isExtracted(id) && parsing.wants(line.names.name(id))) line.setParsed(id, value);
}

/** Named groups of an expression; those that take no part in the match become empty labels. */
export class Regexp implements CompiledStage {
  readonly #search: SearchPattern;
  /** Names' numbers by group; -1 for groups without a name. */
  readonly #ids: readonly number[];
  readonly #parsing: Parsing;

  constructor({ expression }: RegexpParser, line: Line, parsing: Parsing) {
    this.#search = compileSearch(expression);
    this.#ids = this.#search.groupNames.map((name) => (name === '' ? -1 : line.names.idOf(name)));
    this.#parsing = parsing;
  }

  run(line: Line): boolean {
    if (this.#parsing.isDone(line)) return true;
    const groups = this.#search.search(line.text)?.groups;
    if (groups === undefined) return true;
    for (const [index, id] of this.#ids.entries()) if (id >= 0) set(line, id, groups[index] ?? '', this.#parsing);
    return true;
  }
}

/** A text, or a capture with its name's number, -1 where it has none. */
type Part = string | number;

/** A pattern, which begins at the line's beginning. Where one of its texts is not found, the capture before takes the rest. */
export class CapturePattern implements CompiledStage {
  readonly #parts: readonly Part[];
  readonly #parsing: Parsing;

  constructor({ parts }: PatternParser, line: Line, parsing: Parsing) {
    this.#parts = parts.map((part) => (part.kind === 'text' ? part.text : part.name === undefined ? -1 : line.names.idOf(part.name)));
    this.#parsing = parsing;
  }

  run(line: Line): boolean {
    const { text } = line;
    const parts = this.#parts;
    if (text === '' || this.#parsing.isDone(line)) return true;
    let at = 0;
    let next = 0;
    const [first] = parts;
    if (typeof first === 'string') {
      if (!text.startsWith(first)) return true;
      at = first.length;
      next = 1;
    }
    // From here on captures and texts alternate.
    for (; next < parts.length; next += 2) {
      const behind = parts[next + 1] as string | undefined;
      const end = behind === undefined ? -1 : text.indexOf(behind, at);
      const id = parts[next] as number;
      if (id >= 0) set(line, id, text.slice(at, end < 0 ? text.length : end), this.#parsing);
      if (end < 0 || behind === undefined) return true;
      at = end + behind.length;
    }
    return true;
  }
}
