/** The parser `| json label="path", …`: some fields become labels, those that are not there become empty ones. */

import type { FieldPath } from '@atalaya/lang';
import { withoutBroken } from '../label/field-names.ts';
import type { Line } from '../line.ts';
import type { CompiledStage } from '../stage.ts';
import {
  CLOSE_LIST,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  JsonValue,
  OPEN_LIST,
  OPEN_OBJECT,
  QUOTE,
  skipSpace,
  stringEnd,
  unescapeJson,
} from '../text/json-scan.ts';
import type { Parsing } from './parsing.ts';

/** A place in JSON that paths lead to or through. */
interface Place {
  /** Places of the paths that end here, in the list of all. */
  readonly paths: number[];
  readonly fields: Map<string, Place>;
  readonly items: Map<number, Place>;
}

const makePlace = (): Place => ({ paths: [], fields: new Map(), items: new Map() });

export class JsonFields implements CompiledStage {
  readonly #parsing: Parsing;
  readonly #ids: readonly number[];
  readonly #root = makePlace();
  readonly #value = new JsonValue();
  /** The line for which each path was found last. */
  readonly #found: boolean[];
  #missing = 0;

  constructor(fields: readonly FieldPath[], line: Line, parsing: Parsing) {
    this.#parsing = parsing;
    this.#ids = fields.map(({ label }) => line.names.idOf(label));
    this.#found = fields.map(() => false);
    for (const [index, { path }] of fields.entries()) {
      let place = this.#root;
      for (const step of path) place = typeof step === 'number' ? child(place.items, step) : child(place.fields, step);
      place.paths.push(index);
    }
  }

  run(line: Line): boolean {
    const { text } = line;
    if (text === '' || this.#parsing.isDone(line)) return true;
    const first = text.charCodeAt(0);
    if (first !== OPEN_OBJECT && first !== OPEN_LIST && first !== QUOTE) {
      this.#parsing.fail(line, 'JSONParserErr', '');
      return true;
    }
    this.#found.fill(false);
    this.#missing = this.#ids.length;
    this.#enter(line, 0, this.#root);
    if (this.#missing > 0) {
      for (const id of this.#ids) if (line.valueOf(id) === undefined) line.setParsed(id, '');
    }
    return true;
  }

  /** Looks for places inside of what begins at `at`. Gives the place behind it, -1 when there is nothing more to look for. */
  #enter(line: Line, at: number, place: Place): number {
    const unit = line.text.charCodeAt(at);
    if (unit === OPEN_OBJECT) return this.#object(line, at + 1, place.fields);
    return unit === OPEN_LIST ? this.#list(line, at + 1, place.items) : -1;
  }

  #object(line: Line, start: number, fields: ReadonlyMap<string, Place>): number {
    const { text } = line;
    for (let at = skipSpace(text, start); text.charCodeAt(at) === QUOTE; at = skipSpace(text, at + 1)) {
      const keyEnd = stringEnd(text, at + 1);
      if (keyEnd < 0) return -1;
      const key = unescapeJson(text.slice(at + 1, keyEnd));
      at = skipSpace(text, keyEnd + 1);
      if (key === undefined || text.charCodeAt(at) !== COLON) return -1;
      at = this.#element(line, skipSpace(text, at + 1), fields.get(key));
      if (at < 0) return -1;
      at = skipSpace(text, at);
      if (text.charCodeAt(at) === CLOSE_OBJECT) return at + 1;
      if (text.charCodeAt(at) !== COMMA) return -1;
    }
    return -1;
  }

  #list(line: Line, start: number, items: ReadonlyMap<number, Place>): number {
    const { text } = line;
    let at = skipSpace(text, start);
    for (let index = 0; at < text.length && text.charCodeAt(at) !== CLOSE_LIST; index++) {
      at = this.#element(line, at, items.get(index));
      if (at < 0) return -1;
      at = skipSpace(text, at);
      if (text.charCodeAt(at) === CLOSE_LIST) return at + 1;
      if (text.charCodeAt(at) !== COMMA) return -1;
      at = skipSpace(text, at + 1);
    }
    return -1;
  }

  /** A value of an object or list. Gives the place behind it, -1 when there is nothing more to look for. */
  #element(line: Line, at: number, place: Place | undefined): number {
    const fault = this.#value.read(line.text, at);
    if (fault !== '') {
      if (place !== undefined && place.paths.length > 0) this.#parsing.fail(line, 'JSONParserErr', fault);
      // An object that does not end may still hold what is looked for.
      return place === undefined ? -1 : this.#enter(line, at, place);
    }
    const { next } = this.#value;
    if (place === undefined) return next;
    for (const path of place.paths) this.#take(line, path);
    if (this.#missing === 0) return -1;
    if (place.fields.size + place.items.size > 0 && this.#enter(line, at, place) < 0 && this.#missing === 0) return -1;
    return next;
  }

  /** Of fields that come twice the first one counts. */
  #take(line: Line, path: number): void {
    if (this.#found[path] === true) return;
    this.#found[path] = true;
    this.#missing--;
    const value = this.#value.kind === 'null' ? '' : withoutBroken(this.#value.content(line.text) ?? '');
    line.setParsed(line.nameForParsed(this.#ids[path] as number), value);
  }
}

function child<Key>(places: Map<Key, Place>, key: Key): Place {
  let place = places.get(key);
  if (place === undefined) places.set(key, (place = makePlace()));
  return place;
}
