/** Templates that are nothing but texts and labels, which most are: they are filled without being executed. */

import type { Template, TemplateNode } from '@atalaya/lang';
import { ERROR_DETAILS_LABEL, ERROR_LABEL, type Line } from '../line.ts';
import type { LabelNames } from '../label/names.ts';

/** A text, or what takes one from a line. */
export type PlainPart = string | { valueIn(line: Line): string | undefined };

/** The parts of such a template; `undefined` for any other. */
export function plainParts({ nodes, definitions }: Template, names: LabelNames): PlainPart[] | undefined {
  if (definitions.size > 0 || nodes.length === 0) return undefined;
  const parts: PlainPart[] = [];
  for (const node of nodes) {
    const part = plainPart(node, names);
    if (part === undefined) return undefined;
    parts.push(part);
  }
  return parts;
}

function plainPart(node: TemplateNode, names: LabelNames): PlainPart | undefined {
  if (node.kind === 'text') return node.text;
  if (node.kind !== 'action' || node.pipeline.variables.length > 0) return undefined;
  const [command, ...commands] = node.pipeline.commands;
  const [operand, ...operands] = command?.operands ?? [];
  if (operand === undefined || commands.length + operands.length > 0) return undefined;
  if (operand.kind === 'function' && operand.name === '__line__') return { valueIn: (line) => line.text };
  if (operand.kind !== 'field' || operand.path.length !== 1) return undefined;
  const [name] = operand.path as readonly [string];
  if (name === ERROR_LABEL || name === ERROR_DETAILS_LABEL) return { valueIn: (line) => line.get(name) };
  const id = names.idOf(name);
  return { valueIn: (line) => line.valueOf(id) };
}
