/** A label set as small name–value pairs. */

import type { LabelRecord } from '../data/prometheus.ts';
import classes from './labels.module.css';

/** The pairs in order of name; `hide` leaves names out. */
export function LabelList({ labels, hide = [] }: { labels: LabelRecord; hide?: readonly string[] }) {
  const pairs = Object.entries(labels)
    .filter(([name]) => !hide.includes(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return (
    <span className={classes['list']}>
      {pairs.map(([name, value]) => (
        <span key={name} className={classes['pair']}>
          <span>{name}</span>={value}
        </span>
      ))}
    </span>
  );
}
