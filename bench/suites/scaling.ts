/** How queries scale: one metric over longer and longer ranges, more and more series at once, series that come and go. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { closeConnections, type RangeQuestion, timeQuery } from '../ask.ts';
import type { Figure } from '../figures.ts';
import type { Peer } from '../peers.ts';
import { type Program, watchPeak } from '../processes.ts';
import { sendLoad } from '../send-load.ts';

const STEP_MS = 15_000;
const HOUR = 3_600_000;
const DAYS = 15;
const MIB = 2 ** 20;
/** Steps of the load with very many series, and of the one whose series live for two of its eight hours. */
const WIDE_STEPS = 100;
const CHURN_STEPS = 480;
const CHURN_STEP_MS = 60_000;
const SETTLE_MS = 20_000;

interface Case extends RangeQuestion {
  readonly what: string;
}

/** All cases, for data whose long part ends at `until`, followed by the changing and the wide part. */
function casesOf(until: number): Case[] {
  const cases: Case[] = [];
  const cpu = 'sum by (mode) (rate(node_cpu_seconds_total[5m]))';
  for (const [name, hours] of Object.entries({ '1 h': 1, '6 h': 6, '1 d': 24, '3 d': 72, '15 d': DAYS * 24 })) {
    const end = until - 60_000;
    cases.push({
      what: `96 series, ${name}`,
      query: cpu,
      start: end - hours * HOUR + HOUR / 6,
      end,
      step: Math.max(15_000, (hours * HOUR) / 360),
    });
  }
  const churned = until + CHURN_STEPS * CHURN_STEP_MS;
  cases.push({
    what: '4,000 series of which 1,000 live at a time, 8 h',
    query: 'sum by (__name__) ({job="node"})',
    start: until + 600_000,
    end: churned,
    step: 60_000,
  });
  const wide = churned + 600_000;
  const selectors = {
    '100 series': '{job="node",instance="host-0000.example.internal:9100",__name__=~"node_network_.*",device=~"eth(1?[0-9]|2[0-3])"}',
    '1,000 series': '{job="node",instance="host-0000.example.internal:9100"}',
    '10,000 series': '{job="node",instance=~"host-000.*"}',
    '100,000 series': '{job="node"}',
  };
  for (const [name, selector] of Object.entries(selectors)) {
    const query = `sum by (instance) (${selector})`;
    cases.push({
      what: `${name}, ${(WIDE_STEPS * STEP_MS) / 60_000} min`,
      query,
      start: wide,
      end: wide + (WIDE_STEPS - 8) * STEP_MS,
      step: STEP_MS,
    });
  }
  return cases;
}

/** Loads each program in turn (they would not fit side by side), asks every case, and reports its peak of memory besides. */
export async function measureScaling(peers: readonly Peer[], { rounds }: { readonly rounds: number }): Promise<Figure[]> {
  const figures: Figure[] = [];
  const until = Math.floor((Date.now() - CHURN_STEPS * CHURN_STEP_MS - (WIDE_STEPS + 80) * STEP_MS) / STEP_MS) * STEP_MS;
  for (const peer of peers) {
    const data = mkdtempSync(path.join(tmpdir(), 'atalaya-bench-'));
    const program = await peer.start({ data });
    try {
      await load(peer, program, until);
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
      const figure = (what: string, unit: string, values: number[]): void => {
        figures.push({ what, unit, program: peer.name, values });
      };
      for (const { what, ...question } of casesOf(until)) {
        const memory = watchPeak(program);
        const times: number[] = [];
        for (let round = 0; round < rounds; round++) {
          const shift = (round * 7 + 3) * 1000;
          times.push(await timeQuery(peer, program, { ...question, start: question.start + shift, end: question.end + shift }));
        }
        memory.stop();
        figure(what, 'ms', times);
        figure(`${what}, memory at peak`, 'MiB', [memory.peak() / MIB]);
      }
    } finally {
      closeConnections();
      await program.stop('SIGKILL');
      rmSync(data, { recursive: true, force: true });
    }
  }
  return figures;
}

async function load(peer: Peer, program: Program, until: number): Promise<void> {
  const url = program.url + peer.writePath;
  const long = (DAYS * 24 * HOUR) / STEP_MS;
  await sendLoad({
    url,
    series: 96,
    samplesPerRequest: 96,
    stepsPerRequest: 40,
    steps: long,
    stepMs: STEP_MS,
    start: until - long * STEP_MS,
    inFlight: 1,
  });
  await sendLoad({
    url,
    series: 1000,
    samplesPerRequest: 1000,
    steps: CHURN_STEPS,
    stepMs: CHURN_STEP_MS,
    start: until,
    inFlight: 1,
    livesForSteps: CHURN_STEPS / 4,
  });
  const start = until + CHURN_STEPS * CHURN_STEP_MS + 600_000;
  await sendLoad({ url, series: 100_000, samplesPerRequest: 5000, steps: WIDE_STEPS, stepMs: STEP_MS, start, inFlight: 2 });
}
