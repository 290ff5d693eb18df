/** A typed way through a YAML document that knows file and line of everything it hands out. */

import { AtalayaError, parseDuration, nearestName } from '@atalaya/model';
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type ParsedNode, Scalar } from 'yaml';

/** Something in a configuration that is valid but not acted on. */
export interface ConfigWarning {
  readonly file: string;
  readonly line?: number;
  readonly message: string;
}

/** The names a section may have. */
export interface SectionFields {
  /** Names that the reader asks for. */
  readonly known: readonly string[];
  /** Names that the program whose configuration it is has, and Atalaya passes over: each gives a warning. */
  readonly passive?: readonly string[];
  /** That program, for the warning; Prometheus unless given. */
  readonly program?: string;
}

const BOOLEANS = new Map([
  ...['true', 'True', 'TRUE', 'yes', 'Yes', 'YES', 'on', 'On', 'ON', 'y', 'Y'].map((word) => [word, true] as const),
  ...['false', 'False', 'FALSE', 'no', 'No', 'NO', 'off', 'Off', 'OFF', 'n', 'N'].map((word) => [word, false] as const),
]);

const SIZE_UNITS = new Map(
  ['B', 'KB', 'MB', 'GB', 'TB', 'PB', 'EB'].flatMap((unit, power) => {
    const bytes = 1024 ** power;
    return unit === 'B' ? [[unit, bytes] as const] : [[unit, bytes] as const, [unit.replace('B', 'iB'), bytes] as const];
  }),
);

class YamlSource {
  readonly file: string;
  readonly warnings: ConfigWarning[];
  readonly document: Document.Parsed;
  readonly #lines = new LineCounter();

  constructor(text: string, file: string, warnings: ConfigWarning[]) {
    this.file = file;
    this.warnings = warnings;
    this.document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
    const error = this.document.errors[0];
    if (error !== undefined) this.fail(this.lineAt(error.pos[0]), `not valid YAML: ${error.message}`);
  }

  lineAt(offset: number): number {
    return this.#lines.linePos(offset).line;
  }

  fail(line: number, reason: string): never {
    throw new AtalayaError('BAD_CONFIG', { file: this.file, reason: `line ${line}: ${reason}` });
  }
}

/** Reads a YAML text and stands at its top. Warnings of everything below it go into `warnings`. @throws AtalayaError BAD_CONFIG when it is not YAML. */
export function openYaml(text: string, file: string, warnings: ConfigWarning[]): Cursor {
  const source = new YamlSource(text, file, warnings);
  return new Cursor(source, source.document.contents, '', 1);
}

/** One place in a YAML document. Every getter throws BAD_CONFIG, with line and path, when what stands there does not fit. */
export class Cursor {
  /** Where this is, as `scrape_configs[0].job_name`; empty at the top. */
  readonly path: string;
  /** Line in the file, from 1. */
  readonly line: number;
  readonly #source: YamlSource;
  readonly #node: Node | null;

  constructor(source: YamlSource, node: Node | null, path: string, line: number) {
    this.#source = source;
    this.path = path;
    this.#node = isAlias(node) ? (node.resolve(source.document) ?? null) : node;
    this.line = node?.range ? source.lineAt(node.range[0]) : line;
  }

