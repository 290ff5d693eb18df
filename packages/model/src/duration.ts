/** Durations as Prometheus writes them: `1d2h`, `15s`, `500ms`. */

const UNITS = [
  ['y', 365 * 86_400_000],
  ['w', 7 * 86_400_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

const FORM = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;

/** Reads a Prometheus duration (units from large to small, each once; `0` alone is allowed) into milliseconds; `undefined` when it is none. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  const match = FORM.exec(text);
  if (text === '' || match === null) return undefined;
  let total = 0;
  UNITS.forEach(([, milliseconds], index) => {
    total += Number(match[index + 1] ?? 0) * milliseconds;
  });
  return total;
}

/** Writes milliseconds in the shortest exact Prometheus form: 90000 is `1m30s`. Years and weeks only where nothing is left over, as Prometheus does. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds === 0) return '0s';
  let rest = Math.abs(milliseconds);
  let text = milliseconds < 0 ? '-' : '';
  for (const [unit, size] of UNITS) {
    const exactOnly = unit === 'y' || unit === 'w';
    if (rest < size || (exactOnly && rest % size !== 0)) continue;
    text += `${Math.floor(rest / size)}${unit}`;
    rest %= size;
  }
  return text;
}
