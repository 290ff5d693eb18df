/** What a node is, as a small sign; its word stands beside it, or is said. */

import { IconCube, IconDatabase, IconStack2, IconWorld } from '@tabler/icons-react';

import type { NodeKind } from '../../data/services/graph.ts';

const ICONS = { service: IconCube, database: IconDatabase, queue: IconStack2, virtual: IconWorld } as const;

/** The sign. */
export function NodeMark({ kind, size = 16 }: { kind: NodeKind; size?: number }) {
  const Icon = ICONS[kind];
  return <Icon size={size} stroke={1.7} aria-hidden />;
}
