/** The front door of PromQL: text in, checked syntax tree out. */

import type { Expression } from './ast.ts';
import { checkTypes } from './check.ts';
import { parseSyntax } from './parser.ts';

/** Reads a PromQL expression and checks its types. @throws PromqlError, whose message is what a Prometheus user expects to read. */
export function parsePromql(text: string): Expression {
  const expression = parseSyntax(text);
  checkTypes(text, expression);
  return expression;
}
