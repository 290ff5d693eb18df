/** Label sets: sorted name/value pairs that identify a series, and their one canonical byte form. */

/**
 * A label set: names and values alternating, `[name1, value1, name2, value2, …]`, sorted by name (by UTF-16 code
 * unit), no name twice, no empty value (an empty value means "label absent"). The metric name is the label `__name__`.
 * A flat array because there are millions of them.
 */
export type Labels = readonly string[];

/** The label that holds the metric name. */
export const METRIC_NAME = '__name__';

/** The empty label set. */
export const NO_LABELS: Labels = [];

/** Builds a label set from pairs in any order; empty values are dropped, of equal names the last one wins. */
export function labelsOf(pairs: Iterable<readonly [string, string]> | Readonly<Record<string, string>>): Labels {
  const byName = new Map<string, string>(Symbol.iterator in pairs ? pairs : Object.entries(pairs));
  const names: string[] = [];
  for (const [name, value] of byName) if (value !== '') names.push(name);
  names.sort();
  const flat: string[] = [];
  for (const name of names) flat.push(name, byName.get(name) as string);
  return flat;
}

/** The value of a label, `''` where the set has no such label. */
export function labelValue(labels: Labels, name: string): string {
  for (let i = 0; i < labels.length; i += 2) if (labels[i] === name) return labels[i + 1] as string;
  return '';
}

/** The set as a plain object (prototype-less, so a label called `__proto__` is data like any other). */
export function labelsToRecord(labels: Labels): Record<string, string> {
  const record = Object.create(null) as Record<string, string>;
  for (let i = 0; i < labels.length; i += 2) record[labels[i] as string] = labels[i + 1] as string;
  return record;
}

/** The set as Prometheus prints it: `name{a="b", c="d"}`. */
export function formatLabels(labels: Labels): string {
  let name = '';
  const parts: string[] = [];
  for (let i = 0; i < labels.length; i += 2) {
    const key = labels[i] as string;
    if (key === METRIC_NAME) name = labels[i + 1] as string;
    else parts.push(`${key}=${quoteLabelValue(labels[i + 1] as string)}`);
  }
  return parts.length === 0 && name !== '' ? name : `${name}{${parts.join(', ')}}`;
}

/** A label value between double quotes, with `\`, `"` and line feed escaped as in the exposition format. */
export function quoteLabelValue(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

/** Orders label sets as Prometheus does: pair by pair, the shorter set first when one is a prefix of the other. */
export function compareLabels(a: Labels, b: Labels): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const left = a[i] as string;
    const right = b[i] as string;
    if (left !== right) return left < right ? -1 : 1;
  }
  return a.length - b.length;
}

/**
 * The byte that ends every name and every value in the canonical form. 0xFF occurs in no valid UTF-8 text, so two
 * different label sets never share a canonical form.
 */
export const LABEL_SEPARATOR = 0xff;

declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
}
declare class TextDecoder {
  constructor(encoding: 'utf-8', options: { ignoreBOM: boolean });
  decode(bytes: Uint8Array): string;
}
const encoder = new TextEncoder();
// A byte order mark at the start of a value is part of the value.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The canonical form of a label set: UTF-8 of name, 0xFF, value, 0xFF, for every pair in order. The fingerprint is taken of these bytes. */
export function encodeLabels(labels: Labels): Uint8Array<ArrayBuffer> {
  let length = labels.length;
  for (const text of labels) length += text.length;
  const bytes = new Uint8Array(length);
  let at = 0;
  // Nearly all labels are ASCII, for which this loop costs a tenth of a TextEncoder call per text.
  for (const text of labels) {
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f) return encodeAnyLabels(labels);
      bytes[at++] = unit;
    }
    bytes[at++] = LABEL_SEPARATOR;
  }
  return bytes;
}

function encodeAnyLabels(labels: Labels): Uint8Array<ArrayBuffer> {
  const parts = labels.map((text) => encoder.encode(text));
  let length = parts.length;
  for (const part of parts) length += part.length;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
    bytes[at++] = LABEL_SEPARATOR;
  }
  return bytes;
}

/** Reads a canonical form back. @throws RangeError when the bytes are not one. */
export function decodeLabels(bytes: Uint8Array): Labels {
  const labels: string[] = [];
  let start = 0;
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] !== LABEL_SEPARATOR) continue;
    labels.push(decoder.decode(bytes.subarray(start, i)));
    start = i + 1;
  }
  if (start !== bytes.length || labels.length % 2 !== 0) throw new RangeError(`not a canonical label set: ${bytes.length} bytes`);
  return labels;
}
