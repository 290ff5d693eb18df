/** TraceQL texts for property tests: well-typed queries, and scraps of them. */

import fc from 'fast-check';
import { SPANSET_OPERATORS, TRACEQL_AGGREGATES } from '../../src/traceql/ast.ts';
import { TRACEQL_INTRINSICS } from '../../src/traceql/intrinsics.ts';

const SPACE = fc.constantFrom(' ', ' ', '\n', ' /* x */ ', ' // x\n');

const quoted = fc.string({ maxLength: 6 }).map((text) => JSON.stringify(text));
const name = fc.oneof(
  fc.constantFrom('a', 'http.status_code', 'k8s-pod/x', 'span.b', 'duration', 'a"b c".d', '"1"', '""', 'x"\\"y\\\\"'),
  fc.string({ maxLength: 5 }).map((text) => `"${text.replaceAll(/[\\"]/g, String.raw`\$&`)}"`),
);
const scope = fc.constantFrom(
  '.',
  'span.',
  'resource.',
  'event.',
  'link.',
  'instrumentation.',
  'parent.',
  'parent.span.',
  'parent.resource.',
);
const attribute = fc.tuple(scope, name).map(([before, after]) => before + after);

const named = (types: readonly string[]): fc.Arbitrary<string> =>
  fc.constantFrom(...Object.values(TRACEQL_INTRINSICS).flatMap(({ names, type }) => (types.includes(type) ? [...names] : [])));

const number = fc.oneof(
  fc.nat().map(String),
  fc.double({ noNaN: true, min: 0, max: 1e300 }).map((value) => String(value).replace(/^\d+$/, '$&.0').replace('e+', 'e')),
  fc.constantFrom('1h30m', '1.5s', '100us', '2d', '3ns', '0', '.5', '1.', '9223372036854775807'),
);

/** Expressions of numbers, and of truths made of them. */
const { boolean } = fc.letrec<{ numeric: string; boolean: string }>((tie) => ({
  numeric: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'field' },
    number,
    attribute,
    named(['int', 'duration']),
    tie('numeric').map((inner) => `-${inner}`),
    tie('numeric').map((inner) => `(${inner})`),
    fc.tuple(tie('numeric'), fc.constantFrom('+', '-', '*', '/', '%', '^'), tie('numeric')).map((parts) => parts.join(' ')),
  ),
  boolean: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'field' },
    attribute,
    fc.constantFrom('true', 'false', 'status = error', 'kind != server', 'parent = nil', '.a != nil'),
    fc
      .tuple(fc.oneof(attribute, named(['string'])), fc.constantFrom('=', '!=', '<', '<=', '>', '>=', '=~', '!~'), quoted)
      // Most random texts are no expressions.
      .map(([left, operator, right]) => `${left} ${operator} ${operator.includes('~') ? '"a|b.*"' : right}`),
    fc.tuple(tie('numeric'), fc.constantFrom('=', '!=', '<', '<=', '>', '>='), tie('numeric')).map((parts) => `(${parts.join(' ')})`),
    tie('boolean').map((inner) => `!(${inner})`),
    fc
      .tuple(tie('boolean'), fc.constantFrom('&&', '||', '=', '!='), tie('boolean'))
      .map(([left, operator, right]) => `(${left}) ${operator} (${right})`),
    fc.tuple(tie('boolean'), fc.constantFrom('&&', '||'), tie('boolean')).map((parts) => parts.join(' ')),
  ),
}));

const aggregate = fc.oneof(
  fc.constant('count()'),
  fc.tuple(fc.constantFrom(...TRACEQL_AGGREGATES.filter((one) => one !== 'count')), attribute).map(([of, what]) => `${of}(${what})`),
);
const scalar = fc.oneof(
  aggregate,
  fc
    .tuple(
      aggregate,
      fc.constantFrom('+', '-', '*', '/', '%', '^'),
      fc.oneof(
        number,
        number.map((one) => `-${one}`),
        aggregate,
      ),
    )
    .map((parts) => `(${parts.join(' ')})`),
);
const scalarFilter = fc.tuple(scalar, fc.constantFrom('=', '!=', '<', '<=', '>', '>='), number).map((parts) => parts.join(' '));

const { pipeline } = fc.letrec<{ spansets: string; pipeline: string }>((tie) => ({
  spansets: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'spansets' },
    boolean.map((condition) => `{ ${condition} }`),
    fc.constant('{}'),
    tie('spansets').map((inner) => `(${inner})`),
    tie('pipeline').map((inner) => `(${inner})`),
    fc.tuple(tie('spansets'), fc.constantFrom(...SPANSET_OPERATORS), tie('spansets')).map((parts) => parts.join(' ')),
  ),
  pipeline: fc
    .tuple(
      fc.oneof({ maxDepth: 3, depthIdentifier: 'spansets' }, tie('spansets'), scalarFilter),
      fc.array(
        fc.oneof(
          { maxDepth: 3, depthIdentifier: 'spansets' },
          scalarFilter,
          fc.constant('coalesce()'),
          attribute.map((by) => `by(${by})`),
          fc.array(attribute, { minLength: 1, maxLength: 3 }).map((fields) => `select(${fields.join(', ')})`),
          tie('spansets'),
        ),
        { maxLength: 3 },
      ),
    )
    .map(([first, rest]) => [first, ...rest].join(' | ')),
}));

const metrics = fc.oneof(
  fc.constantFrom('rate()', 'count_over_time()', 'compare({ status = error })', 'compare({ .a }, 3, 5, 9)'),
  fc.tuple(fc.constantFrom('min', 'max', 'avg', 'sum', 'histogram'), attribute).map(([of, what]) => `${of}_over_time(${what})`),
  attribute.map((what) => `quantile_over_time(${what}, .5, 0.99, 1)`),
);
const grouping = fc.oneof(
  fc.constant(''),
  fc.array(fc.oneof(attribute, named(['string', 'kind', 'status'])), { minLength: 1, maxLength: 3 }).map((by) => ` by (${by.join(', ')})`),
);
const measured = fc
  .tuple(metrics, grouping, fc.constantFrom('', ' | topk(3)', ' | bottomk(1) > 2.5', ' >= -1'))
  .map(([of, by, series]) => ` | ${of}${of.startsWith('compare') ? '' : by}${series}`);
const hints = fc.constantFrom('', ' with (most_recent = true)', ' with (exemplars=5, sample=-0.5)');

/** Well-typed queries. */
export const anyTraceqlText: fc.Arbitrary<string> = fc
  .tuple(pipeline, fc.oneof(fc.constant(''), measured), hints)
  .map((parts) => parts.join(''));

/** Well-typed queries with a piece cut out, or put in: some are still queries, most are not. */
export const anyTraceqlScrap: fc.Arbitrary<string> = fc
  .tuple(
    anyTraceqlText,
    fc.nat(),
    fc.nat({ max: 9 }),
    fc.oneof(fc.constant(''), SPACE, quoted, number, attribute, fc.constantFrom(...SPANSET_OPERATORS)),
  )
  .map(([text, from, length, put]) => {
    const at = from % (text.length + 1);
    return text.slice(0, at) + put + text.slice(at + length);
  });
