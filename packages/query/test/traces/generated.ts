/** Random traces and random queries that have something to find in them. */

import fc from 'fast-check';
import type { PlainAttributes, PlainSpan } from './plain-span.ts';

const values = fc.oneof(
  fc.constantFrom('x', 'y', '', 'xy'),
  fc.constantFrom(0, 1, 2, 200, 500, 0.5, -1),
  fc.boolean(),
  fc.constantFrom(['x'], ['x', 'y'], [1, 2], [], ['x', 1]),
  fc.constantFrom({ type: 'empty', value: '' } as const, { type: 'map', value: '{}' } as const, { type: 'double', value: 'NaN' } as const),
);
const attributes: fc.Arbitrary<PlainAttributes> = fc.dictionary(fc.constantFrom('a', 'b', 'service.name'), values, { maxKeys: 3 });
const statuses = fc.constantFrom('unset', 'ok', 'error' as const);
const kinds = fc.constantFrom('unspecified', 'internal', 'server', 'client', 'producer', 'consumer' as const);
const durations = fc.oneof(fc.constantFrom(0n, 1n, 2n, 3n, 1023n, 1024n, 1_000_000_000n), fc.bigInt(0n, 3_000_000_000n));
const SECOND = 1_000_000_000n;

/** Spans of a few traces within 40 seconds; parents may be missing, or later than their children. */
export const anySpans: fc.Arbitrary<PlainSpan[]> = fc
  .array(
    fc
      .record({
        trace: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
        parent: fc.constantFrom('', '', '1', '2', '3', '4', '5', '99'),
        service: fc.constantFrom(undefined, 'web', 'db'),
        resource: attributes,
        scopeName: fc.constantFrom('', 'io'),
        scope: attributes,
        name: fc.constantFrom('GET', 'PUT', 'x'),
        kind: kinds,
        start: fc.oneof(
          fc.bigInt(0n, 40n * SECOND),
          fc.bigInt(0n, 40n).map((seconds) => seconds * SECOND),
        ),
        duration: durations,
        status: statuses,
        statusMessage: fc.constantFrom('', '', 'broken'),
        attributes,
        events: fc.array(fc.record({ name: fc.constantFrom('log', 'x'), attributes }), { maxLength: 2 }),
        links: fc.array(fc.record({ trace: fc.constantFrom('a', 'z'), id: fc.constantFrom('1', '7'), attributes }), { maxLength: 1 }),
      })
      .map(({ service, ...span }) => (service === undefined ? span : { ...span, service })),
    { minLength: 1, maxLength: 25 },
  )
  .map((spans) => spans.map((span, i) => ({ ...span, id: String(i + 1) })));

const attribute = fc.constantFrom(
  '.a',
  '.b',
  'span.a',
  'resource.b',
  'event.a',
  'link.b',
  'instrumentation.a',
  'resource.service.name',
  '.service.name',
);
const distant = fc.constantFrom(
  'parent.a',
  'parent.resource.b',
  'childCount',
  'nestedSetLeft',
  'nestedSetParent',
  'trace:duration',
  'rootName',
);
const numeric = fc.oneof(
  attribute,
  attribute,
  fc.constantFrom('duration', 'childCount', 'nestedSetParent', 'event:timeSinceStart', '1 + .a', '-.a', '.a * 2'),
);
const number = fc.constantFrom('0', '1', '2', '500', '0.5', '-1', '1s', '1023ns', '1 + 1');
const text = fc.constantFrom('"x"', '"y"', '""', '"GET"', '"web"');
const texts = fc.oneof(
  attribute,
  fc.constantFrom('name', 'statusMessage', 'rootName', 'rootServiceName', 'event:name', 'instrumentation:name', 'link:spanID'),
);
const compare = fc.constantFrom('=', '!=', '<', '<=', '>', '>=');

const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(
      'true',
      'false',
      'status = error',
      'status != ok',
      'kind = server',
      'parent = nil',
      'parent != nil',
      'nestedSetParent < 0',
    ),
    attribute,
    fc.tuple(fc.oneof(attribute, distant), fc.constantFrom('= nil', '!= nil')).map((parts) => parts.join(' ')),
    fc.tuple(numeric, compare, number).map((parts) => parts.join(' ')),
    fc.tuple(number, compare, numeric).map((parts) => parts.join(' ')),
    fc.tuple(texts, compare, text).map((parts) => parts.join(' ')),
    fc.tuple(texts, fc.constantFrom('=~', '!~'), fc.constantFrom('"x|y"', '".*"', '"G.*"', '""')).map((parts) => parts.join(' ')),
    fc.tuple(attribute, compare, attribute).map((parts) => parts.join(' ')),
    fc
      .tuple(tie('condition'), fc.constantFrom('&&', '||', '=', '!='), tie('condition'))
      .map(([a, operator, b]) => `(${a}) ${operator} (${b})`),
    tie('condition').map((inner) => `!(${inner})`),
    attribute.map((inner) => `!${inner}`),
  ),
}));

const filter = condition.map((inner) => `{ ${inner} }`);
const structure = fc.constantFrom('&&', '||', '>', '>>', '<', '<<', '~', '!>', '!>>', '!<', '!<<', '!~', '&>', '&>>', '&<', '&<<', '&~');
const scalar = fc.constantFrom('count() > 1', 'avg(duration) > 1s', 'max(.a) >= 1', 'sum(.a) - min(.a) < 600', 'count() = 1');
const stage = fc.oneof(
  filter,
  scalar,
  fc.constantFrom('coalesce()', 'by(name)', 'by(.a)', 'by(event.b)', 'by(.a > 1)', 'select(.b)', 'select(event:name, parent.a)'),
);

const { spansets } = fc.letrec<{ spansets: string }>((tie) => ({
  spansets: fc.oneof(
    { maxDepth: 2 },
    filter,
    fc.tuple(tie('spansets'), structure, tie('spansets')).map(([a, operator, b]) => `(${a}) ${operator} (${b})`),
    fc.tuple(tie('spansets'), stage).map(([a, b]) => `(${a} | ${b})`),
  ),
}));

/** Pipelines. */
export const anyPipeline: fc.Arbitrary<string> = fc
  .tuple(fc.oneof(spansets, filter, scalar, fc.constant('by(kind)')), fc.array(stage, { maxLength: 2 }))
  .map(([first, rest]) => [first, ...rest].join(' | '));

const measured = fc.oneof(fc.constantFrom('duration', 'duration', '.a', 'event.a', 'childCount'));
const metrics = fc.oneof(
  fc.constantFrom('rate()', 'count_over_time()'),
  fc.tuple(fc.constantFrom('min', 'max', 'avg', 'sum', 'histogram'), measured).map(([of, what]) => `${of}_over_time(${what})`),
  measured.map((what) => `quantile_over_time(${what}, 0, .5, 1)`),
);
const grouping = fc.oneof(
  fc.constant(''),
  fc
    .uniqueArray(
      fc.constantFrom('name', 'kind', 'status', '.a', 'resource.service.name', 'event.a', 'parent.b', 'rootName', 'statusMessage'),
      {
        minLength: 1,
        maxLength: 2,
      },
    )
    .map((by) => ` by (${by.join(', ')})`),
);

/** Metrics queries, of plain filters more often than not. */
export const anyMetrics: fc.Arbitrary<string> = fc
  .tuple(fc.oneof(filter, filter, anyPipeline), metrics, grouping, fc.constantFrom('', '', ' | topk(2)', ' > 0'))
  .map(([pipeline, of, by, series]) => `${pipeline} | ${of}${by}${series}`);
