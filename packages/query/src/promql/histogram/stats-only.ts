/** Which selectors are read for nothing but count and sum of their histograms. */

import { childrenOf, type Expression, type VectorSelector } from '@atalaya/lang';

const STATISTICS = new Set(['histogram_count', 'histogram_sum', 'histogram_avg']);
const WHOLE = new Set(['histogram_quantile', 'histogram_quantiles', 'histogram_fraction']);

/**
 * The selectors below histogram_count, histogram_sum or histogram_avg, with nothing between that looks at buckets: no other
 * histogram function, no subquery. A binary operator begins anew, as it does for Prometheus.
 */
export function statsOnlySelectors(expression: Expression): ReadonlySet<VectorSelector> {
  const found = new Set<VectorSelector>();
  /** `wanted`: what the nearest function above wants; `undefined` while there is none. */
  function visit(node: Expression, wanted: 'statistics' | 'whole' | undefined): void {
    switch (node.kind) {
      case 'selector':
        if (wanted === 'statistics') found.add(node);
        return;
      case 'matrix':
        return visit(node.selector, wanted);
      case 'subquery':
        return visit(node.expression, 'whole');
      case 'binary':
        visit(node.left, undefined);
        return visit(node.right, undefined);
      case 'call': {
        let below = wanted;
        if (STATISTICS.has(node.name)) below = wanted === 'whole' ? 'whole' : 'statistics';
        else if (WHOLE.has(node.name)) below = 'whole';
        for (const child of childrenOf(node)) visit(child, below);
        return;
      }
      case 'number':
      case 'string':
      case 'parentheses':
      case 'unary':
      case 'aggregation':
        for (const child of childrenOf(node)) visit(child, wanted);
    }
  }
  visit(expression, undefined);
  return found;
}
