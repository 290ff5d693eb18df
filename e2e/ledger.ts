/** A remote-write sender that keeps a ledger of what was acknowledged, and a judge that reads everything back. */

import http from 'node:http';
import { encodeV1, requestOf } from '@atalaya/receive/testing';
import { ask } from './atalaya.ts';

/** Series of one writer, and so samples of one step. */
export const SERIES = 40;
const STEP_MS = 1000;

/** What came of the judge's reading. */
export interface Verdict {
  readonly acknowledged: number;
  readonly lost: number;
  /** Samples stored more than once. */
  readonly doubled: number;
  /** Stored with another value than was sent. */
  readonly wrong: number;
  /** Stored but never sent. */
  readonly invented: number;
}

/** A sender with a ledger. */
export interface Ledger {
  readonly acknowledgedSteps: number;
  /** Requests that were answered with a failure or not at all, and repeated. */
  readonly repeated: number;
  /** Failures that a sender must not repeat; there should be none. */
  readonly refused: readonly string[];
  begin(): void;
  stop(): Promise<void>;
  /** Reads everything back and compares. */
  judge(url: string): Promise<Verdict>;
}

/** The verdict that every fault must leave, whatever was acknowledged. */
export const CLEAN = { lost: 0, doubled: 0, wrong: 0, invented: 0 } satisfies Partial<Verdict>;

/** What one step is sent as. */
interface StepRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Sends numbered steps until told to stop. One that fails is sent again, as real senders do, until it is acknowledged. */
export abstract class SteppingLedger implements Ledger {
  protected readonly name: string;
  protected readonly start: number;
  readonly #url: () => string;
  #acknowledgedSteps = 0;
  #stopped = false;
  #running: Promise<void> | undefined;
  /** Requests that were answered with a failure or not at all, and repeated. */
  repeated = 0;
  /** Failures that a sender must not repeat; there should be none. */
  readonly refused: string[] = [];
  /** How often each status came; 0 is a connection that broke. */
  readonly answers = new Map<number, number>();

  /** @param start timestamp of step 0, milliseconds; @param url where to send now: it may change over restarts */
  constructor(name: string, start: number, url: () => string) {
    this.name = name;
    this.start = start;
    this.#url = url;
  }

  get acknowledgedSteps(): number {
    return this.#acknowledgedSteps;
  }

  begin(): void {
    this.#running = this.#run();
  }

  /** Resolves when so many steps were acknowledged. @throws Error when one was refused for good: then no more will be */
  async until(steps: number): Promise<void> {
    while (this.#acknowledgedSteps < steps) {
      if (this.refused.length > 0) throw new Error(this.refused.join(', '));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    const agent = new http.Agent({ keepAlive: true });
    for (let step = 0; !this.#stopped;) {
      const status = await this.#send(step, agent);
      this.answers.set(status, (this.answers.get(status) ?? 0) + 1);
      if (status === 204 || status === 200) {
        step++;
        this.#acknowledgedSteps = step;
      } else if (status >= 400 && status < 500 && status !== 429) {
        this.refused.push(`step ${step}: ${status}`);
        break;
      } else {
        this.repeated++;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
    agent.destroy();
  }

  #send(step: number, agent: http.Agent): Promise<number> {
    const { path, headers, body } = this.request(step);
    return new Promise((resolve) => {
      const request = http.request(`${this.#url()}${path}`, { method: 'POST', agent, headers }, (answer) => {
        answer.resume();
        answer.on('end', () => resolve(answer.statusCode ?? 0));
        answer.on('error', () => resolve(0));
      });
      request.on('error', () => resolve(0));
      request.end(body);
    });
  }

  /** The same for a step however often it is sent. */
  protected abstract request(step: number): StepRequest;
  abstract judge(url: string): Promise<Verdict>;
}

/**
 * Sends numbered steps, each a request with one sample of every series, until told to stop. A step that fails is sent
 * again, as Prometheus does, until it is acknowledged; the value tells series and step, so that the judge can check it.
 */
export class LedgerWriter extends SteppingLedger {
  protected request(step: number): StepRequest {
    const series = Array.from({ length: SERIES }, (_, i) => ({
      labels: ['__name__', 'ledger_value', 'series', String(i), 'writer', this.name],
      samples: [{ timestamp: this.start + step * STEP_MS, value: valueOf(i, step) }],
    }));
    const { headers, body } = requestOf('1.0', encodeV1(series));
    return { path: '/api/v1/write', headers, body };
  }

  /** Reads every sample back, raw, and compares: acknowledged ⊆ stored ⊆ sent, each once. */
  async judge(url: string): Promise<Verdict> {
    let [lost, doubled, wrong, invented] = [0, 0, 0, 0];
    const last = this.acknowledgedSteps + 1;
    const matrix = await ask<{ result: { metric: Record<string, string>; values: [number, string][] }[] }>(url, '/api/v1/query', {
      query: `ledger_value{writer="${this.name}"}[${last + 10}s]`,
      time: String((this.start + last * STEP_MS) / 1000),
    });
    const bySeries = new Map(matrix.result.map(({ metric, values }) => [metric['series'], values]));
    for (let i = 0; i < SERIES; i++) {
      const seen = new Map<number, number>();
      for (const [seconds, value] of bySeries.get(String(i)) ?? []) {
        const step = Math.round((seconds * 1000 - this.start) / STEP_MS);
        seen.set(step, (seen.get(step) ?? 0) + 1);
        if (Number(value) !== valueOf(i, step)) wrong++;
        // The step under way when the writer was stopped may be stored without having been acknowledged.
        if (step < 0 || step > this.acknowledgedSteps) invented++;
      }
      for (let step = 0; step < this.acknowledgedSteps; step++) if (!seen.has(step)) lost++;
      for (const count of seen.values()) doubled += count - 1;
    }
    // A second way to count: the engine's own arithmetic over the same samples.
    const counted = await ask<{ result: { value: [number, string] }[] }>(url, '/api/v1/query', {
      query: `sum(count_over_time(ledger_value{writer="${this.name}"}[${last + 10}s]))`,
      time: String((this.start + last * STEP_MS) / 1000),
    });
    const total = Number(counted.result[0]?.value[1] ?? 0);
    const listed = matrix.result.reduce((sum, { values }) => sum + values.length, 0);
    if (total !== listed) doubled += Math.abs(total - listed);
    return { acknowledged: this.acknowledgedSteps * SERIES, lost, doubled, wrong, invented };
  }
}

function valueOf(series: number, step: number): number {
  return series * 1e7 + step;
}
