/** The functions that templates of logs have besides Go's own: those of Go's `strings` and of sprig that Loki and Promtail share. */

import type { Clock } from '@atalaya/model';
import type { TemplateFunction } from '../built-in.ts';
import { isList, isMap, type TemplateValue } from '../value.ts';
import { ENCODINGS } from './encodings.ts';
import { NUMBERS } from './numbers.ts';
import { TEXTS } from './texts.ts';
import { timeFunctions } from './times.ts';

/** Whether sprig counts a value as empty: nil, false, zero, and what has nothing in it. */
export function isEmptyValue(value: TemplateValue): boolean {
  if (isList(value)) return value.length === 0;
  if (isMap(value)) return value.size === 0;
  return value === null || value === '' || value === false || value === 0 || value === 0n;
}

/** The functions by name; `now` is what the clock says. */
export function logTemplateFunctions(clock: Clock): Readonly<Record<string, TemplateFunction>> {
  return {
    ...TEXTS,
    ...ENCODINGS,
    ...NUMBERS,
    ...timeFunctions(clock),
    default: {
      least: 1,
      most: Number.POSITIVE_INFINITY,
      call: (otherwise = null, value = null) => (isEmptyValue(value) ? otherwise : value),
    },
  };
}
