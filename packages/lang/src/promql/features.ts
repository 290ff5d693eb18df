/** Feature flags of PromQL, named as Prometheus names them: which experimental parts of the language a text may use. */

import { childrenOf, type DurationExpression, type Expression } from './ast.ts';
import { PromqlError } from './error.ts';
import { FUNCTIONS } from './functions.ts';

/** Every flag. All but `promql-delayed-name-removal`, which changes evaluation, let a text use more of the language. */
export const PROMQL_FEATURES = [
  'promql-experimental-functions',
  'promql-duration-expr',
  'promql-extended-range-selectors',
  'promql-binop-fill-modifiers',
  'promql-delayed-name-removal',
] as const;
/** One of {@link PROMQL_FEATURES}. */
export type PromqlFeature = (typeof PROMQL_FEATURES)[number];

/** What is on unless somebody decides otherwise: the whole language, evaluated as a Prometheus without flags does. */
export const DEFAULT_PROMQL_FEATURES: ReadonlySet<PromqlFeature> = new Set(
  PROMQL_FEATURES.filter((feature) => feature !== 'promql-delayed-name-removal'),
);

/** Aggregations behind `promql-experimental-functions`. */
const EXPERIMENTAL_AGGREGATIONS = new Set<string>(['limitk', 'limit_ratio']);

/** Checks that an expression uses nothing whose flag is off. @throws PromqlError at the first use, in Prometheus' words. */
export function checkFeatures(text: string, expression: Expression, features: ReadonlySet<PromqlFeature>): void {
  const require = (feature: PromqlFeature, place: { start: number; end: number }, reason: string): void => {
    if (!features.has(feature)) throw new PromqlError(text, place.start, place.end, reason);
  };

  function duration(node: DurationExpression | undefined): void {
    if (node === undefined || node.kind === 'duration') return;
    const reason = 'experimental duration expression is not enabled';
    if (node.kind === 'group' || node.kind === 'sign') {
      duration(node.operand);
      // A sign alone is as old as negative offsets.
      if (node.kind === 'group') require('promql-duration-expr', node.operand, reason);
      return;
    }
    if (node.kind === 'operation') {
      duration(node.left);
      duration(node.right);
    }
    require('promql-duration-expr', node, reason);
  }

  // Operands first, from left to right: the order in which Prometheus' grammar meets them.
  function visit(node: Expression): void {
    for (const child of childrenOf(node)) visit(child);
    switch (node.kind) {
      case 'selector':
        duration(node.offset);
        if (node.border !== undefined) {
          require('promql-extended-range-selectors', node, `${node.border} modifier is experimental and not enabled`);
        }
        return;
      case 'matrix':
        return duration(node.range);
      case 'subquery':
        duration(node.range);
        duration(node.step);
        return duration(node.offset);
      case 'call':
        if (FUNCTIONS.get(node.name)?.experimental !== true) return;
        return require('promql-experimental-functions', node, `function ${JSON.stringify(node.name)} is not enabled`);
      case 'aggregation':
        if (!EXPERIMENTAL_AGGREGATIONS.has(node.operator)) return;
        return require('promql-experimental-functions', node, `${node.operator}() is experimental and must be enabled with --enable-feature=promql-experimental-functions`);
      case 'binary': {
        const { matching } = node;
        if (matching?.fill.left === undefined && matching?.fill.right === undefined) return;
        return require('promql-binop-fill-modifiers', node, 'binop fill modifiers are experimental and not enabled');
      }
      case 'number':
      case 'string':
      case 'unary':
      case 'parentheses':
    }
  }

  visit(expression);
}
