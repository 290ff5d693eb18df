/** All functions that templates of pipelines may call besides Go's own: those that LogQL's templates have too, and more of sprig's. */

import { logTemplateFunctions, type TemplateFunction } from '@atalaya/lang';
import type { Clock } from '@atalaya/model';
import { HASHES } from './hashes.ts';
import { PATHS } from './paths.ts';
import { STRINGS } from './strings.ts';
import { VALUES } from './values.ts';

/** The functions by name; `now` is what `clock` says. */
export function pipelineFunctions(clock: Clock): Readonly<Record<string, TemplateFunction>> {
  const shared = logTemplateFunctions(clock);
  const toInt = shared['int'] as TemplateFunction;
  const all = { ...shared, int64: toInt, atoi: toInt, ...STRINGS, ...HASHES, ...PATHS, ...VALUES };
  return { ...all, ...strictNames(all) };
}

/** Functions of which sprig has a second form, `must…`, that fails where the first gives nothing. Here all fail. */
const STRICT = [
  'regexMatch',
  'regexFind',
  'regexFindAll',
  'regexReplaceAll',
  'regexReplaceAllLiteral',
  'regexSplit',
  'fromJson',
  'toJson',
  'toPrettyJson',
  'toDate',
  'first',
  'last',
  'rest',
  'initial',
  'reverse',
  'uniq',
  'compact',
  'has',
  'append',
  'prepend',
  'without',
];

function strictNames(functions: Readonly<Record<string, TemplateFunction>>): Record<string, TemplateFunction> {
  return Object.fromEntries(
    STRICT.flatMap((name) => {
      const called = functions[name];
      return called === undefined ? [] : [[`must${name.slice(0, 1).toUpperCase()}${name.slice(1)}`, called]];
    }),
  );
}
