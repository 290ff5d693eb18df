/** Values of labels from what senders call things: bounded, and UTF-8 whatever came. */

import { cut } from '../../metrics/known-metadata.ts';

/** Longer names are cut: a label is repeated in every series and answer. */
const LONGEST = 1024;
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** A text as a label's value. */
export function labelText(text: string): string {
  return cut(text, LONGEST).toWellFormed();
}

/** The same of a text's bytes; what is no UTF-8 becomes U+FFFD. */
export function decodeLabelText(bytes: Uint8Array, start: number, end: number): string {
  // A character has three bytes in UTF-16's terms at most: what is cut off beyond is not decoded at all.
  return labelText(decoder.decode(bytes.subarray(start, Math.min(end, start + LONGEST * 4))));
}

/** The service that a span's origin names; as for logs, one that names none is unknown. */
export function serviceText(serviceName: string): string {
  return serviceName === '' ? 'unknown_service' : labelText(serviceName);
}
