/** Reads log lines back over Loki's API, for whole-program tests. */

/** A line with all of its labels: those of its stream and its structured metadata. */
export interface ReadLine {
  /** Nanoseconds since the epoch. */
  readonly time: string;
  readonly text: string;
  readonly labels: Readonly<Record<string, string>>;
}

const PAGE = 5000;

/** The lines of a selection in a range of time (nanoseconds), the oldest first. Throws when there are more than one answer may hold. */
export async function readLines(url: string, query: string, start: bigint, end: bigint): Promise<ReadLine[]> {
  const parameters = new URLSearchParams({ query, start: String(start), end: String(end), limit: String(PAGE), direction: 'forward' });
  const answer = await fetch(`${url}/loki/api/v1/query_range?${parameters.toString()}`);
  if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
  const { data } = (await answer.json()) as { data: { result: { stream: Record<string, string>; values: [string, string][] }[] } };
  const lines = data.result.flatMap(({ stream, values }) => values.map(([time, text]): ReadLine => ({ time, text, labels: stream })));
  if (lines.length >= PAGE) throw new Error(`there are more than ${PAGE} lines of ${query}`);
  return lines.sort((a, b) => (BigInt(a.time) < BigInt(b.time) ? -1 : BigInt(a.time) > BigInt(b.time) ? 1 : 0));
}