  /** What stands here as text: the same for everything that means the same, however it is laid out. */
  get content(): string {
    try {
      return JSON.stringify(this.#node?.toJS(this.#source.document) ?? null);
    } catch (error) {
      // Aliases of aliases that make a small text a huge one.
      return this.fail((error as Error).message);
    }
  }

  /** Whether nothing stands here (`key:` and no more). */
  get empty(): boolean {
    return this.#node === null || (isScalar(this.#node) && this.#node.value === null);
  }

  /** The kind of what stands here, for places that allow several. */
  get kind(): 'map' | 'list' | 'scalar' {
    if (isMap(this.#node)) return 'map';
    return isSeq(this.#node) ? 'list' : 'scalar';
  }

  fail(reason: string): never {
    return this.#source.fail(this.line, this.path === '' ? reason : `${this.path}: ${reason}`);
  }

  warn(message: string): void {
    this.#source.warnings.push({ file: this.#source.file, line: this.line, message });
  }

  /** The pairs of a mapping, merge keys (`<<`) resolved. */
  entries(): [string, Cursor][] {
    if (this.empty) return [];
    const node = this.#node;
    if (!isMap<ParsedNode, ParsedNode | null>(node)) return this.fail(`${this.#given()}; a mapping (name: value) belongs here`);
    const merged = new Map<string, Cursor>();
    const own = new Map<string, Cursor>();
    for (const pair of node.items) {
      const line = pair.key.range ? this.#source.lineAt(pair.key.range[0]) : this.line;
      if (!isScalar(pair.key)) return this.#source.fail(line, 'a name must be plain text');
      const name = scalarText(pair.key);
      const value = new Cursor(this.#source, pair.value, name === '<<' ? this.path : join(this.path, name), line);
      if (name !== '<<') own.set(name, value);
      else
        for (const part of value.kind === 'list' ? value.items() : [value])
          for (const [key, cursor] of part.entries()) merged.set(key, cursor);
    }
    return [...new Map([...merged, ...own])];
  }

  /** The fields of a section by name. An unknown name is an error that suggests the nearest one; a passive one a warning. */
  section(fields: SectionFields): Map<string, Cursor> {
    const { known, passive = [], program = 'Prometheus' } = fields;
    const found = new Map<string, Cursor>();
    for (const [name, value] of this.entries()) {
      if (known.includes(name)) found.set(name, value);
      else if (passive.includes(name)) value.warn(`${value.path} is a field of ${program} that Atalaya does not act on; it is ignored`);
      else {
        const nearest = nearestName(name, [...known, ...passive]);
        const hint = nearest === undefined ? `known are ${[...known].sort().join(', ')}` : `did you mean "${nearest}"?`;
        this.#source.fail(value.line, `${value.path}: unknown field "${name}"; ${hint}`);
      }
    }
    return found;
  }

  /** The items of a list. */
  items(): Cursor[] {
    if (this.empty) return [];
    const node = this.#node;
    if (!isSeq<Node | null>(node)) return this.fail(`${this.#given()}; a list (lines beginning with "-") belongs here`);
    return node.items.map((item, index) => new Cursor(this.#source, item, `${this.path}[${index}]`, this.line));
  }

  /** A text; numbers and booleans give the text as it was written. Nothing is the empty text. */
  text(): string {
    if (this.empty) return '';
    if (!isScalar(this.#node)) return this.fail(`${this.#given()}; a text belongs here`);
    return scalarText(this.#node);
  }

  /** A text that is not empty. */
  requiredText(): string {
    return this.text() || this.fail('must not be empty');
  }

  texts(): string[] {
    return this.items().map((item) => item.text());
  }

  boolean(): boolean {
    return BOOLEANS.get(this.text()) ?? this.fail(`${this.#given()}; allowed are true and false`);
  }

  /** A whole number ≥ 0. */
  count(): number {
    const text = this.text();
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(Number(text))) this.fail(`${this.#given()}; a whole number, 0 or more, belongs here`);
    return Number(text);
  }

  /** A duration in milliseconds, larger than zero unless `zero` is allowed. */
  duration(zero = false): number {
    const milliseconds = parseDuration(this.text());
    if (milliseconds === undefined) this.fail(`${this.#given()} is not a duration; write it like 15s, 1m30s or 500ms`);
    if (milliseconds === 0 && !zero) this.fail('must be longer than 0s');
    return milliseconds;
  }

  /** A size in bytes, written like `10MB` (1 KB is 1024 bytes, as in Prometheus); `0` is none. */
  size(): number {
    const match = /^(\d+(?:\.\d+)?)([KMGTPE]?i?B)$/.exec(this.text());
    const unit = SIZE_UNITS.get(match?.[2] ?? '');
    if (this.text() === '0') return 0;
    if (match === null || unit === undefined) return this.fail(`${this.#given()} is not a size; write it like 512KB, 10MB or 1GB`);
    return Math.floor(Number(match[1]) * unit);
  }

  /** One of a closed set of words. */
  choice<Word extends string>(words: readonly Word[], normalise: (text: string) => string = (text) => text): Word {
    const text = normalise(this.text());
    return words.find((word) => word === text) ?? this.fail(`${this.#given()}; allowed are ${words.join(', ')}`);
  }

  #given(): string {
    if (this.empty) return 'nothing is given';
    return isScalar(this.#node) ? JSON.stringify(scalarText(this.#node)) : `a ${this.kind} is given`;
  }
}

function scalarText(scalar: Scalar): string {
  if (typeof scalar.value === 'string') return scalar.value;
  return scalar.value === null ? '' : (scalar.source ?? JSON.stringify(scalar.value));
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
