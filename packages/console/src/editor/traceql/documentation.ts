/** What a word of TraceQL means, over it: under the pointer, and at the cursor on F1. */

import type { Extension } from '@codemirror/state';
import type { Tooltip } from '@codemirror/view';

import { scanTraceql } from '../../data/traces/traceql-words.ts';
import { wordDocumentation } from '../word-documentation.ts';
import { traceqlCard, type TraceqlSource } from './complete.ts';

function tooltipAt(text: string, position: number, source: TraceqlSource): Tooltip | null {
  const word = scanTraceql(text).find(({ start, end }) => start <= position && position <= end);
  if (word === undefined || word.kind === 'string' || word.kind === 'number') return null;
  const scope = /^(?:parent\.)?(?:span|resource|event|link|instrumentation|parent)?\./.exec(word.text)?.[0];
  const made = traceqlCard(word.kind === 'attribute' ? (scope ?? word.text) : word.text, source);
  return made === undefined ? null : { pos: word.start, end: word.end, above: true, create: () => ({ dom: made }) };
}

/** The extension. */
export function traceqlDocumentation(source: TraceqlSource): Extension {
  return wordDocumentation((text, position) => tooltipAt(text, position, source));
}
