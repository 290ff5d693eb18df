/** Which label sets are taken: the check before a series is registered, and the sentence that says what is wrong. */

import { type Labels, labelsOf, METRIC_NAME } from '@atalaya/model';
import type { MetricLimits } from './limits.ts';

/** What is wrong with a label set. */
export interface LabelFault {
  readonly reason: 'invalid_labels' | 'label_limit';
  /** A sentence without the series' name, e.g. `the label name "a" occurs twice`. */
  readonly text: string;
}

const SHOWN_CHARACTERS = 120;

/** A hostile name or value in an error text: quoted, cut. */
export function shown(text: string): string {
  return JSON.stringify(text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text);
}

/** The first fault of a label set, which need not be sorted; empty values are allowed (they mean "no such label"). */
export function checkLabels(labels: Labels, limits: MetricLimits): LabelFault | undefined {
  if (labels.length / 2 > limits.labels) {
    return { reason: 'label_limit', text: `it has ${labels.length / 2} labels; the limit is ${limits.labels} (limits.labels)` };
  }
  let metricName = '';
  for (let i = 0; i < labels.length; i += 2) {
    const name = labels[i] as string;
    const value = labels[i + 1] as string;
    const fault = checkPair(name, value, limits);
    if (fault !== undefined) return fault;
    if (name === METRIC_NAME) metricName = value;
  }
  const twice = repeatedName(labels);
  if (twice !== undefined) return { reason: 'invalid_labels', text: `the label name ${shown(twice)} occurs twice` };
  if (metricName === '') return { reason: 'invalid_labels', text: 'it has no metric name (label "__name__")' };
  return undefined;
}

function checkPair(name: string, value: string, limits: MetricLimits): LabelFault | undefined {
  if (name === '') return { reason: 'invalid_labels', text: `a label name is empty (its value is ${shown(value)})` };
  if (!name.isWellFormed()) return { reason: 'invalid_labels', text: `the label name ${shown(name)} is not valid UTF-8` };
  if (!value.isWellFormed()) return { reason: 'invalid_labels', text: `the value of label ${shown(name)} is not valid UTF-8` };
  const nameBytes = utf8Length(name, limits.labelNameBytes);
  if (nameBytes > limits.labelNameBytes) {
    const text = `the label name ${shown(name)} has ${nameBytes} bytes; the limit is ${limits.labelNameBytes} (limits.label_name_bytes)`;
    return { reason: 'label_limit', text };
  }
  const valueBytes = utf8Length(value, limits.labelValueBytes);
  if (valueBytes > limits.labelValueBytes) {
    const text = `the value of label ${shown(name)} has ${valueBytes} bytes; the limit is ${limits.labelValueBytes} (limits.label_value_bytes)`;
    return { reason: 'label_limit', text };
  }
  return undefined;
}

/** UTF-8 bytes, counted only when they could exceed `limit` (a UTF-16 unit is at most three bytes). */
function utf8Length(text: string, limit: number): number {
  return text.length * 3 <= limit ? text.length : Buffer.byteLength(text);
}

/** Sorted input, the common case, needs one look at each neighbour only. */
function repeatedName(labels: Labels): string | undefined {
  if (isSorted(labels)) return undefined;
  const seen = new Set<string>();
  for (let i = 0; i < labels.length; i += 2) {
    const name = labels[i] as string;
    if (seen.has(name)) return name;
    seen.add(name);
  }
  return undefined;
}

/** Whether the names ascend strictly, so that none occurs twice. */
function isSorted(labels: Labels): boolean {
  for (let i = 2; i < labels.length; i += 2) if ((labels[i - 2] as string) >= (labels[i] as string)) return false;
  return true;
}

/** Sorted and without empty values; checked sets only. */
export function canonicalOrder(labels: Labels): Labels {
  let empty = false;
  for (let i = 1; i < labels.length; i += 2) empty ||= labels[i] === '';
  if (!empty && isSorted(labels)) return labels;
  const pairs: [string, string][] = [];
  for (let i = 0; i < labels.length; i += 2) pairs.push([labels[i] as string, labels[i + 1] as string]);
  return labelsOf(pairs);
}
