/** A line without axes, for the course of a number that stands beside it. */

import classes from './sparkline.module.css';

const WIDTH = 100;
const HEIGHT = 30;

/** The line, from zero upwards; gaps stay gaps. It is decoration: the number beside it is what is said. */
export function Sparkline({ values, tone }: { values: readonly (number | null)[]; tone?: 'critical' | 'warning' | undefined }) {
  const highest = values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
  const place = (value: number) => HEIGHT - 1 - (highest === 0 ? 0 : (value / highest) * (HEIGHT - 3));
  let pen = 'M';
  let path = '';
  for (const [index, value] of values.entries()) {
    if (value === null) {
      pen = 'M';
      continue;
    }
    path += `${pen}${((index / Math.max(values.length - 1, 1)) * WIDTH).toFixed(2)} ${place(value).toFixed(2)}`;
    pen = 'L';
  }
  return (
    <svg className={classes['spark']} data-tone={tone} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden>
      <path d={path} />
    </svg>
  );
}
