/** All functions that templates of pipelines may call besides Go's own: Promtail's and those of sprig that make texts of texts. */

import type { TemplateFunction } from '@atalaya/lang';
import type { Clock } from '@atalaya/model';
import { ENCODINGS } from './encodings.ts';
import { NUMBERS } from './numbers.ts';
import { STRINGS } from './strings.ts';
import { timeFunctions } from './times.ts';
import { VALUES } from './values.ts';

/** The functions by name. `now` is what `clock` says. */
export function pipelineFunctions(clock: Clock): Readonly<Record<string, TemplateFunction>> {
  return { ...STRINGS, ...ENCODINGS, ...NUMBERS, ...VALUES, ...timeFunctions(clock) };
}
