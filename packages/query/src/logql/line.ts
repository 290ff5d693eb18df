/** A line on its way through a pipeline: its text, and its labels by where they come from. */

import type { Labels } from '@atalaya/model';
import { LabelNames } from './label/names.ts';
import { LabelSets } from './label/sets.ts';
import { type StreamLabels, Streams } from './label/streams.ts';
import type { LineLabels, StoredLine } from './pipeline.ts';

/** The label that tells what went wrong with a line, and the one that says it in words. */
export const ERROR_LABEL = '__error__';
export const ERROR_DETAILS_LABEL = '__error_details__';
/** Tells metric queries that somebody asked for errors and wants to see them. */
export const PRESERVE_ERROR_LABEL = '__preserve_error__';

/** What can go wrong, in Loki's words. */
export type LineError = 'JSONParserErr' | 'LogfmtParserErr' | 'SampleExtractionErr' | 'LabelFilterErr' | 'TemplateFormatErr';

/** How many names there are from the beginning, those of errors. */
const RESERVED = 3;

const METADATA = 1;
const PARSED = 2;
const DELETED = 3;

const NO_STREAM: Labels = [];

/**
 * One object serves all lines of a pipeline. Labels are kept by their names' numbers: arrays that are never cleared, with the number of the
 * line for which each place was written.
 */
export class Line implements LineLabels {
  readonly names = new LabelNames([ERROR_LABEL, ERROR_DETAILS_LABEL, PRESERVE_ERROR_LABEL]);
  readonly #streams = new Streams(this.names);
  readonly #sets = new LabelSets();
  text = '';
  timestamp = 0n;
  error = '';
  errorDetails = '';
  #stream: StreamLabels = this.#streams.of(NO_STREAM);
  /** Number of the line. */
  #number = 0;
  readonly #writtenAt: number[] = [];
  readonly #state: number[] = [];
  readonly #values: string[] = [];
  readonly #extractedAt: number[] = [];
  /** Names whose place was written, in that order. */
  readonly #written: number[] = [];
  #writes = 0;
  /** All labels, while nothing has changed since they were asked for. */
  #result: Labels | undefined;

  /** Starts a line. Labels of before are gone. */
  begin({ stream, attributes, text, timestamp }: StoredLine): void {
    this.names.trim();
    this.text = text;
    this.timestamp = timestamp;
    this.error = '';
    this.errorDetails = '';
    this.#number++;
    this.#writes = 0;
    this.#result = undefined;
    this.#stream = this.#streams.of(stream);
    for (let i = 0; i < attributes.length; i += 2) this.#addMetadata(attributes[i] as string, attributes[i + 1] as string);
  }

