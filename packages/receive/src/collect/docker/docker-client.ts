/** The few calls of the Docker Engine API that reading logs needs, over its socket or TCP. */

import http from 'node:http';

/** A container as the list tells it. */
export interface ListedContainer {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly Image: string;
  readonly Labels: Readonly<Record<string, string>> | null;
  readonly State: string;
  /** Seconds since the epoch. */
  readonly Created: number;
  readonly HostConfig?: { readonly NetworkMode?: string };
  readonly NetworkSettings?: {
    readonly Networks?: Readonly<Record<string, { readonly IPAddress?: string; readonly NetworkID?: string }>> | null;
  };
}

/** A failed call: the HTTP status, or 0 when there was no answer. */
export class DockerError extends Error {
  readonly status: number;

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DockerError';
    this.status = status;
  }
}

const ANSWER_MS = 30_000;

export class DockerClient {
  readonly #target: http.RequestOptions;

  /** @param host `unix:///var/run/docker.sock`, `tcp://host:2375` or `http://host:2375` */
  constructor(host: string) {
    if (host.startsWith('unix://')) this.#target = { socketPath: host.slice('unix://'.length) };
    else {
      const url = new URL(host.replace(/^tcp:/, 'http:'));
      if (url.protocol !== 'http:') throw new DockerError(0, `Docker is reached by unix://, tcp:// or http://, not by ${url.protocol}//`);
      this.#target = { host: url.hostname, port: url.port === '' ? 2375 : Number(url.port) };
    }
  }

  /** Containers, stopped ones too. */
  async list(filters: Readonly<Record<string, readonly string[]>>, signal: AbortSignal): Promise<ListedContainer[]> {
    return (await this.#json(`/containers/json?all=1&filters=${encodeURIComponent(JSON.stringify(filters))}`, signal)) as ListedContainer[];
  }

  /** Whether a container runs, and whether its output is one raw stream rather than frames. */
  async inspect(id: string, signal: AbortSignal): Promise<{ readonly running: boolean; readonly terminal: boolean }> {
    type Details = { Config?: { Tty?: boolean }; State?: { Running?: boolean } };
    const { Config, State } = (await this.#json(`/containers/${id}/json`, signal)) as Details;
    return { running: State?.Running === true, terminal: Config?.Tty === true };
  }

  /** The stream of what happens to containers. */
  events(signal: AbortSignal): Promise<http.IncomingMessage> {
    return this.#get(
      `/events?filters=${encodeURIComponent(JSON.stringify({ type: ['container'], event: ['start', 'die', 'destroy'] }))}`,
      signal,
    );
  }

  /** A container's output with times, from `since` (seconds and nanoseconds) on, and on as long as it runs. */
  logs(id: string, since: string, signal: AbortSignal): Promise<http.IncomingMessage> {
    return this.#get(`/containers/${id}/logs?follow=1&stdout=1&stderr=1&timestamps=1&since=${since}`, signal);
  }

  async #json(path: string, signal: AbortSignal): Promise<unknown> {
    const answer = await this.#get(path, AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]));
    return JSON.parse(await textOf(answer));
  }

  #get(path: string, signal: AbortSignal): Promise<http.IncomingMessage> {
    return new Promise((resolve, reject) => {
      const request = http.get({ ...this.#target, path, signal, headers: { host: 'docker' }, agent: false }, (answer) => {
        if (answer.statusCode === 200) {
          resolve(answer);
          return;
        }
        const { statusCode = 0 } = answer;
        textOf(answer).then(
          (text) => reject(new DockerError(statusCode, `Docker answered ${statusCode}: ${messageOf(text)}`)),
          (error: unknown) => reject(new DockerError(statusCode, String(error))),
        );
      });
      request.on('error', (error: NodeJS.ErrnoException) => reject(new DockerError(0, reasonOf(error), { cause: error })));
    });
  }
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'EACCES') return 'no permission to use Docker’s socket; see the guide on collecting logs';
  if (code === 'ENOENT' || code === 'ECONNREFUSED') return `Docker is not running there (${code})`;
  return message;
}

function messageOf(text: string): string {
  try {
    return (JSON.parse(text) as { message?: string }).message ?? text;
  } catch {
    return text.slice(0, 300);
  }
}

async function textOf(answer: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
