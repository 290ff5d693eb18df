/** A job that listens for syslog messages, over UDP or TCP. */

import { createSocket, type Socket as DatagramSocket } from 'node:dgram';
import { createServer, type Server, type Socket } from 'node:net';
import type { Timer } from '@atalaya/model';
import { countsOf, type JobOf, type LogSource, type LogTarget, type SourceContext } from '../log-source.ts';
import { SyslogFraming } from './framing.ts';
import { SyslogFlow } from './syslog-flow.ts';

const MAX_CONNECTIONS = 1000;
/** Datagrams are dropped when so much text waits to be written: nothing can make their senders wait. */
const UDP_HELD_BYTES = 32 * 1024 * 1024;
const UDP_BUFFER_BYTES = 4 * 1024 * 1024;
const RETRY_MS = 1000;
const MAX_RETRY_MS = 60_000;
const IDLE_CHECK_MS = 1000;

/** An open TCP connection. */
interface Connection {
  readonly socket: Socket;
  readonly messages: SyslogFlow;
  activeAt: number;
}

/** One listener. */
export class SyslogSource implements LogSource {
  readonly #job: JobOf<'syslog'>;
  readonly #context: SourceContext;
  /** Counts over all connections that have ended, and all datagrams. */
  readonly #shared: SyslogFlow;
  readonly #connections = new Set<Connection>();
  readonly #reading = new Set<Promise<void>>();
  #server: Server | DatagramSocket | undefined;
  #address: string;
  #lastError: string | undefined;
  #dropped = 0;
  #refused = 0;
  #cut = 0;
  #retry: Timer | undefined;
  readonly #idle: Timer;
  readonly #abort = new AbortController();

  constructor(job: JobOf<'syslog'>, context: SourceContext) {
    this.#job = job;
    this.#context = context;
    this.#address = job.source.listen;
    this.#shared = new SyslogFlow(job, context);
    this.#idle = context.clock.every(IDLE_CHECK_MS, () => this.#closeIdle());
    this.#listen(RETRY_MS);
  }

