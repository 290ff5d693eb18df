/** Questions as a client asks them, timed: connections are kept, nobody compresses, nobody's caches help. */

import http from 'node:http';
import type { Peer } from './peers.ts';
import type { Program } from './processes.ts';

const agent = new http.Agent({ keepAlive: true });

/** A range query; times in milliseconds. */
export interface RangeQuestion {
  readonly query: string;
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** Asks and gives the milliseconds until the last byte of the answer. @throws Error for anything but an answer with points. */
export async function timeQuery(peer: Peer, program: Program, { query, start, end, step }: RangeQuestion): Promise<number> {
  const parameters = new URLSearchParams({ query, start: String(start / 1000), end: String(end / 1000), step: String(step / 1000) });
  for (const [name, value] of Object.entries(peer.queryParameters)) parameters.set(name, value);
  const { status, text, milliseconds } = await timeGet(`${program.url}/api/v1/query_range?${parameters.toString()}`);
  if (status !== 200 || !text.includes('"values"')) throw new Error(`${program.name}: ${query}: ${status} ${text.slice(0, 300)}`);
  return milliseconds;
}

/** Asks for anything; gives the answer and the milliseconds until its last byte. */
export async function timeGet(url: string): Promise<{ readonly status: number; readonly text: string; readonly milliseconds: number }> {
  const begun = performance.now();
  const { status, body } = await get(url);
  const milliseconds = performance.now() - begun;
  return { status, text: body.toString('utf8'), milliseconds };
}

function get(url: string): Promise<{ status: number; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { agent, headers: { 'accept-encoding': 'identity' } }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks) }));
    });
    request.on('error', reject);
  });
}

/** Closes the connections that were kept. */
export function closeConnections(): void {
  agent.destroy();
}
