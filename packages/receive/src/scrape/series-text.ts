/** Reads the text of a series and of metadata lines in full: names, labels, escapes. Done once per series and target. */

import { METRIC_NAME, type MetricType } from '@atalaya/model';

/** Why a text cannot be read; the caller knows the line. */
export class SeriesTextError extends Error {}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new SeriesTextError('the text is not valid UTF-8');
  }
}

const METRIC = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL = /[a-zA-Z_][a-zA-Z0-9_]*/y;
const QUOTED = /"((?:[^"\\]|\\[^])*)"/y;
const BLANKS = /[ \t]*/y;

/** Steps through one text by sticky expressions. */
class Steps {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  get done(): boolean {
    return this.at >= this.text.length;
  }

  match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match !== null) this.at = pattern.lastIndex;
    return match;
  }

  /** Passes over blanks, then over `character` if it stands there. */
  take(character: string): boolean {
    this.match(BLANKS);
    if (this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }

  quoted(): string | undefined {
    this.match(BLANKS);
    const match = this.match(QUOTED);
    return match === null ? undefined : unescape(match[1] as string);
  }
}

function unescape(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replaceAll(/\\([\\"n])/g, (_, character: string) => (character === 'n' ? '\n' : character));
}

/**
 * The labels of a series as written, the metric name as `__name__`, in the order of the text; empty values are kept, since
 * with `honor_labels` they mean "not this label". Both `name{label="value"}` and `{"any name", "any label"="value"}` are read.
 * @throws SeriesTextError
 */
export function parseSeriesText(bytes: Uint8Array): Map<string, string> {
  const steps = new Steps(decode(bytes));
  const labels = new Map<string, string>();
  const name = steps.match(METRIC)?.[0];
  if (name !== undefined) labels.set(METRIC_NAME, name);
  if (steps.take('{')) parseLabels(steps, labels);
  if (!steps.done) throw new SeriesTextError('invalid metric name');
  if (!labels.has(METRIC_NAME)) throw new SeriesTextError('the metric name is missing');
  return labels;
}

/** The labels of an exemplar, `{…}` as written: names and values alternating. @throws SeriesTextError */
export function parseExemplarLabels(bytes: Uint8Array): string[] {
  const steps = new Steps(decode(bytes));
  const labels = new Map<string, string>();
  if (steps.take('{')) parseLabels(steps, labels);
  if (!steps.done || labels.has(METRIC_NAME)) throw new SeriesTextError('the labels of an exemplar are expected');
  return [...labels].flat();
}

function parseLabels(steps: Steps, labels: Map<string, string>): void {
  while (!steps.take('}')) {
    const quotedName = steps.quoted();
    const name = quotedName ?? steps.match(LABEL)?.[0];
    if (name === undefined) throw new SeriesTextError('a label name is expected');
    if (steps.take('=')) {
      const value = steps.quoted();
      if (value === undefined) throw new SeriesTextError(`the value of label ${name} is not quoted`);
      if (name === '' || name === METRIC_NAME) throw new SeriesTextError(`"${name}" is not allowed as a label name`);
      if (labels.has(name)) throw new SeriesTextError(`the label ${name} is given twice`);
      labels.set(name, value);
    } else if (quotedName !== undefined && quotedName !== '' && !labels.has(METRIC_NAME)) {
      labels.set(METRIC_NAME, quotedName);
    } else throw new SeriesTextError(`the label ${name} has no value`);
    if (steps.take(',')) continue;
    if (!steps.take('}')) throw new SeriesTextError('a comma or a closing brace is expected');
    return;
  }
}

/** One `# HELP`, `# TYPE` or `# UNIT` line. */
export type MetadataLine = { readonly metric: string } & (
  | { readonly help: string }
  | { readonly type: MetricType }
  | { readonly unit: string }
);

const TYPES = new Map<string, MetricType>([
  ...(['counter', 'gauge', 'histogram', 'gaugehistogram', 'summary', 'info', 'stateset', 'unknown'] as const).map(
    (type) => [type, type] as const,
  ),
  ['untyped', 'unknown'],
]);

/** Reads a metadata line. @throws SeriesTextError */
export function parseMetadataText(bytes: Uint8Array): MetadataLine {
  const steps = new Steps(decode(bytes));
  const kind = steps.match(/#[ \t]+(HELP|TYPE|UNIT)/y)?.[1];
  const metric = steps.quoted() ?? steps.match(METRIC)?.[0];
  if (metric === undefined || metric === '') throw new SeriesTextError('a metric name is expected');
  if (!steps.done && steps.match(/[ \t]/y) === null) throw new SeriesTextError('invalid metric name');
  steps.match(BLANKS);
  const rest = steps.text.slice(steps.at);
  if (kind === 'HELP') return { metric, help: unescape(rest) };
  if (kind === 'UNIT') return { metric, unit: rest.trim() };
  const type = TYPES.get(rest.trim());
  if (type === undefined) throw new SeriesTextError(`"${rest.trim()}" is not a metric type`);
  return { metric, type };
}
