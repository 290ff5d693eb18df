/** How a group of lines is written down: as a pattern of LogQL (`|> "…"`) that its lines fulfil. */

import type { Cluster } from './clusters.ts';
import { WORD } from './words.ts';

const PLACEHOLDER = '<_>';
/** What may stand between two placeholders for them to be told as one. */
const JOINED = /^(?:[\s,;:]+)$/;
/** Words that are a value for sure, even where only one line has been seen. */
const VALUE =
  /^(?:[+-]?\d[\d.,:]*(?:ns|us|µs|ms|s|m|h|d|%|[kKMGT]i?B?|B)?|0x[\da-fA-F]+|[\da-fA-F]{8,}|[\da-fA-F]+(?:-[\da-fA-F]+){4}|\d{4}-\d\d-\d\d\S*|(?:\d{1,3}\.){3}\d{1,3}\S*)$/;

/** The group's pattern. */
export function patternText({ words, kinds, gaps, cut, lines }: Cluster): string {
  let text = '';
  let open = false;
  for (let i = 0; i < words.length; i++) {
    const gap = gaps[i] as string;
    const word = words[i];
    const isPlace = word === undefined || (lines <= 1 && kinds[i] === WORD.variable && VALUE.test(word));
    if (isPlace && open && JOINED.test(gap)) continue;
    text += isPlace ? gap + PLACEHOLDER : gap + word;
    open = isPlace;
  }
  const tail = gaps[words.length] as string;
  if (!cut) return text + tail;
  return tail === '' && open ? text : text + tail + PLACEHOLDER;
}
