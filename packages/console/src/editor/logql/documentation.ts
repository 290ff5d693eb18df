/** What a word of LogQL means, over it: under the pointer, and at the cursor on F1. */

import type { Extension } from '@codemirror/state';
import type { Tooltip } from '@codemirror/view';

import { wordDocumentation } from '../word-documentation.ts';
import { logqlCard, type LogqlSource } from './complete.ts';
import { scanLogql } from './scan.ts';

function tooltipAt(text: string, position: number, source: LogqlSource): Tooltip | null {
  const word = scanLogql(text).find(
    ({ kind, start, end }) => start <= position && position <= end && (kind === 'name' || kind === 'symbol'),
  );
  if (word === undefined) return null;
  const made = logqlCard(word.text, source);
  return made === undefined ? null : { pos: word.start, end: word.end, above: true, create: () => ({ dom: made }) };
}

/** The extension. */
export function logqlDocumentation(source: LogqlSource): Extension {
  return wordDocumentation((text, position) => tooltipAt(text, position, source));
}
