/** A Docker daemon for tests: lists containers, tells events and streams logs over a unix socket, as the Engine API does. */

import { createServer, type Server, type ServerResponse } from 'node:http';

interface Output {
  readonly stream: 1 | 2;
  /** Nanoseconds since the epoch. */
  readonly time: bigint;
  readonly text: string;
}

/** A container of the daemon. */
export class FakeContainer {
  readonly id: string;
  readonly name: string;
  readonly terminal: boolean;
  readonly labels: Record<string, string>;
  readonly created = Math.floor(Date.now() / 1000);
  readonly output: Output[] = [];
  readonly followers = new Set<ServerResponse>();
  running = true;

  constructor(id: string, name: string, { terminal = false, labels = {} }: { terminal?: boolean; labels?: Record<string, string> } = {}) {
    this.id = id;
    this.name = name;
    this.terminal = terminal;
    this.labels = labels;
  }

  /** Writes output; a text without a line feed at its end is a part of a line. */
  write(text: string, stream: 1 | 2 = 1, time = BigInt(Date.now()) * 1_000_000n + BigInt(this.output.length)): void {
    const output = { stream, time, text };
    this.output.push(output);
    for (const follower of this.followers) follower.write(this.bytes(output));
  }

  bytes({ stream, time, text }: Output): Buffer {
    const seconds = new Date(Number(time / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
    const payload = Buffer.from(`${seconds}.${String(time % 1_000_000_000n).padStart(9, '0')}Z ${text}`);
    if (this.terminal) return Buffer.from(payload.toString().replace(/\n$/, '\r\n'));
    const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
    header.writeUInt32BE(payload.length, 4);
    return Buffer.concat([header, payload]);
  }
}

/** The daemon. */
export class FakeDocker {
  readonly containers: FakeContainer[] = [];
  readonly requests: string[] = [];
  readonly #events = new Set<ServerResponse>();
  #server: Server | undefined;

  async listen(path: string): Promise<void> {
    const server = createServer((request, response) => this.#answer(new URL(request.url ?? '/', 'http://docker'), response));
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(path, resolve));
  }

  /** Breaks all connections; the daemon is gone. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    server?.closeAllConnections();
    this.#events.clear();
    for (const container of this.containers) container.followers.clear();
    if (server !== undefined) await new Promise((resolve) => server.close(resolve));
  }

  start(container: FakeContainer): FakeContainer {
    this.containers.push(container);
    this.#tell('start', container);
    return container;
  }

  /** The container ends; its output stays. */
  end(container: FakeContainer): void {
    container.running = false;
    for (const follower of container.followers) follower.end();
    container.followers.clear();
    this.#tell('die', container);
  }

  remove(container: FakeContainer): void {
    this.end(container);
    this.containers.splice(this.containers.indexOf(container), 1);
    this.#tell('destroy', container);
  }

  #tell(action: string, { id }: FakeContainer): void {
    for (const listener of this.#events) listener.write(`${JSON.stringify({ Type: 'container', Action: action, Actor: { ID: id } })}\n`);
  }

  #answer(url: URL, response: ServerResponse): void {
    this.requests.push(url.pathname + url.search);
    const json = (value: unknown, status = 200): void =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    const [, kind, id, what] = url.pathname.split('/');
    if (url.pathname === '/events') {
      response.writeHead(200).flushHeaders();
      this.#events.add(response);
      response.on('close', () => this.#events.delete(response));
      return;
    }
    if (url.pathname === '/containers/json') {
      const wanted = (JSON.parse(url.searchParams.get('filters') ?? '{}') as { name?: string[] }).name;
      const shown = this.containers.filter(({ name }) => wanted === undefined || wanted.includes(name));
      json(shown.map((container) => listed(container)));
      return;
    }
    const container = this.containers.find((one) => one.id === id);
    if (kind !== 'containers' || container === undefined) json({ message: `No such container: ${id}` }, 404);
    else if (what === 'json') json({ Id: container.id, Config: { Tty: container.terminal }, State: { Running: container.running } });
    else this.#logs(container, url, response);
  }

  #logs(container: FakeContainer, url: URL, response: ServerResponse): void {
    for (const needed of ['follow', 'stdout', 'stderr', 'timestamps']) {
      if (url.searchParams.get(needed) !== '1') throw new Error(`${needed} is missing`);
    }
    const [seconds = '0', nanoseconds = '0'] = (url.searchParams.get('since') ?? '0').split('.');
    const since = BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds.padEnd(9, '0'));
    response.writeHead(200).flushHeaders();
    for (const output of container.output) if (output.time >= since) response.write(container.bytes(output));
    if (!container.running) response.end();
    else {
      container.followers.add(response);
      response.on('close', () => container.followers.delete(response));
    }
  }
}

function listed({ id, name, labels, running, created }: FakeContainer): unknown {
  return {
    Id: id,
    Names: [`/${name}`],
    Image: 'nginx:1.27',
    Labels: labels,
    State: running ? 'running' : 'exited',
    Created: created,
    HostConfig: {},
  };
}
