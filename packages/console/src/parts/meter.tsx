/** A bar that shows how much of something is used; its colour changes only when it matters. */

import type { Severity } from '../data/health.ts';
import classes from './meter.module.css';

/** `share` is 0…1. The label names what is measured; the number stands beside the bar as text. */
export function Meter({ share, label, text, severity }: { share: number; label: string; text: string; severity?: Severity }) {
  const percent = Math.min(Math.max(share, 0), 1) * 100;
  const state = severity ?? (share > 0.95 ? 'critical' : share > 0.85 ? 'warning' : undefined);
  return (
    <div
      className={classes['meter']}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(percent)}
      aria-valuetext={text}
    >
      <div className={classes['fill']} data-state={state} style={{ width: `${percent}%` }} />
    </div>
  );
}
