/** Medians, percentiles and tables of ratios. */

/** The value below which `share` of the values lie; values need not be sorted. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** One measured quantity of one program, over all rounds. */
export interface Figure {
  readonly what: string;
  readonly unit: string;
  readonly program: string;
  readonly values: readonly number[];
}

function short(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3;
  return value.toFixed(digits);
}

/** A Markdown table: a row per quantity, a column per program with its median, and the first program's ratio to each other one. */
export function formatTable(figures: readonly Figure[]): string {
  const programs = [...new Set(figures.map(({ program }) => program))];
  const [own, ...others] = programs;
  const rows = [...new Set(figures.map(({ what }) => what))];
  const lines = [
    `| measured (median) | ${programs.join(' | ')} | ${others.map((other) => `${own} ÷ ${other}`).join(' | ')} |`,
    `| --- |${' ---: |'.repeat(programs.length + others.length)}`,
  ];
  for (const what of rows) {
    const of = (program: string | undefined): number =>
      median(figures.find((figure) => figure.what === what && figure.program === program)?.values ?? []);
    const unit = figures.find((figure) => figure.what === what)?.unit ?? '';
    const cells = [...programs.map((program) => short(of(program))), ...others.map((other) => short(of(own) / of(other)))];
    lines.push(`| ${what}${unit === '' ? '' : ` (${unit})`} | ${cells.join(' | ')} |`);
  }
  return lines.join('\n');
}
