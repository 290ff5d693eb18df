/** The parser `| unpack`: what Promtail's `pack` stage has put into one JSON object becomes labels and the line again. */

import { labelNameOf, withoutBroken } from '../label/field-names.ts';
import type { Line } from '../line.ts';
import type { CompiledStage } from '../stage.ts';
import {
  CLOSE_OBJECT,
  COLON,
  COMMA,
  JSON_FAULTS,
  JsonValue,
  OPEN_OBJECT,
  QUOTE,
  skipSpace,
  stringEnd,
  unescapeJson,
} from '../text/json-scan.ts';
import type { Parsing } from './parsing.ts';

/** The field that holds the line. */
const ENTRY = '_entry';

export class Unpack implements CompiledStage {
  readonly #parsing: Parsing;
  readonly #value = new JsonValue();
  readonly #pairs: string[] = [];
  #entry: string | undefined;

  constructor(parsing: Parsing) {
    this.#parsing = parsing;
  }

  run(line: Line): boolean {
    if (line.text === '') return true;
    this.#pairs.length = 0;
    this.#entry = undefined;
    const fault = line.text.charCodeAt(0) === OPEN_OBJECT ? this.#read(line.text) : 'expecting json object(6), but it is not';
    if (fault !== '') {
      this.#parsing.fail(line, 'JSONParserErr', fault);
      return true;
    }
    // What was never packed stays as it is.
    if (this.#entry === undefined) return true;
    for (let i = 0; i < this.#pairs.length; i += 2) this.#set(line, this.#pairs[i] as string, this.#pairs[i + 1] as string);
    line.text = this.#entry;
    return true;
  }

  #set(line: Line, key: string, value: string): void {
    const name = labelNameOf(key);
    if (name === '') return;
    const id = line.nameForParsed(line.names.idOf(name));
    if (!line.isExtracted(id) && this.#parsing.wants(line.names.name(id))) line.setParsed(id, value);
  }

  /** Collects the fields that are strings. Gives what is wrong, `''` when nothing is. */
  #read(text: string): string {
    let at = skipSpace(text, 1);
    if (at === text.length) return JSON_FAULTS.json;
    for (;;) {
      if (at === text.length) return JSON_FAULTS.array;
      if (text.charCodeAt(at) === CLOSE_OBJECT) return '';
      if (text.charCodeAt(at) !== QUOTE) return JSON_FAULTS.object;
      const keyEnd = stringEnd(text, at + 1);
      if (keyEnd < 0) return JSON_FAULTS.json;
      const key = unescapeJson(text.slice(at + 1, keyEnd));
      if (key === undefined) return JSON_FAULTS.escape;
      at = skipSpace(text, keyEnd + 1);
      if (text.charCodeAt(at) !== COLON) return JSON_FAULTS.json;
      at = skipSpace(text, at + 1);
      if (at === text.length) return JSON_FAULTS.json;
      const fault = this.#value.read(text, at) || this.#take(key, text);
      if (fault !== '') return fault;
      at = skipSpace(text, this.#value.next);
      if (at === text.length) return JSON_FAULTS.array;
      const unit = text.charCodeAt(at);
      if (unit === CLOSE_OBJECT) return '';
      if (unit !== COMMA) return JSON_FAULTS.object;
      at = skipSpace(text, at + 1);
    }
  }

  #take(key: string, text: string): string {
    if (this.#value.kind !== 'string') return '';
    const content = this.#value.content(text);
    if (key !== ENTRY) this.#pairs.push(key, withoutBroken(content ?? ''));
    else if (content === undefined) return JSON_FAULTS.escape;
    else this.#entry = content;
    return '';
  }
}
