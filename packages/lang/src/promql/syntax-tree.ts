/** Ways about the grammar's tree. */

import type { SyntaxNode } from '@lezer/common';

/** The first place where the grammar found no way on. */
export function firstError(top: SyntaxNode): SyntaxNode | undefined {
  let found: SyntaxNode | undefined;
  top.cursor().iterate((node) => {
    if (found === undefined && node.type.isError) found = node.node;
    return found === undefined;
  });
  return found;
}

/** Names of the grammar's nodes that stand for a binary operator with a word or sign of their own. */
export const OPERATOR_NODES = new Set('Pow Mul Div Mod Atan2 Add Sub Eql Gte Gtr TrimUpper TrimLower Lte Lss Neq And Unless Or'.split(' '));

/** The nodes directly below, remarks left out. */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) if (child.name !== 'LineComment') children.push(child);
  return children;
}
