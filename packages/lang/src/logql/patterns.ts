/** The small languages inside LogQL's strings: line patterns, paths into JSON, keys of logfmt, named groups. */

import type { PathStep, PatternPart } from './ast.ts';

const CAPTURE = /<([A-Za-z_][A-Za-z0-9_]*)>/g;

/** Cuts a pattern into texts and captures. Two captures side by side are refused. @throws RangeError with the reason. */
function readParts(pattern: string): PatternPart[] {
  const parts: PatternPart[] = [];
  let last = 0;
  for (const match of pattern.matchAll(CAPTURE)) {
    if (match.index > last) parts.push({ kind: 'text', text: pattern.slice(last, match.index) });
    else if (parts.length > 0) throw new RangeError('found consecutive capture, capture must be separated by a text');
    parts.push({ kind: 'capture', name: match[1] === '_' ? undefined : match[1] });
    last = match.index + match[0].length;
  }
  if (last < pattern.length) parts.push({ kind: 'text', text: pattern.slice(last) });
  return parts;
}

/** The parts of `| pattern "…"`, which captures at least one name, each once. @throws RangeError with the reason. */
export function readCapturePattern(pattern: string): PatternPart[] {
  const parts = readParts(pattern);
  const names = parts.flatMap((part) => (part.kind === 'capture' && part.name !== undefined ? [part.name] : []));
  if (names.length === 0) throw new RangeError('at least one capture is required');
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new RangeError(`duplicate capture name (${twice})`);
  return parts;
}

/** The parts of `|> "…"`, where captures have no names. @throws RangeError with the reason. */
export function readLinePattern(pattern: string): PatternPart[] {
  const parts = readParts(pattern);
  if (parts.some((part) => part.kind === 'capture' && part.name !== undefined)) throw new RangeError('named captures are not allowed');
  return parts;
}

const PATH_TOKEN =
  /(?<DOT>\.)|(?<LSB>\[)|(?<RSB>\])|"(?<STRING>(?:[^"\\]|\\.)*)"|(?<FIELD>[A-Za-z_][A-Za-z0-9_]*)|(?<INDEX>\d+)|(?<$unk>[^])/gu;

/** What may come where in a path, in the words of Loki's messages; behind a whole step the path may end, and nothing else is named. */
const PATH_PLACES = { start: 'LSB or FIELD', behindDot: 'FIELD', inBrackets: 'STRING or INDEX', closing: 'RSB', behindStep: '' } as const;

/** The steps of a path into JSON: `a.b[0]["c d"]`. @throws RangeError with the reason. */
export function readJsonPath(path: string): PathStep[] {
  const steps: PathStep[] = [];
  let place: keyof typeof PATH_PLACES = 'start';
  const unexpected = (token: string): RangeError => {
    const expected = PATH_PLACES[place] === '' ? '' : `, expecting ${PATH_PLACES[place]}`;
    return new RangeError(`cannot parse expression [${path}]: syntax error: unexpected ${token}${expected}`);
  };
  for (const match of path.matchAll(PATH_TOKEN)) {
    const [token, text] = Object.entries(match.groups ?? {}).find(([, found]) => found !== undefined) as [string, string];
    if (token === 'FIELD' && (place === 'start' || place === 'behindDot')) {
      steps.push(text);
      place = 'behindStep';
    } else if (token === 'LSB' && (place === 'start' || place === 'behindStep')) place = 'inBrackets';
    else if ((token === 'STRING' || token === 'INDEX') && place === 'inBrackets') {
      steps.push(token === 'INDEX' ? Number(text) : text.replaceAll(/\\(["\\])/g, '$1'));
      place = 'closing';
    } else if (token === 'RSB' && place === 'closing') place = 'behindStep';
    else if (token === 'DOT' && place === 'behindStep') place = 'behindDot';
    else throw unexpected(token);
  }
  if (place !== 'behindStep') throw unexpected('$end');
  return steps;
}

/** A key of logfmt, as the only step of a path. @throws RangeError with the reason. */
export function readLogfmtKey(key: string): PathStep[] {
  if (!/^[!#-<>-~]+$/.test(key))
    throw new RangeError(`cannot parse expression [${key}]: syntax error: a key has neither spaces nor quotes`);
  return [key];
}

/** The names of an expression's groups, which there must be, each once. @throws RangeError with the reason. */
export function readGroupNames(expression: string): string[] {
  const names = [...expression.matchAll(/\\[^]|\[(?:\\[^]|[^\]\\])*\]|\(\?P?<(?<name>[^>=!][^>]*)>/g)].flatMap(
    (match) => match.groups?.['name'] ?? [],
  );
  if (names.length === 0) throw new RangeError('at least one named capture must be supplied');
  for (const [index, name] of names.entries()) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new RangeError(`invalid extracted label name '${name}'`);
    if (names.indexOf(name) !== index) throw new RangeError(`duplicate extracted label name '${name}'`);
  }
  return names;
}