  /** Where it listens, once it does. */
  get address(): string {
    return this.#address;
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    this.#retry?.cancel();
    this.#idle.cancel();
    const server = this.#server;
    const closed = new Promise<void>((resolve) => {
      if (server === undefined) resolve();
      else server.close(() => resolve());
    });
    for (const { socket } of this.#connections) socket.destroy();
    await closed;
    await Promise.all(this.#reading);
    this.#shared.end();
  }

  targets(): LogTarget[] {
    const { name, source } = this.#job;
    const total = countsOf(this.#shared.flow.counts);
    const trouble = this.#trouble();
    return [
      {
        job: name,
        kind: 'syslog',
        name: `${source.protocol}://${this.#address}`,
        labels: { ...source.labels },
        state: this.#lastError !== undefined ? 'failed' : this.#connections.size > 0 || total.lines > 0 ? 'reading' : 'waiting',
        ...total,
        lines: total.lines + this.#sum(({ lines }) => lines),
        bytes: total.bytes + this.#sum(({ bytes }) => bytes),
        ...(trouble === undefined ? {} : { lastError: trouble }),
      },
    ];
  }

  #sum(pick: (counts: SyslogFlow['flow']['counts']) => number): number {
    let sum = 0;
    for (const { messages } of this.#connections) sum += pick(messages.flow.counts);
    return sum;
  }

  #trouble(): string | undefined {
    if (this.#lastError !== undefined) return this.#lastError;
    const parts = [
      this.#dropped > 0 ? `${this.#dropped} datagrams dropped, because lines could not be written fast enough` : '',
      this.#refused > 0 ? `${this.#refused} connections refused: there are ${MAX_CONNECTIONS}` : '',
      this.#cut > 0 ? `${this.#cut} messages cut to ${this.#job.source.maxMessageBytes} bytes` : '',
    ].filter((part) => part !== '');
    return parts.length === 0 ? undefined : parts.join('; ');
  }

  #listen(pause: number): void {
    const { listen, protocol } = this.#job.source;
    const { host, port } = splitAddress(listen);
    const failed = (error: Error): void => {
      if (this.#abort.signal.aborted) return;
      if (this.#lastError !== error.message) {
        this.#context.log.warn(
          { listen, protocol, reason: error.message },
          'there can be no listening for syslog messages; it is tried again',
        );
      }
      this.#lastError = error.message;
      this.#retry = this.#context.clock.after(pause, () => this.#listen(Math.min(pause * 2, MAX_RETRY_MS)));
    };
    if (protocol === 'udp') {
      const socket = createSocket({ type: host.includes(':') ? 'udp6' : 'udp4', reuseAddr: false });
      socket.on('message', (message, { address }) => this.#datagram(message, address));
      socket.once('error', failed);
      socket.bind(port, host, () => {
        socket.off('error', failed);
        socket.on('error', (error) => (this.#lastError = error.message));
        try {
          socket.setRecvBufferSize(UDP_BUFFER_BYTES);
        } catch {
          // The system's limit is smaller: its default stays.
        }
        this.#listening(socket, socket.address());
      });
      return;
    }
    const server = createServer((socket) => this.#connected(socket));
    server.once('error', failed);
    server.listen(port, host, () => {
      server.off('error', failed);
      server.on('error', (error) => (this.#lastError = error.message));
      this.#listening(server, server.address() as { address: string; port: number });
    });
  }

  #listening(server: Server | DatagramSocket, { address, port }: { address: string; port: number }): void {
    this.#server = server;
    this.#lastError = undefined;
    this.#address = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
    if (this.#abort.signal.aborted) server.close();
    this.#context.log.info(
      { job: this.#job.name, address: this.#address, protocol: this.#job.source.protocol },
      'listening for syslog messages',
    );
  }

  #datagram(message: Buffer, address: string): void {
    if (this.#abort.signal.aborted) return;
    if (this.#context.outlet.heldBytes >= UDP_HELD_BYTES) {
      this.#dropped++;
      return;
    }
    // A datagram is one message, whatever its end; its size is bounded by UDP itself.
    let end = message.length;
    while (end > 0 && (message[end - 1] === 10 || message[end - 1] === 13 || message[end - 1] === 0)) end--;
    if (end > 0) this.#shared.take(message.subarray(0, end), address);
  }

  #connected(socket: Socket): void {
    if (this.#connections.size >= MAX_CONNECTIONS || this.#abort.signal.aborted) {
      this.#refused++;
      socket.destroy();
      return;
    }
    const connection: Connection = {
      socket,
      messages: new SyslogFlow(this.#job, this.#context),
      activeAt: this.#context.clock.monotonic(),
    };
    this.#connections.add(connection);
    const read = this.#read(connection).finally(() => {
      this.#reading.delete(read);
      this.#disconnected(connection);
    });
    this.#reading.add(read);
  }

  async #read(connection: Connection): Promise<void> {
    const { socket, messages } = connection;
    const { outlet, clock } = this.#context;
    const address = socket.remoteAddress?.replace(/^::ffff:/, '') ?? '';
    const framing = new SyslogFraming(this.#job.source.maxMessageBytes);
    const take = (message: Buffer): void => messages.take(message, address);
    try {
      for await (const chunk of socket as AsyncIterable<Buffer>) {
        connection.activeAt = clock.monotonic();
        framing.push(chunk, take);
        this.#cut += framing.cut;
        framing.cut = 0;
        // Not reading on makes the sender wait.
        await outlet.room(this.#abort.signal);
      }
    } catch {
      // The connection broke: what came is kept.
    }
    framing.end(take);
    messages.end();
  }

  #disconnected(connection: Connection): void {
    this.#connections.delete(connection);
    const { counts } = connection.messages.flow;
    const total = this.#shared.flow.counts;
    total.lines += counts.lines;
    total.bytes += counts.bytes;
    total.lastReadAt = Math.max(total.lastReadAt ?? 0, counts.lastReadAt ?? 0) || undefined;
    for (const [reason, lines] of counts.rejected) total.rejected.set(reason, (total.rejected.get(reason) ?? 0) + lines);
  }

  #closeIdle(): void {
    const { idleMs } = this.#job.source;
    const now = this.#context.clock.monotonic();
    for (const { socket, activeAt } of this.#connections) if (idleMs > 0 && now - activeAt > idleMs) socket.destroy();
  }
}

/** `host:port`, `[::1]:port`, `:port` (all addresses). */
function splitAddress(text: string): { readonly host: string; readonly port: number } {
  const colon = text.lastIndexOf(':');
  const host = text.slice(0, colon).replace(/^\[|\]$/g, '');
  return { host: host === '' ? '0.0.0.0' : host, port: Number(text.slice(colon + 1)) };
}
