/** The parser `| json`: every field becomes a label, those inside of others with their names joined; lists are passed over. */

import { nestedNameOf, withoutBroken } from '../label/field-names.ts';
import type { LabelNames } from '../label/names.ts';
import type { Line } from '../line.ts';
import type { CompiledStage } from '../stage.ts';
import {
  blockEnd,
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

/** How many fields are remembered; hostile lines may bring new ones without end. */
const FIELDS_LIMIT = 10_000;
/** How deep fields are looked for; the names of deeper ones would be of no use. */
const DEPTH_LIMIT = 100;

/** What fields of one name, in one place, become. */
interface Field {
  /** The key as lines have it; `undefined` for one that has to be escaped. */
  readonly key: string | undefined;
  /** Place among the fields of the same object, in the order in which they were first seen. */
  readonly place: number;
  /** Fields inside, by key and in that order: most lines of a program have the same fields in the same order. */
  readonly fields: Map<string, Field>;
  readonly order: Field[];
  /** What the names of fields inside begin with. */
  readonly prefix: string;
  /** Number of the label's name; -1 where no name is left or the label is not asked for. */
  readonly id: number;
  /** The same with the suffix, for lines that have the label already. */
  readonly extractedId: number;
  /** Whether something inside may be asked for. */
  readonly isEntered: boolean;
}

const rootField = (): Field => ({
  key: undefined,
  place: 0,
  fields: new Map(),
  order: [],
  prefix: '',
  id: -1,
  extractedId: -1,
  isEntered: true,
});

function makeField(within: Field, isTop: boolean, key: string, names: LabelNames, parsing: Parsing): Field {
  const idOf = (name: string): number => (parsing.wants(name) ? names.idOf(name) : -1);
  const prefix = nestedNameOf(within.prefix, key);
  const isEntered = parsing.needed === undefined || parsing.needed.hasBelow(prefix);
  const place = within.order.length;
  const inside = { key: /["\\]/.test(key) ? undefined : key, place, fields: new Map<string, Field>(), order: [] };
  if (isTop && prefix === '') return { ...inside, prefix, id: -1, extractedId: -1, isEntered };
  // Inside of others the suffix is put behind the field's own name, whose spaces count then.
  const extracted = isTop ? `${prefix}_extracted` : nestedNameOf(within.prefix, `${key}_extracted`);
  return { ...inside, prefix, id: idOf(prefix), extractedId: idOf(extracted), isEntered };
}

/** Reads whole objects, going into those inside of them without looking ahead. */
export class WholeJson implements CompiledStage {
  readonly #parsing: Parsing;
  readonly #value = new JsonValue();
  #root = rootField();
  #generation: number;
  #size = 0;
  /** The objects around the one that is being read, and where each of them goes on in its order. */
  readonly #outer: Field[] = [];
  readonly #outerPlaces: number[] = [];
  /** Where the outermost object inside begins that is being read, and the labels that it gave. */
  #innerStart = 0;
  readonly #innerLabels: number[] = [];

  constructor(line: Line, parsing: Parsing) {
    this.#parsing = parsing;
    this.#generation = line.names.generation;
  }

  run(line: Line): boolean {
    if (this.#parsing.isDone(line)) return true;
    if (line.names.generation !== this.#generation || this.#size > FIELDS_LIMIT) {
      this.#root = rootField();
      this.#generation = line.names.generation;
      this.#size = 0;
    }
    this.#outer.length = 0;
    const fault = this.#read(line);
    if (fault !== '') this.#fail(line, fault);
    return true;
  }

  /** An object inside that does not end gives nothing: it counts as broken from its beginning. */
  #fail(line: Line, fault: string): void {
    if (this.#outer.length > 0 && blockEnd(line.text, this.#innerStart) < 0) {
      for (const id of this.#innerLabels) line.retract(id);
      this.#parsing.fail(line, 'JSONParserErr', JSON_FAULTS.object);
    } else this.#parsing.fail(line, 'JSONParserErr', fault);
  }

  /** Gives what is wrong, `''` when nothing is. */
  #read(line: Line): string {
    const { text } = line;
    let at = skipSpace(text, 0);
    if (text.charCodeAt(at) !== OPEN_OBJECT) return JSON_FAULTS.object;
    at++;
    let within = this.#root;
    /** Place of the field that is likely to come next. */
    let place = 0;
    let atEnd: string = JSON_FAULTS.json;
    for (;;) {
      // Here a field begins, or the object ends.
      at = skipSpace(text, at);
      if (at === text.length) return atEnd;
      if (text.charCodeAt(at) !== CLOSE_OBJECT) {
        if (text.charCodeAt(at) !== QUOTE) return JSON_FAULTS.object;
        let field = within.order[place];
        if (field?.key !== undefined && isKeyAt(text, at + 1, field.key)) at += field.key.length + 2;
        else {
          const keyEnd = stringEnd(text, at + 1);
          if (keyEnd < 0) return JSON_FAULTS.json;
          const key = unescapeJson(text.slice(at + 1, keyEnd));
          if (key === undefined) return JSON_FAULTS.escape;
          field = within.fields.get(key) ?? this.#fieldOf(within, key, line);
          at = keyEnd + 1;
        }
        place = field.place + 1;
        at = skipSpace(text, at);
        if (text.charCodeAt(at) !== COLON) return JSON_FAULTS.json;
        at = skipSpace(text, at + 1);
        if (at === text.length) return JSON_FAULTS.json;
        if (text.charCodeAt(at) === OPEN_OBJECT && field.isEntered && this.#outer.length < DEPTH_LIMIT) {
          if (this.#outer.length === 0) {
            this.#innerStart = at;
            this.#innerLabels.length = 0;
          }
          this.#outer.push(within);
          this.#outerPlaces[this.#outer.length] = place;
          within = field;
          place = 0;
          at++;
          atEnd = JSON_FAULTS.json;
          continue;
        }
        const fault = this.#value.read(text, at);
        if (fault !== '') return fault;
        at = this.#value.next;
        if (this.#set(line, field) && this.#parsing.isDone(line)) return '';
      } else {
        place = this.#outerPlaces[this.#outer.length] ?? 0;
        const outer = this.#outer.pop();
        if (outer === undefined) return '';
        within = outer;
        at++;
      }
      // Here a value has ended, and with it perhaps the object.
      for (;;) {
        at = skipSpace(text, at);
        if (at === text.length) return JSON_FAULTS.array;
        const unit = text.charCodeAt(at++);
        if (unit === COMMA) break;
        if (unit !== CLOSE_OBJECT) return JSON_FAULTS.object;
        place = this.#outerPlaces[this.#outer.length] ?? 0;
        const outer = this.#outer.pop();
        if (outer === undefined) return '';
        within = outer;
      }
      atEnd = JSON_FAULTS.array;
    }
  }

  #fieldOf(within: Field, key: string, line: Line): Field {
    const field = makeField(within, within === this.#root, key, line.names, this.#parsing);
    within.fields.set(key, field);
    within.order.push(field);
    this.#size++;
    return field;
  }

  /** Makes the value that was read a label, where it can be one; whether it did. */
  #set(line: Line, field: Field): boolean {
    const value = this.#value;
    if (field.id < 0 || value.kind === 'array' || value.kind === 'object' || value.kind === 'null') return false;
    const id = line.isTaken(field.id) ? field.extractedId : field.id;
    if (id < 0 || line.isExtracted(id)) return false;
    line.setParsed(id, withoutBroken(value.content(line.text) ?? ''));
    if (this.#outer.length > 0) this.#innerLabels.push(id);
    return true;
  }
}

/** Whether this key, and its closing quote, stand at a place. */
function isKeyAt(text: string, at: number, key: string): boolean {
  return text.startsWith(key, at) && text.charCodeAt(at + key.length) === QUOTE;
}
