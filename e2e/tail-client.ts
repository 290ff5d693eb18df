/** A client of a tail: gathers what comes, and tells how the connection ended. */

import { WebSocket } from 'ws';
import { pause } from './atalaya.ts';

/** A message of a tail. */
export interface TailMessage {
  readonly streams?: readonly {
    readonly stream: Readonly<Record<string, string>>;
    readonly values: readonly (readonly [time: string, line: string, ...unknown[]])[];
  }[];
  readonly dropped_entries?: readonly { readonly timestamp: string; readonly labels: Readonly<Record<string, string>> }[];
}

/** A tail under way. */
export interface TailClient {
  readonly messages: readonly TailMessage[];
  /** All lines so far, in the order in which they came. */
  lines(): string[];
  /** Resolves when so many lines have come. */
  waitFor(lines: number): Promise<void>;
  /** Stops reading, as a client that hangs does. */
  hang(): void;
  /** Resolves with the code with which the connection was closed. */
  readonly closed: Promise<number>;
  close(): void;
}

/** Connects; rejects with the status and text of an answer in HTTP. */
export function openTail(
  url: string,
  parameters: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<TailClient> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/loki/api/v1/tail?${new URLSearchParams(parameters).toString()}`, { headers });
  const messages: TailMessage[] = [];
  const closed = new Promise<number>((resolve) => socket.on('close', (code) => resolve(code)));
  const lines = (): string[] => messages.flatMap(({ streams = [] }) => streams.flatMap(({ values }) => values.map(([, line]) => line)));
  socket.on('message', (data: Buffer) => messages.push(JSON.parse(data.toString()) as TailMessage));
  const client: TailClient = {
    messages,
    lines,
    async waitFor(count) {
      while (lines().length < count) await pause(10);
    },
    hang: () => socket.pause(),
    closed,
    close: () => socket.close(),
  };
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve(client));
    socket.on('error', reject);
    socket.on('unexpected-response', (_request, answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
      answer.on('end', () => reject(new Error(`${answer.statusCode} ${text}`)));
    });
  });
}
