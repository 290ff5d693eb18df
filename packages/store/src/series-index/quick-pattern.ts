/** Regular expressions that need no regular-expression engine: plain texts with `.*` and `.+` between them. */

import type { Matcher } from '@atalaya/model';

const PLAIN = /^[^\\.+*?()[\]{}^$|]*$/;

/**
 * A faster test for the values of a matcher, `undefined` when there is none. A million values take an engine seconds and
 * these tests milliseconds.
 */
export function quickPattern(matcher: Matcher): ((value: string) => boolean) | undefined {
  if (matcher.operator !== '=~' && matcher.operator !== '!~') return undefined;
  const test = quickTest(matcher.value);
  if (test === undefined || matcher.operator === '=~') return test;
  return (value) => !test(value);
}

function quickTest(source: string): ((value: string) => boolean) | undefined {
  if (source === '.*') return () => true;
  if (source === '.+') return (value) => value !== '';
  const parts = source.split('.*');
  if (parts.length < 2 || parts.length > 3 || !parts.every((part) => PLAIN.test(part))) return undefined;
  return glob(parts[0] as string, parts.length === 3 ? (parts[1] as string) : '', parts.at(-1) as string);
}

/** Whether a text begins with one, ends with another and has a third in between, none overlapping another. */
function glob(prefix: string, middle: string, suffix: string): (value: string) => boolean {
  const least = prefix.length + middle.length + suffix.length;
  return (value) => {
    if (value.length < least || !value.startsWith(prefix) || !value.endsWith(suffix)) return false;
    if (middle === '') return true;
    const at = value.indexOf(middle, prefix.length);
    return at >= 0 && at + middle.length <= value.length - suffix.length;
  };
}
