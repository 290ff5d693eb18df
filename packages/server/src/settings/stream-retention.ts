/** Reads rules on how long the lines of log streams are kept: `{job="debug"}=2d; {app="audit"}=0`. */

import { LogqlError, parseLogSelector } from '@atalaya/lang';
import { type Matcher, parseDuration, PatternError } from '@atalaya/model';

/** Streams that fulfil the matchers are kept so long, in milliseconds; 0 is for ever. */
export interface StreamRetention {
  readonly matchers: readonly Matcher[];
  readonly ageMs: number;
}

/** A selector (braces may stand in its quoted values), an equals sign, a duration, and a semicolon, a comma or the end. */
const RULE = /\s*(\{(?:[^"`}]|"(?:\\.|[^"\\])*"|`[^`]*`)*\})\s*=\s*([^\s;,]+)\s*(?:[;,]|$)/y;

/** The rules in order; `undefined` when the text is none. */
export function parseStreamRetention(text: string): readonly StreamRetention[] | undefined {
  const rules: StreamRetention[] = [];
  const rule = new RegExp(RULE);
  while (rule.lastIndex < text.length) {
    const found = rule.exec(text);
    const ageMs = found === null ? undefined : parseDuration(found[2] as string);
    const matchers = found === null ? undefined : selectorOf(found[1] as string);
    if (ageMs === undefined || matchers === undefined) return undefined;
    rules.push({ matchers, ageMs });
  }
  return rules;
}

function selectorOf(text: string): readonly Matcher[] | undefined {
  try {
    return parseLogSelector(text);
  } catch (error) {
    if (error instanceof LogqlError || error instanceof PatternError) return undefined;
    throw error;
  }
}
