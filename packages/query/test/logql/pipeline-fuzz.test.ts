/** Hostile lines and random pipelines: nothing throws, nothing hangs, and what comes out is well-formed. */

import { type LogSelection, LogqlError, parseLogql } from '@atalaya/lang';
import { labelsOf, ManualClock } from '@atalaya/model';
import { compilePipeline, compileSampleExtractor, type Pipeline } from '@atalaya/query';
import fc from 'fast-check';
import { expect, test } from 'vitest';

/** More when it runs by itself for longer. */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 400);
const SEED = 20_260_102;

const PIECES = fc.constantFrom(
  ...[
    '{',
    '}',
    '[',
    ']',
    '"',
    '\\',
    '\\"',
    '\\u00e4',
    '\\ud800',
    ':',
    ',',
    '=',
    ' ',
    '\n',
    '\t',
    '\0',
    '�',
    'ä',
    '😀',
    '\u001b[31m',
    'a',
    '__proto__',
  ],
  ...[
    'constructor',
    '__error__',
    '__error_details__=',
    '"a":',
    '"b":{',
    '1',
    '-1.5e3',
    'true',
    'null',
    'nul',
    '10.0.0.1',
    '::1',
    '1.2.3.4/5',
    'k=v',
    'k="v"',
    '5ms',
    '3MB',
    '_entry',
    '{{.}}',
    '<_>',
  ],
);
const LINE = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.array(PIECES, { maxLength: 40 }).map((pieces) => pieces.join('')),
  fc.json({ maxDepth: 4 }),
  fc
    .dictionary(fc.string({ maxLength: 8 }), fc.oneof(fc.string(), fc.integer(), fc.constant(null)))
    .map((fields) => JSON.stringify(fields)),
  // Broken off somewhere.
  fc.tuple(fc.json({ maxDepth: 4 }), fc.nat(60)).map(([text, length]) => text.slice(0, length)),
);

const NAME = fc.constantFrom('a', 'b', 'k', 'app', 'a_b', '__error__', 'x_extracted', 'trace');
const FILTER = fc.constantFrom(
  '|= "a"',
  '!= "{"',
  '|~ "[a-z]+="',
  '!~ "(?i)Ä"',
  '|> "<_>=<_>"',
  '|= ip("10.0.0.0/8")',
  '!= ip("::/0") or "x"',
);
const PARSER = fc.constantFrom(
  ...[
    '| json',
    '| json a, b="b.c", c="[0]"',
    '| logfmt',
    '| logfmt --strict --keep-empty',
    '| logfmt a, z="k"',
    '| unpack',
    '| decolorize',
  ],
  ...['| regexp "(?P<a>\\\\w+)(?P<b>=.*)?"', '| pattern "<a>=<b> <_>"', '| pattern "{<k>:<_>}"'],
);
const CONDITION = fc
  .tuple(NAME, fc.constantFrom('> 1', '= 5ms', '<= 3MB', '="v"', '!~".*x"', '= ip("10.0.0.1")'))
  .map(([name, rest]) => `| ${name} ${rest}`);
const FORMAT = fc.oneof(
  NAME.map((name) => `| line_format "{{.${name} | default __line__ | upper}}"`),
  fc.constantFrom(
    '| line_format "{{__line__}}{{__line__}}"',
    '| line_format `{{range $k, $v := .}}{{$k}}={{$v}} {{end}}`',
    '| line_format `{{with fromJson __line__}}{{.}}{{end}}`',
    '| line_format `{{regexReplaceAll "(a)" __line__ "${1}${1}"}}`',
    '| line_format `{{unixToTime .a}} {{toDate "2006" .b | date "Jan"}} {{bytes .k}}`',
    '| label_format a=b, k="{{.a}}{{.app}}"',
    '| label_format a="{{trunc 3 __line__ | b64enc | b64dec | urlencode | urldecode | title}}"',
    '| drop a, b=~".*"',
    '| keep a, __error__, app=~".+"',
  ),
);
const PIPELINE = fc
  .array(fc.oneof({ weight: 2, arbitrary: PARSER }, FILTER, CONDITION, FORMAT), { maxLength: 7 })
  .map((stages) => `{app="x"} ${stages.join(' ')}`);

const STREAM = labelsOf({ app: 'x', a: 'stream' });
const lineOf = (text: string) => ({ stream: STREAM, attributes: ['a', 'meta', 'trace', 'abc'], text, timestamp: 1n });

function selectionOf(query: string): LogSelection {
  return parseLogql(query) as LogSelection;
}

/** What is wrong with what a pipeline made of a line; `undefined` when nothing is. */
function faultOf(pipeline: Pipeline, text: string): string | undefined {
  const processed = pipeline.process(lineOf(text));
  if (processed === undefined) return undefined;
  const labels = processed.labels.all();
  for (let i = 2; i < labels.length; i += 2)
    if ((labels[i - 2] as string) >= (labels[i] as string)) return `not sorted: ${labels.join(' ')}`;
  for (let i = 0; i < labels.length; i += 2) {
    if (processed.labels.get(labels[i] as string) !== labels[i + 1]) return `${labels[i]} is not what get says`;
    if (labels[i] !== '' && !/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(labels[i] as string)) return `no name: ${labels[i]}`;
  }
  if (processed.labels.all() !== labels) return 'equal sets are different objects';
  const { stream, structuredMetadata, parsed } = processed.labels.categorised();
  if (stream.length + structuredMetadata.length + parsed.length !== labels.length) return 'categories are not all';
  return undefined;
}

