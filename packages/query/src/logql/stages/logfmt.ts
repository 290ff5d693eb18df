/** The parser `| logfmt`, whole or for some keys. */

import type { LogfmtParser } from '@atalaya/lang';
import { labelNameOf, withoutBroken } from '../label/field-names.ts';
import type { Line } from '../line.ts';
import type { CompiledStage } from '../stage.ts';
import { LogfmtReader } from '../text/logfmt-reader.ts';
import type { Parsing } from './parsing.ts';

/** How many keys are remembered; hostile lines may bring new ones without end. */
const KEYS_LIMIT = 10_000;

/** Makes the parser ready. */
export function compileLogfmt(stage: LogfmtParser, line: Line, parsing: Parsing): CompiledStage {
  return stage.fields.length === 0 ? new WholeLogfmt(stage, line, parsing) : new LogfmtFields(stage, line, parsing);
}

/** A key that lines have had. */
interface Key {
  readonly text: string;
  /** Number of the label's name; -1 where no name is left of the key. */
  readonly id: number;
  /** Place among all, in the order in which they were first seen. */
  readonly place: number;
}

/** Every pair becomes a label. */
class WholeLogfmt implements CompiledStage {
  readonly #strict: boolean;
  readonly #keepEmpty: boolean;
  readonly #parsing: Parsing;
  readonly #reader = new LogfmtReader();
  /** By their texts, and in order: most lines of a program have the same keys in the same order. */
  readonly #keys = new Map<string, Key>();
  readonly #order: Key[] = [];
  #generation: number;

  constructor({ strict, keepEmpty }: LogfmtParser, line: Line, parsing: Parsing) {
    this.#strict = strict;
    this.#keepEmpty = keepEmpty;
    this.#parsing = parsing;
    this.#generation = line.names.generation;
  }

  run(line: Line): boolean {
    const parsing = this.#parsing;
    if (parsing.isDone(line)) return true;
    if (line.names.generation !== this.#generation || this.#keys.size > KEYS_LIMIT) {
      this.#keys.clear();
      this.#order.length = 0;
      this.#generation = line.names.generation;
    }
    const reader = this.#reader;
    reader.begin(line.text);
    let likely = this.#order[0];
    while (!reader.isEnd) {
      if (!reader.next(likely?.text)) {
        if (this.#strict) break;
        continue;
      }
      const key =
        likely !== undefined && reader.key === likely.text ? likely : (this.#keys.get(reader.key) ?? this.#keyOf(reader.key, line));
      likely = this.#order[key.place + 1];
      if (key.id < 0) continue;
      const id = line.nameForParsed(key.id);
      if (line.isExtracted(id) || !parsing.wants(line.names.name(id))) continue;
      const value = withoutBroken(reader.value());
      if (value === '' && !this.#keepEmpty) continue;
      line.setParsed(id, value);
      if (parsing.isDone(line)) break;
    }
    if (this.#strict && reader.error !== '') parsing.fail(line, 'LogfmtParserErr', reader.error);
    return true;
  }

  #keyOf(text: string, line: Line): Key {
    const name = labelNameOf(text);
    const key = { text, id: name === '' ? -1 : line.names.idOf(name), place: this.#order.length };
    this.#keys.set(text, key);
    this.#order.push(key);
    return key;
  }
}

/** A key that lines have had, and the labels that it fills. */
interface FilledKey {
  readonly text: string;
  readonly ids: readonly number[];
  readonly place: number;
}

/** Some keys become labels; those that are not there become empty ones. */
class LogfmtFields implements CompiledStage {
  readonly #strict: boolean;
  readonly #parsing: Parsing;
  readonly #reader = new LogfmtReader();
  readonly #ids: readonly number[];
  /** Labels by the key that they are filled from. */
  readonly #byKey = new Map<string, number[]>();
  /** Labels by their own names, under which fields are found too. */
  readonly #byLabel = new Map<string, number[]>();
  /** Keys of lines by their texts, and in the order in which they were first seen. */
  readonly #keys = new Map<string, FilledKey>();
  readonly #order: FilledKey[] = [];

  constructor({ strict, fields }: LogfmtParser, line: Line, parsing: Parsing) {
    this.#strict = strict;
    this.#parsing = parsing;
    this.#ids = fields.map(({ label }) => line.names.idOf(label));
    for (const [index, { label, path }] of fields.entries()) {
      const id = this.#ids[index] as number;
      const key = String(path[0]);
      this.#byKey.set(key, [...(this.#byKey.get(key) ?? []), id]);
      this.#byLabel.set(label, [id]);
    }
  }

  run(line: Line): boolean {
    if (this.#parsing.isDone(line)) return true;
    if (this.#keys.size > KEYS_LIMIT) {
      this.#keys.clear();
      this.#order.length = 0;
    }
    for (const id of this.#ids) if (!line.isTaken(id)) line.setParsed(id, '');
    const reader = this.#reader;
    reader.begin(line.text);
    let likely = this.#order[0];
    while (!reader.isEnd) {
      if (!reader.next(likely?.text)) {
        if (this.#strict) break;
        continue;
      }
      const key = likely !== undefined && reader.key === likely.text ? likely : (this.#keys.get(reader.key) ?? this.#keyOf(reader.key));
      likely = this.#order[key.place + 1];
      if (key.ids.length === 0) continue;
      const value = reader.value();
      for (const id of key.ids) line.setParsed(line.nameForParsed(id), value.includes('\uFFFD') ? '' : value);
    }
    if (this.#strict && reader.error !== '') this.#parsing.fail(line, 'LogfmtParserErr', reader.error);
    return true;
  }

  #keyOf(text: string): FilledKey {
    const name = labelNameOf(text);
    const ids = this.#byKey.get(text) ?? this.#byLabel.get(text) ?? this.#byKey.get(name) ?? this.#byLabel.get(name) ?? [];
    const key = { text, ids, place: this.#order.length };
    this.#keys.set(text, key);
    this.#order.push(key);
    return key;
  }
}