  #addMetadata(name: string, value: string): void {
    if (name === ERROR_LABEL) this.error = value;
    else if (name === ERROR_DETAILS_LABEL) this.errorDetails = value;
    else {
      const id = this.names.idOf(name);
      this.#write(this.#stream.has(id) ? this.names.extractedOf(id) : id, METADATA, value);
    }
  }

  #write(id: number, state: number, value: string): void {
    if (this.#writtenAt[id] !== this.#number) {
      // Places are filled from the left: an array with holes is a slow one.
      while (this.#writtenAt.length < id) this.#grow();
      this.#writtenAt[id] = this.#number;
      this.#written[this.#writes++] = id;
    }
    this.#state[id] = state;
    this.#values[id] = value;
    this.#result = undefined;
  }

  #grow(): void {
    this.#writtenAt.push(0);
    this.#state.push(0);
    this.#values.push('');
  }

  /** The error of a line is the last one. */
  fail(error: LineError, details: string): void {
    this.error = error;
    this.errorDetails = details;
    this.#result = undefined;
  }

  /** As `fail`, unless the line has an error already, which says more. */
  failFirst(error: LineError, details: string): void {
    if (this.error === '') this.fail(error, details);
  }

  clearError(): void {
    this.error = '';
    this.#result = undefined;
  }

  clearErrorDetails(): void {
    this.errorDetails = '';
    this.#result = undefined;
  }

  /** The value of a label by its name's number; errors are no such labels. */
  valueOf(id: number): string | undefined {
    if (this.#writtenAt[id] !== this.#number) return this.#stream.get(id);
    return this.#state[id] === DELETED ? undefined : this.#values[id];
  }

  get(name: string): string | undefined {
    if (name === ERROR_LABEL) return this.error === '' ? undefined : this.error;
    if (name === ERROR_DETAILS_LABEL) return this.errorDetails === '' ? undefined : this.errorDetails;
    const id = this.names.find(name);
    return id === undefined ? undefined : this.valueOf(id);
  }

  /** Sets a label of the line's own, whatever it was before. */
  setParsed(id: number, value: string): void {
    this.#write(id, PARSED, value);
    while (this.#extractedAt.length < id) this.#extractedAt.push(0);
    this.#extractedAt[id] = this.#number;
  }

  /**
   * Whether what is parsed gets another name: the line's stream has the label (even when it was dropped), its metadata have it, or its name
   * is one that errors have.
   */
  isTaken(id: number): boolean {
    return id < RESERVED || this.#stream.has(id) || (this.#writtenAt[id] === this.#number && this.#state[id] === METADATA);
  }

  /** The name under which a parser puts a field: its own, or one with `_extracted`. */
  nameForParsed(id: number): number {
    return this.isTaken(id) ? this.names.extractedOf(id) : id;
  }

  /** Whether some stage has set the label for this line: parsers do not set it again. */
  isExtracted(id: number): boolean {
    return this.#extractedAt[id] === this.#number;
  }

  /** Takes back what `setParsed` has set. */
  retract(id: number): void {
    this.#write(id, DELETED, '');
    this.#extractedAt[id] = 0;
  }

  /** As a parser sets a field: under the right name, unless that was set before. */
  extract(id: number, value: string): void {
    const name = this.nameForParsed(id);
    if (!this.isExtracted(name)) this.setParsed(name, value);
  }

  delete(id: number): void {
    if (this.#writtenAt[id] === this.#number || this.#stream.has(id)) this.#write(id, DELETED, '');
  }

  /** Names of all labels there are, errors not included, in no order. */
  labelNames(): number[] {
    const names: number[] = [];
    const { labels } = this.#stream;
    for (let i = 0; i < labels.length; i += 2) {
      const id = this.names.idOf(labels[i] as string);
      if (this.#writtenAt[id] !== this.#number) names.push(id);
    }
    for (let i = 0; i < this.#writes; i++) {
      const id = this.#written[i] as number;
      if (this.#state[id] !== DELETED) names.push(id);
    }
    return names;
  }

  all(): Labels {
    if (this.#result !== undefined) return this.#result;
    if (this.#writes === 0 && this.error === '' && this.errorDetails === '') return (this.#result = this.#sets.kept(this.#stream.labels));
    return (this.#result = this.#sets.kept(this.#flat(() => true)));
  }

  /** The labels that are called so, or those that are not. A line with an error keeps all. */
  grouped(names: readonly number[], without: boolean): Labels {
    if (this.error !== '') return this.all();
    if (without) return this.#sets.kept(this.#flat((id) => !names.includes(id)));
    const labels: string[] = [];
    for (const id of names) {
      const value = this.valueOf(id);
      if (value !== undefined) labels.push(this.names.name(id), value);
    }
    return this.#sets.kept(labels);
  }

  categorised(): { readonly stream: Labels; readonly structuredMetadata: Labels; readonly parsed: Labels } {
    const stateOf = (id: number): number => (this.#writtenAt[id] === this.#number ? (this.#state[id] as number) : 0);
    const of = (state: number): Labels => this.#sets.kept(this.#flat((id) => (id < 0 ? PARSED : stateOf(id)) === state));
    return { stream: of(0), structuredMetadata: of(METADATA), parsed: of(PARSED) };
  }

  /** The chosen labels, sorted by name. Errors have numbers below 0. */
  #flat(isChosen: (id: number) => boolean): string[] {
    const ids = this.labelNames().filter(isChosen);
    if (this.error !== '' && isChosen(ERROR)) ids.push(ERROR);
    if (this.errorDetails !== '' && isChosen(ERROR_DETAILS)) ids.push(ERROR_DETAILS);
    sortByName(ids, (id) => this.#nameOf(id));
    const flat: string[] = [];
    for (const id of ids) {
      const value = id === ERROR ? this.error : id === ERROR_DETAILS ? this.errorDetails : (this.valueOf(id) as string);
      flat.push(this.#nameOf(id), value);
    }
    return flat;
  }

  #nameOf(id: number): string {
    if (id >= 0) return this.names.name(id);
    return id === ERROR ? ERROR_LABEL : ERROR_DETAILS_LABEL;
  }
}

/** Numbers that stand for errors among those of names. */
const ERROR = -1;
const ERROR_DETAILS = -2;

/** Few names, mostly: putting each at its place is faster than a general sort. */
function sortByName(ids: number[], nameOf: (id: number) => string): void {
  if (ids.length > 40) {
    ids.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
    return;
  }
  for (let i = 1; i < ids.length; i++) {
    const id = ids[i] as number;
    const name = nameOf(id);
    let place = i;
    for (; place > 0 && name < nameOf(ids[place - 1] as number); place--) ids[place] = ids[place - 1] as number;
    ids[place] = id;
  }
}
