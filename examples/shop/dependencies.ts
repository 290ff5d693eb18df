/** What the services lean on: a database, a cache and a queue, as their clients' spans show them. Behind them is only waiting. */

import { setTimeout as sleep } from 'node:timers/promises';
import { context, type Context, type Link, propagation, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import type { Service } from './service.ts';

/** Runs a statement against the PostgreSQL database of that name; it takes about so many milliseconds. */
export async function query(service: Service, database: string, statement: string, milliseconds: number): Promise<void> {
  const operation = /^\w+/.exec(statement)?.[0] ?? '';
  const table = /\b(?:FROM|INTO|UPDATE) (\w+)/.exec(statement)?.[1] ?? '';
  const attributes = {
    'db.system.name': 'postgresql',
    'db.namespace': database,
    'db.query.text': statement,
    'db.operation.name': operation,
    'db.collection.name': table,
    'server.address': 'postgres.shop',
    'server.port': 5432,
  };
  await service.span(`${operation} ${table}`, SpanKind.CLIENT, attributes, async (span) => {
    await sleep(milliseconds * (0.5 + service.shop.random()));
    if (milliseconds < 500) return;
    span.addEvent('slow query', { 'db.rows.scanned': 184_320 });
    service.telemetry.log('warn', `slow query: ${statement}`, { 'db.namespace': database });
  });
}

/** Runs a command against the Redis cache. */
export async function cached(service: Service, command: string, key: string): Promise<void> {
  const attributes = {
    'db.system.name': 'redis',
    'db.query.text': `${command} ${key}`,
    'db.operation.name': command,
    'server.address': 'redis.shop',
    'server.port': 6379,
  };
  await service.span(command, SpanKind.CLIENT, attributes, async () => sleep(0.5 + service.shop.random()));
}

/** A queue between two services. */
export class Queue<Message extends object> {
  readonly #name: string;
  readonly #waiting: { message: Message; headers: Record<string, string> }[] = [];
  #arrived = Promise.withResolvers<void>();
  #closed = false;

  constructor(name: string) {
    this.#name = name;
  }

  /** Publishes a message, with the context of the span that does. */
  async publish(service: Service, message: Message): Promise<void> {
    const attributes = this.#attributes('send');
    await service.span(`send ${this.#name}`, SpanKind.PRODUCER, attributes, async () => {
      const headers: Record<string, string> = {};
      propagation.inject(context.active(), headers);
      this.#waiting.push({ message, headers });
      this.#arrived.resolve();
    });
  }

  /** Hands each message to the service's work, one after the other, until the queue is closed and empty. */
  async consume(service: Service, work: (message: Message) => Promise<void>): Promise<void> {
    for (;;) {
      const next = this.#waiting.shift();
      if (next !== undefined) await this.#process(service, next.message, propagation.extract(ROOT_CONTEXT, next.headers), work);
      else if (this.#closed) return;
      else {
        await this.#arrived.promise;
        this.#arrived = Promise.withResolvers();
      }
    }
  }

  /** What waits is still delivered. */
  close(): void {
    this.#closed = true;
    this.#arrived.resolve();
  }

  async #process(service: Service, message: Message, sender: Context, work: (message: Message) => Promise<void>): Promise<void> {
    const sent = trace.getSpanContext(sender);
    const links: Link[] =
      sent === undefined ? [] : [{ context: sent, attributes: { 'messaging.message.id': String(Object.values(message)[0]) } }];
    const options = { kind: SpanKind.CONSUMER, attributes: this.#attributes('process'), links };
    const span = service.telemetry.tracer.startSpan(`process ${this.#name}`, options, sender);
    await context.with(trace.setSpan(sender, span), () => work(message));
    span.end();
  }

  #attributes(operation: 'send' | 'process'): Record<string, string> {
    return {
      'messaging.system': 'rabbitmq',
      'messaging.destination.name': this.#name,
      'messaging.operation.name': operation,
      'messaging.operation.type': operation,
    };
  }
}
