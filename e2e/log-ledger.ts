/** A sender of log lines that keeps a ledger of what was acknowledged, and a judge that reads everything back. */

import { encodeSnappyPush } from '@atalaya/receive/testing';
import { SteppingLedger, type Verdict } from './ledger.ts';

/** Streams of one writer, and lines of each in one request. */
const STREAMS = 3;
const LINES = 20;
const STEP_MS = 1;
/** Lines of one answer. */
const PAGE = 5000;

interface StreamsAnswer {
  readonly data: { readonly result: readonly { readonly stream: Record<string, string>; readonly values: readonly [string, string][] }[] };
}

/**
 * Sends numbered steps, each a request with some lines of every stream, until told to stop. A step that fails is sent again, as Promtail
 * does, until it is acknowledged; the line tells stream, step and place, so that the judge can check it.
 */
export class LogLedgerWriter extends SteppingLedger {
  protected request(step: number): { path: string; headers: Record<string, string>; body: Uint8Array } {
    const time = BigInt(this.start + step * STEP_MS) * 1_000_000n;
    const body = encodeSnappyPush(
      Array.from({ length: STREAMS }, (_, stream) => ({
        labels: `{job="ledger", writer="${this.name}", stream="${stream}"}`,
        lines: Array.from({ length: LINES }, (__, line) => ({ time, line: lineOf(stream, step, line), metadata: { line: String(line) } })),
      })),
    );
    return { path: '/loki/api/v1/push', headers: { 'Content-Type': 'application/x-protobuf' }, body };
  }

  /** Reads every line back and compares: acknowledged ⊆ stored ⊆ sent, each once; then counts them a second way. */
  async judge(url: string): Promise<Verdict> {
    let [lost, doubled, wrong, invented] = [0, 0, 0, 0];
    let listed = 0;
    const end = this.start + (this.acknowledgedSteps + 2) * STEP_MS;
    for (let stream = 0; stream < STREAMS; stream++) {
      const selector = `{job="ledger", writer="${this.name}", stream="${stream}"}`;
      const seen = new Map<string, number>();
      for await (const [time, line] of linesOf(url, selector, BigInt(this.start) * 1_000_000n, BigInt(end) * 1_000_000n)) {
        listed++;
        const step = Number(BigInt(time) / 1_000_000n - BigInt(this.start)) / STEP_MS;
        seen.set(line, (seen.get(line) ?? 0) + 1);
        if (!line.startsWith(`stream=${stream} step=${step} line=`)) wrong++;
        // The step under way when the writer was stopped may be stored without having been acknowledged.
        if (step < 0 || step > this.acknowledgedSteps) invented++;
      }
      for (let step = 0; step < this.acknowledgedSteps; step++) {
        for (let line = 0; line < LINES; line++) if (!seen.has(lineOf(stream, step, line))) lost++;
      }
      for (const count of seen.values()) doubled += count - 1;
    }
    const parameters = new URLSearchParams({
      query: `sum(count_over_time({job="ledger", writer="${this.name}"}[${Math.ceil((end - this.start) / 1000) + 10}s]))`,
      time: String(BigInt(end + 1000) * 1_000_000n),
    });
    const answer = await fetch(`${url}/loki/api/v1/query?${parameters.toString()}`);
    const counted = (await answer.json()) as { data: { result: { value: [number, string] }[] } };
    const total = Number(counted.data.result[0]?.value[1] ?? 0);
    if (total !== listed) doubled += Math.abs(total - listed);
    return { acknowledged: this.acknowledgedSteps * STREAMS * LINES, lost, doubled, wrong, invented };
  }
}

/** All lines of a selection in `[start, end)`, in order, a page at a time. Pages must not end within more lines of one time than they hold. */
export async function* linesOf(url: string, query: string, start: bigint, end: bigint): AsyncGenerator<[string, string]> {
  for (let from = start; ;) {
    const parameters = new URLSearchParams({ query, start: String(from), end: String(end), limit: String(PAGE), direction: 'forward' });
    const answer = await fetch(`${url}/loki/api/v1/query_range?${parameters.toString()}`);
    if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
    const { data } = (await answer.json()) as StreamsAnswer;
    const lines = data.result
      .flatMap(({ values }) => values)
      .sort(([a], [b]) => (BigInt(a) < BigInt(b) ? -1 : BigInt(a) > BigInt(b) ? 1 : 0));
    const last = lines.at(-1)?.[0];
    if (lines.length < PAGE || last === undefined) {
      yield* lines;
      return;
    }
    // The last time may go on in the next page.
    yield* lines.filter(([time]) => time !== last);
    from = BigInt(last);
  }
}

function lineOf(stream: number, step: number, line: number): string {
  return `stream=${stream} step=${step} line=${line} level=info msg="the same for all"`;
}
