/** Pretended spans, and how a trace of them is drawn. */

/** An attribute of the pretended world. */
export type Value = string | number | boolean | readonly string[];

/** A pretended span. Times in nanoseconds since the trace's beginning. */
export interface MockSpan {
  readonly id: string;
  readonly parent: string;
  readonly service: string;
  readonly name: string;
  readonly kind: number;
  readonly start: number;
  readonly duration: number;
  readonly error: string;
  readonly attributes: Readonly<Record<string, Value>>;
  readonly events: readonly { readonly at: number; readonly name: string; readonly attributes: Readonly<Record<string, Value>> }[];
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
}

const MS = 1e6;
/** OTLP's kinds of spans. */
export const KIND = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const;

/** A source of numbers in 0…1 that is the same for the same seed. */
export function randomOf(seed: number): () => number {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) | 1;
  return () => {
    state = Math.imul(state ^ (state >>> 15), state | 1);
    state ^= state + Math.imul(state ^ (state >>> 7), state | 61);
    return ((state ^ (state >>> 14)) >>> 0) / 2 ** 32;
  };
}

const hex = (random: () => number, digits: number) => Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');

/** The id of the trace with this number: the number stands at its end. */
export function traceIdOf(number: number): string {
  return `${hex(randomOf(number * 2654435761), 24)}${number.toString(16).padStart(8, '0')}`;
}

interface Drawn {
  parent?: MockSpan | undefined;
  service: string;
  name: string;
  kind?: number;
  start: number;
  duration: number;
  error?: string;
  attributes?: Record<string, Value>;
  events?: MockSpan['events'];
  links?: MockSpan['links'];
}

/** Spans as they are drawn, times in milliseconds. */
export class Growing {
  readonly spans: MockSpan[] = [];
  readonly random: () => number;

  constructor(random: () => number) {
    this.random = random;
  }

  span({
    parent,
    service,
    name,
    kind = KIND.internal,
    start,
    duration,
    error = '',
    attributes = {},
    events = [],
    links = [],
  }: Drawn): MockSpan {
    const made: MockSpan = {
      id: hex(this.random, 16),
      parent: parent?.id ?? '',
      service,
      name,
      kind,
      start: Math.round(start * MS),
      duration: Math.round(duration * MS),
      error,
      attributes,
      events: events.map((event) => ({ ...event, at: Math.round(event.at * MS) })),
      links,
    };
    this.spans.push(made);
    return made;
  }

  between(low: number, high: number): number {
    return low + this.random() * (high - low);
  }

  pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.random() * from.length)] as T;
  }
}
