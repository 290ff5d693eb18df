/** States shown by shape, colour and word together: never by colour alone. */

import {
  IconAlertHexagonFilled,
  IconAlertTriangleFilled,
  IconCircleCheckFilled,
  IconHelpSquareRoundedFilled,
  IconInfoSquareRoundedFilled,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';

import type { Severity } from '../data/health.ts';
import classes from './severity.module.css';

const ICONS = {
  critical: IconAlertHexagonFilled,
  warning: IconAlertTriangleFilled,
  ok: IconCircleCheckFilled,
  info: IconInfoSquareRoundedFilled,
  unknown: IconHelpSquareRoundedFilled,
} satisfies Record<Severity, unknown>;

/** The shape of a severity in its colour. Always beside a word; hidden from readers for that reason. */
export function SeverityIcon({ severity, size = 16 }: { severity: Severity; size?: number }) {
  const Icon = ICONS[severity];
  return <Icon size={size} className={classes['icon']} data-severity={severity} aria-hidden />;
}

/** A state in a word, with its shape. */
export function StateBadge({ severity, children }: { severity: Severity; children: ReactNode }) {
  return (
    <span className={classes['badge']} data-severity={severity}>
      <SeverityIcon severity={severity} size={13} />
      {children}
    </span>
  );
}
