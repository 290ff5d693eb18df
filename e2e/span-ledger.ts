/** A sender of spans that keeps a ledger of what was acknowledged, and a judge that reads everything back. */

import { SteppingLedger, type Verdict } from './ledger.ts';

/** Spans of one request, which are one trace. */
const SPANS = 24;
const STEP_MS = 1;
/** Traces of one answer. */
const PAGE = 500;

interface TracesAnswer {
  readonly data: readonly {
    readonly traceID: string;
    readonly spans: readonly { readonly spanID: string; readonly operationName: string; readonly startTime: number }[];
  }[];
}

/**
 * Sends numbered steps, each a request with one trace, until told to stop. A step that fails is sent again, as OpenTelemetry's exporters do,
 * until it is acknowledged; ids, names and times tell step and place, so that the judge can check them.
 */
export class SpanLedgerWriter extends SteppingLedger {
  get #service(): string {
    return `ledger-${this.name}`;
  }

  protected request(step: number): { path: string; headers: Record<string, string>; body: Uint8Array } {
    const time = BigInt(this.start + step * STEP_MS) * 1_000_000n;
    const traceId = this.#traceId(step);
    const spans = Array.from({ length: SPANS }, (_, span) => ({
      traceId,
      spanId: spanIdOf(span),
      ...(span === 0 ? {} : { parentSpanId: spanIdOf(span - 1) }),
      name: nameOf(step, span),
      kind: 2,
      startTimeUnixNano: String(time + BigInt(span) * 1000n),
      endTimeUnixNano: String(time + 1_000_000n),
      attributes: [{ key: 'step', value: { intValue: String(step) } }],
    }));
    const resource = { attributes: [{ key: 'service.name', value: { stringValue: this.#service } }] };
    const body = Buffer.from(JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'ledger' }, spans }] }] }));
    return { path: '/v1/traces', headers: { 'Content-Type': 'application/json' }, body };
  }

  /** Reads every span back and compares: acknowledged ⊆ stored ⊆ sent, each once; then counts them a second way. */
  async judge(url: string): Promise<Verdict> {
    let [lost, doubled, wrong, invented] = [0, 0, 0, 0];
    let listed = 0;
    const steps = this.acknowledgedSteps + 1;
    for (let first = 0; first < steps + PAGE; first += PAGE) {
      const seen = new Map<string, number>();
      for (const { traceID, spans } of await this.#traces(url, first)) {
        for (const { spanID, operationName, startTime } of spans) {
          listed++;
          const step = Math.floor(startTime / 1000 - this.start) / STEP_MS;
          const span = Number.parseInt(spanID, 16) - 1;
          const key = `${step} ${span}`;
          seen.set(key, (seen.get(key) ?? 0) + 1);
          if (traceID !== this.#traceId(step) || operationName !== nameOf(step, span)) wrong++;
          // The step under way when the writer was stopped may be stored without having been acknowledged.
          if (step < 0 || step > this.acknowledgedSteps || span >= SPANS) invented++;
        }
      }
      for (let step = first; step < Math.min(first + PAGE, this.acknowledgedSteps); step++) {
        for (let span = 0; span < SPANS; span++) if (!seen.has(`${step} ${span}`)) lost++;
      }
      for (const count of seen.values()) doubled += count - 1;
    }
    const counted = await this.#count(url);
    if (counted !== listed) doubled += Math.abs(counted - listed);
    return { acknowledged: this.acknowledgedSteps * SPANS, lost, doubled, wrong, invented };
  }

  /** The traces of steps `[first, first + PAGE)`. */
  async #traces(url: string, first: number): Promise<TracesAnswer['data']> {
    const from = (this.start + first * STEP_MS) * 1000;
    const range = { start: String(from), end: String(from + PAGE * STEP_MS * 1000 - 1), limit: String(PAGE * 2) };
    const answer = await fetch(`${url}/api/traces?${new URLSearchParams({ service: this.#service, ...range }).toString()}`);
    if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
    return ((await answer.json()) as TracesAnswer).data;
  }

  /** All spans, counted by the engine. */
  async #count(url: string): Promise<number> {
    const start = Math.floor(this.start / 1000) - 1;
    const parameters = new URLSearchParams({
      q: `{ resource.service.name = "${this.#service}" } | count_over_time()`,
      start: String(start),
      end: String(start + Math.ceil((this.acknowledgedSteps * STEP_MS) / 1000) + 10),
    });
    const answer = await fetch(`${url}/tempo/api/metrics/query?${parameters.toString()}`);
    if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
    const { series } = (await answer.json()) as { series: { value: number }[] };
    return series.reduce((sum, { value }) => sum + value, 0);
  }

  #traceId(step: number): string {
    return Buffer.from(this.name.padEnd(4, '_').slice(0, 4)).toString('hex') + step.toString(16).padStart(24, '0');
  }
}

const spanIdOf = (span: number): string => (span + 1).toString(16).padStart(16, '0');
const nameOf = (step: number, span: number): string => `step ${step % 7} span ${span}`;
