/** Lines that were made to break stages: nothing throws, and no line gets lost. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makePipeline } from '../pipeline-for-tests.ts';

/** Everything that reads lines, none of it dropping any. */
const ALL = String.raw`
- docker: {}
- decolorize: {}
- json: {expressions: {level: , time: , deep: 'a.b.c', list: 'items[*].n | [0]', odd: '"__proto__".x', sum: 'sum(items[*].n)'}}
- logfmt: {mapping: {level: , msg: }}
- regex: {expression: '^(?P<first>\S+)\s+(?P<rest>(?s).*)$'}
- replace: {expression: '(\d+)', replace: '<{{ .Value }}>'}
- template: {source: made, template: '{{ .level }} {{ trunc 5 .first }} {{ ToUpper .Entry }} {{ .deep | default "none" | quote }}'}
- timestamp: {source: time, format: RFC3339Nano, fallback_formats: [Unix, UnixMs, ANSIC, 'Jan _2 15:04:05'], location: Europe/Berlin}
- labels: {level: , first: }
- structured_metadata: {made: , rest: }
- metrics: {seen: {type: histogram, source: time, config: {}}}
- match: {selector: '{level=~".+"} |~ "a|b"', stages: [{output: {source: rest}}]}
- pack: {labels: [level, list]}
`.trim();

const PIECES = [
  '{"log":',
  '"level":"x"',
  '}',
  '\\',
  '"',
  '\u0000',
  '\uD800',
  '\u001B[31',
  '\u001B]',
  '2026-02-30T25:00:00Z',
  '99999999999999999999',
  '=',
  'level="',
  '[',
  '{"__proto__":{"x":1}}',
  '{"items":[{"n":1},{"n":"a"}]}',
  '{{ .x }}',
  '${1}',
  'a'.repeat(300),
  '\n',
  '\t',
  ' stdout P ',
  '-1e999',
  '{"time":-62135596801,"a":{"b":{"c":[]}}}',
  'Feb 29 00:00:00',
];
const hostile = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { maxLength: 8 }).map((pieces) => pieces.join('')),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.json({ maxDepth: 4 }),
);

describe('hostile lines', () => {
  it('go through every stage', () => {
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 1, maxLength: 5 }), (lines) => {
        const run = makePipeline(ALL);
        run.send(...lines);
        expect(run.out).toHaveLength(lines.length);
        expect(run.out.every(({ line }) => typeof (JSON.parse(line) as { _entry: unknown })._entry === 'string')).toBe(true);
        run.metrics.render();
      }),
      { numRuns: 150 },
    );
  });

  it('come out of stages that hold them back, all of their text', () => {
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 1, maxLength: 12 }), (lines) => {
        const run = makePipeline(String.raw`- cri: {}
- multiline: {firstline: '^\S', max_lines: 5}`);
        run.send(...lines);
        run.flush();
        expect(run.pipeline.held).toBe(0);
        // Lines of the runtime's form lose their head, others nothing.
        const plain = lines.filter((line) => !/^\S+ (?:stdout|stderr) \S+ /.test(line));
        const text = run.out.map(({ line }) => line).join('\n');
        for (const line of plain) expect(text).toContain(line);
      }),
      { numRuns: 150 },
    );
  });

  it('of great length take no long time', () => {
    const run = makePipeline(ALL);
    run.send('a='.repeat(500_000), `"${'\\"'.repeat(500_000)}`, `{"a":"${'\u001B'.repeat(300_000)}"}`);
    expect(run.out).toHaveLength(3);
  });
});
