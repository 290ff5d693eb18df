/** All functions that templates of pipelines may call besides Go's own: those that LogQL's templates have too, and more of sprig's. */

import { logTemplateFunctions, type TemplateFunction } from '@atalaya/lang';
import type { Clock } from '@atalaya/model';
import { HASHES } from './hashes.ts';
import { STRINGS } from './strings.ts';
import { VALUES } from './values.ts';

/** The functions by name; `now` is what `clock` says. */
export function pipelineFunctions(clock: Clock): Readonly<Record<string, TemplateFunction>> {
  const shared = logTemplateFunctions(clock);
  const toInt = shared['int'] as TemplateFunction;
  return { ...shared, int64: toInt, atoi: toInt, ...STRINGS, ...HASHES, ...VALUES };
}