test('no line makes a pipeline throw, and labels are well-formed', () => {
  const property = fc.property(PIPELINE, fc.array(LINE, { minLength: 1, maxLength: 8 }), (query, lines) => {
    const pipeline = compilePipeline(selectionOf(query).stages, { clock: new ManualClock() });
    for (const text of lines) expect({ query, text, fault: faultOf(pipeline, text) }).toEqual({ query, text, fault: undefined });
  });
  fc.assert(property, { seed: SEED, numRuns: RUNS });
});

test('a line gives the same whatever lines went before it', () => {
  const property = fc.property(PIPELINE, fc.array(LINE, { minLength: 2, maxLength: 6 }), (query, lines) => {
    const { stages } = selectionOf(query);
    const used = compilePipeline(stages, { clock: new ManualClock() });
    for (const text of lines) {
      const [one, other] = [used, compilePipeline(stages, { clock: new ManualClock() })].map((pipeline) => {
        const processed = pipeline.process(lineOf(text));
        return processed === undefined ? undefined : [processed.text, ...processed.labels.all()];
      });
      expect({ query, text, result: one }).toEqual({ query, text, result: other });
    }
  });
  fc.assert(property, { seed: SEED, numRuns: RUNS });
});

test('grouped samples are those of the whole labels, where no line is broken behind what is asked for', () => {
  const property = fc.property(PARSER, NAME, fc.array(LINE, { minLength: 1, maxLength: 8 }), (parser, name, lines) => {
    const { stages } = selectionOf(`{app="x"} ${parser}`);
    const grouped = compileSampleExtractor(stages, 'lines', { grouping: { without: false, labels: [name] } });
    const whole = compilePipeline(stages);
    for (const text of lines) {
      const labels = whole.process(lineOf(text))?.labels;
      if (labels?.get('__error__') !== undefined) continue;
      const value = labels?.get(name);
      const sample = grouped.extract(lineOf(text));
      expect({ parser, text, labels: sample?.labels }).toEqual({ parser, text, labels: value === undefined ? [] : [name, value] });
    }
  });
  fc.assert(property, { seed: SEED, numRuns: RUNS });
});

const HUGE = 300_000;
const BOMBS: readonly (readonly [name: string, text: string])[] = [
  ['nested objects', '{"a":'.repeat(HUGE)],
  ['nested and closed objects', `${'{"a":'.repeat(HUGE)}1${'}'.repeat(HUGE)}`],
  ['nested lists', `{"a":${'['.repeat(HUGE)}`],
  ['backslashes', `{"a":"${'\\'.repeat(HUGE)}`],
  ['escaped quotes', `{"a":"${'\\"'.repeat(HUGE)}`],
  ['quotes', '"'.repeat(HUGE)],
  ['equals signs', '='.repeat(HUGE)],
  ['pairs', 'a=b '.repeat(HUGE)],
  ['many names', Array.from({ length: 30_000 }, (_, i) => `k${i}=${i}`).join(' ')],
  ['many fields', JSON.stringify(Object.fromEntries(Array.from({ length: 30_000 }, (_, i) => [`k${i}`, i])))],
  ['digits', '1'.repeat(HUGE)],
  ['dots and digits', '1.'.repeat(HUGE)],
  ['hexadecimal groups', 'a:'.repeat(HUGE)],
  ['escapes', '\u001b['.repeat(HUGE)],
  ['sequences that do not end', `\u001b]${'a;'.repeat(HUGE)}`],
  ['spaces', ' '.repeat(HUGE)],
  ['broken characters', '�'.repeat(HUGE)],
  ['halves of pairs', '\ud800'.repeat(HUGE)],
];
const QUERIES = [
  ...['| json', '| json x="a.a.a[0]", y="k1"', '| logfmt --strict', '| logfmt k7', '| unpack', '| decolorize', '| regexp "(?P<x>(a+)+$)"'],
  ...[
    '| pattern "<x>a<y>b<z>"',
    '|~ "(a*)*b"',
    '|> "<_>a<_>b<_>"',
    '|= ip("10.0.0.0/8")',
    '|= ip("2001::/16")',
    '| json | line_format `{{range $k, $v := .}}{{$v}}{{end}}`',
  ],
];

/** What takes time with the square of a line's length does not end before the test's time is over. */
test('huge hostile lines are done with', () => {
  for (const query of QUERIES) {
    const pipeline = compilePipeline(selectionOf(`{app="x"} ${query}`).stages);
    for (const [name, text] of BOMBS) expect({ query, name, fault: faultOf(pipeline, text) }).toEqual({ query, name, fault: undefined });
  }
});

test('new names without end, and labels that are all different, do not pile up', () => {
  const pipeline = compilePipeline(selectionOf('{app="x"} | json | logfmt').stages);
  for (let i = 0; i < 60_000; i++) {
    const labels = pipeline.process(lineOf(`{"k${i}":${i}} n${i}=${i}`))?.labels;
    expect(labels?.get(`k${i}`)).toBe(String(i));
  }
});

test('what cannot be built is refused with an error that says so', () => {
  expect(() => compilePipeline(selectionOf('{app="x"} |= ip("nowhere")').stages)).toThrow(LogqlError);
});
