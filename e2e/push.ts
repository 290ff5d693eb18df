/** Sends log lines as clients of Loki do, and asks for them. */

/** A stream with its lines: time in nanoseconds, text, and structured metadata. */
export interface PushedStream {
  readonly labels: Readonly<Record<string, string>>;
  readonly lines: readonly (readonly [at: bigint, text: string, metadata?: Readonly<Record<string, string>>])[];
}

/** Pushes streams as JSON; rejects when they are not taken. */
export async function push(url: string, streams: readonly PushedStream[]): Promise<void> {
  const body = {
    streams: streams.map(({ labels, lines }) => ({
      stream: labels,
      values: lines.map(([at, text, metadata]) => (metadata === undefined ? [String(at), text] : [String(at), text, metadata])),
    })),
  };
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/loki/api/v1/push`, { method: 'POST', headers, body: JSON.stringify(body) });
  if (answer.status !== 204) throw new Error(`push: ${answer.status} ${await answer.text()}`);
}

/** Asks a route of Loki's API; rejects when it fails. */
export async function askLoki<Answer>(
  url: string,
  route: string,
  parameters: Readonly<Record<string, string>> | readonly (readonly [string, string])[] = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const query = new URLSearchParams(parameters as Record<string, string>).toString();
  const answer = await fetch(`${url}/loki/api/v1/${route}?${query}`, { headers });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${route}: ${answer.status} ${text}`);
  return JSON.parse(text) as Answer;
}

/** Lines of an answer in the order in which they came, stream by stream. */
export interface StreamsData {
  readonly data: {
    readonly resultType: 'streams';
    readonly result: readonly {
      readonly stream: Readonly<Record<string, string>>;
      readonly values: readonly (readonly [string, string, ...unknown[]])[];
    }[];
    readonly stats: Readonly<Record<string, unknown>>;
  };
}
