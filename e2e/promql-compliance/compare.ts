/** Compares answers of the Prometheus HTTP API value by value. */

/** The `data` of an answer, or the error. */
export type Answer =
  | { readonly error: string; readonly data?: undefined }
  | { readonly error?: undefined; readonly data: { readonly resultType: string; readonly result: unknown } };

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

/** Sums may be added up in another order, and libraries may differ in the last digit of a sine. */
const TOLERANCE = 1e-12;

/** Asks a server. */
export async function query(url: string, route: 'query' | 'query_range', parameters: Readonly<Record<string, string>>): Promise<Answer> {
  const response = await fetch(`${url}/api/v1/${route}`, { method: 'POST', body: new URLSearchParams(parameters) });
  const body = (await response.json()) as { status: string; error?: string; data: { resultType: string; result: unknown } };
  return body.status === 'success' ? { data: body.data } : { error: body.error ?? '' };
}

/** What is different between two answers; `undefined` when nothing is. Texts of errors are not compared. */
export function difference(theirs: Answer, ours: Answer, ordered: boolean): string | undefined {
  if (theirs.data === undefined || ours.data === undefined) {
    if (theirs.data === undefined && ours.data === undefined) return undefined;
    return `theirs ${theirs.error ?? 'answers'}, ours ${ours.error ?? 'answers'}`;
  }
  if (theirs.data.resultType !== ours.data.resultType) return `${theirs.data.resultType} and ${ours.data.resultType}`;
  if (theirs.data.resultType === 'scalar' || theirs.data.resultType === 'string') {
    return differentPoint(
      theirs.data.result as [number, string],
      ours.data.result as [number, string],
      theirs.data.resultType === 'string',
    );
  }
  return differentSeries(theirs.data.result as Series[], ours.data.result as Series[], ordered);
}

function differentSeries(theirs: readonly Series[], ours: readonly Series[], ordered: boolean): string | undefined {
  const names = (list: readonly Series[]): string[] => list.map(({ metric }) => nameOf(metric));
  const [left, right] = [names(theirs), names(ours)];
  const sorted = (list: string[]): string => [...list].sort().join(' ');
  if (sorted(left) !== sorted(right)) return `theirs ${sorted(left)}, ours ${sorted(right)}`;
  if (ordered && left.join(' ') !== right.join(' ')) return `the order: theirs ${left.join(' ')}, ours ${right.join(' ')}`;
  const byName = new Map(ours.map((series) => [nameOf(series.metric), series]));
  for (const series of theirs) {
    const name = nameOf(series.metric);
    const points = (from: Series): readonly (readonly [number, string])[] => from.values ?? [from.value as [number, string]];
    const [a, b] = [points(series), points(byName.get(name) as Series)];
    if (a.length !== b.length) return `${name}: ${a.length} and ${b.length} points`;
    for (const [index, point] of a.entries()) {
      const fault = differentPoint(point, b[index] as [number, string], false);
      if (fault !== undefined) return `${name}: ${fault}`;
    }
  }
  return undefined;
}

function differentPoint(theirs: readonly [number, string], ours: readonly [number, string], asText: boolean): string | undefined {
  const same = asText ? theirs[1] === ours[1] : equal(numberOf(theirs[1]), numberOf(ours[1]));
  return theirs[0] === ours[0] && same ? undefined : `theirs ${theirs.join(' ')}, ours ${ours.join(' ')}`;
}

function equal(left: number, right: number): boolean {
  if (Object.is(left, right) || left === right) return true;
  return Math.abs(left - right) <= TOLERANCE * Math.max(Math.abs(left), Math.abs(right));
}

function numberOf(text: string): number {
  return Number(text.replace('Inf', 'Infinity'));
}

function nameOf(metric: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(metric).sort(([a], [b]) => (a < b ? -1 : 1)));
}
