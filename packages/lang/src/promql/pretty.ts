/** The pretty form of an expression: long ones spread over lines, as the API's `format_query` answers. */

import type { Expression } from './ast.ts';
import { printAggregator, printOperator, printPromql, printSubquerySuffix } from './printer.ts';

/** What fits stays on one line. */
const WIDTH = 100;

/** The expression over as many lines as it needs, indented by two spaces a level. */
export function prettyPromql(expression: Expression): string {
  return pretty(expression, 0);
}

function pretty(node: Expression, level: number): string {
  const indent = '  '.repeat(level);
  const flat = printPromql(node);
  if (flat.length <= WIDTH) return indent + flat;
  switch (node.kind) {
    case 'number':
    case 'string':
    case 'selector':
    case 'matrix':
      return indent + flat;
    case 'subquery':
      return pretty(node.expression, level) + printSubquerySuffix(node);
    case 'unary':
      return indent + node.operator + pretty(node.expression, level).trimStart();
    case 'parentheses':
      return `${indent}(\n${pretty(node.expression, level + 1)}\n${indent})`;
    case 'call':
      return `${indent}${node.name}(\n${node.args.map((arg) => pretty(arg, level + 1)).join(',\n')}\n${indent})`;
    case 'aggregation': {
      const parts = node.parameter === undefined ? [node.expression] : [node.parameter, node.expression];
      return `${indent}${printAggregator(node)}(\n${parts.map((part) => pretty(part, level + 1)).join(',\n')}\n${indent})`;
    }
    case 'binary':
      return `${pretty(node.left, level + 1)}\n${indent}${printOperator(node)}\n${pretty(node.right, level + 1)}`;
  }
}
