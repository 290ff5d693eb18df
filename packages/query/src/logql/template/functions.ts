/** The functions that LogQL's templates may call besides Go's own. */

import type { TemplateFunction, TemplateValue } from '@atalaya/lang';
import type { Clock } from '@atalaya/model';
import type { Line } from '../line.ts';
import { readBytes, readDuration, secondsOf } from '../text/quantities.ts';
import { ENCODINGS } from './encodings.ts';
import { NUMBERS } from './numbers.ts';
import { of } from './signature.ts';
import { TEXTS } from './texts.ts';
import { TemplateTime, timeFunctions } from './times.ts';

function bytes(text: string): number {
  const size = readBytes(text);
  if (typeof size === 'string') throw new RangeError(size);
  return size;
}

function seconds(text: string): number {
  const duration = readDuration(text);
  if (typeof duration === 'string') throw new RangeError(duration);
  return secondsOf(duration);
}

function isEmpty(value: TemplateValue): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (value instanceof Map) return value.size === 0;
  return value === null || value === '' || value === false || value === 0 || value === 0n;
}

/** All of them, for the lines of a pipeline: `__line__` and `__timestamp__` are those of the line that it is working on. */
export function templateFunctions(line: Line, clock: Clock): Readonly<Record<string, TemplateFunction>> {
  return {
    ...TEXTS,
    ...ENCODINGS,
    ...NUMBERS,
    ...timeFunctions(clock),
    bytes: of(['text'], bytes),
    duration: of(['text'], seconds),
    duration_seconds: of(['text'], seconds),
    default: { least: 1, most: Number.POSITIVE_INFINITY, call: (otherwise = null, value = null) => (isEmpty(value) ? otherwise : value) },
    __line__: of([], () => line.text),
    __timestamp__: of([], () => new TemplateTime(line.timestamp, 'Local')),
  };
}
