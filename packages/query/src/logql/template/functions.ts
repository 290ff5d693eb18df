/** The functions that LogQL's templates may call besides Go's own. */

import { logTemplateFunctions, templateFunction as of, type TemplateFunction, TemplateTime } from '@atalaya/lang';
import type { Clock } from '@atalaya/model';
import type { Line } from '../line.ts';
import { readBytes, readDuration, secondsOf } from '../text/quantities.ts';

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

/** All of them, for the lines of a pipeline: `__line__` and `__timestamp__` are those of the line that it is working on. */
export function templateFunctions(line: Line, clock: Clock): Readonly<Record<string, TemplateFunction>> {
  return {
    ...logTemplateFunctions(clock),
    bytes: of(['text'], bytes),
    duration: of(['text'], seconds),
    duration_seconds: of(['text'], seconds),
    __line__: of([], () => line.text),
    __timestamp__: of([], () => new TemplateTime(line.timestamp, 'Local')),
  };
}
