/**
 * Made-up OTLP requests as the services of a small company send them: each body holds 512 spans of one service, with 20 attributes each; a
 * trace has two spans in each of eight services. Bodies are made once and then filled in with ids, times and a few values, so that sending
 * costs next to nothing.
 */

/** How a body is written. */
export type SpanFormat = 'protobuf' | 'json';

export const SPANS_PER_BODY = 512;
const SERVICES = ['gateway', 'web', 'cart', 'orders', 'payments', 'stock', 'search', 'mailer'] as const;
const SPANS_PER_SERVICE = 2;
const SPANS_PER_TRACE = SERVICES.length * SPANS_PER_SERVICE;
/** Of a round: one body of each service. */
export const BODIES_PER_ROUND = SERVICES.length;
const TRACES_PER_ROUND = SPANS_PER_BODY / SPANS_PER_SERVICE;
/** Different bodies of a service. */
const VARIANTS = 4;

const METHODS = ['GET', 'GET', 'GET', 'POST', 'PUT', 'DELETE'];
const ROUTES = ['/api/orders/{id}', '/api/cart/{id}', '/api/users/{id}', '/api/items/{id}', '/api/search/{id}', '/api/stock/{id}'];
const AGENTS = [
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15',
  'okhttp/4.12.0',
  'Go-http-client/2.0',
];
const FUNCTIONS = ['handle', 'findById', 'reserve', 'charge', 'publish', 'render'];
const STATEMENTS = ['SELECT * FROM orders WHERE id = $1', 'UPDATE stock SET count = count - 1 WHERE item = $1', 'SELECT 1'];

/** A number that follows from others: the same wherever it is asked for. */
function mix(...parts: readonly number[]): number {
  let hash = 0x9e3779b9;
  for (const part of parts) {
    hash = Math.imul(hash ^ part, 0x85ebca6b);
    hash ^= hash >>> 13;
    hash = Math.imul(hash, 0xc2b2ae35);
    hash ^= hash >>> 16;
  }
  return hash >>> 0;
}

/** Words of a trace's id, of a span's id. */
const traceWords = (round: number, trace: number): number[] => [1, 2, 3, 4].map((word) => mix(word, round, trace));
const spanWords = (round: number, trace: number, span: number): number[] => [5, 6].map((word) => mix(word, round, trace, span));
const hexOf = (words: readonly number[]): string => words.map((word) => word.toString(16).padStart(8, '0')).join('');

/** The order that a trace is about. */
const orderOf = (round: number, trace: number): number => mix(7, round, trace) % 100_000_000;

/** A trace that is in what was sent: its id, and a value of the attribute `app.order.id` that no other one has, nearly surely. */
export interface KnownTrace {
  readonly traceId: string;
  readonly order: string;
}

/** A trace of a round. */
export function knownTrace(round: number): KnownTrace {
  const trace = round % TRACES_PER_ROUND;
  return { traceId: hexOf(traceWords(round, trace)), order: `order-${String(orderOf(round, trace)).padStart(8, '0')}` };
}

/** What a place in a body is filled with. */
interface Blank {
  readonly at: number;
  readonly kind: 'trace' | 'span' | 'parent' | 'start' | 'end' | 'order' | 'digits';
  /** Places of the trace in its round and of the span in its trace; of digits how many. */
  readonly trace: number;
  readonly span: number;
}

type Value = string | number | boolean | { readonly digits: number; readonly before: string } | { readonly order: true };

interface MadeSpan {
  readonly trace: number;
  readonly span: number;
  readonly name: string;
  readonly kind: number;
  readonly error: boolean;
  readonly attributes: readonly (readonly [string, Value])[];
}

/** Nanoseconds after its trace's beginning, and length. */
const offsetOf = (span: number): bigint => BigInt(span) * 700_000n;
const lengthOf = (round: number, trace: number, span: number): bigint =>
  BigInt(1 + (SPANS_PER_TRACE - span)) * 1_500_000n + BigInt(mix(8, round, trace, span) % 900_000);

function makeSpans(service: number, variant: number): MadeSpan[] {
  return Array.from({ length: SPANS_PER_BODY }, (_, i): MadeSpan => {
    const trace = Math.floor(i / SPANS_PER_SERVICE);
    const span = service * SPANS_PER_SERVICE + (i % SPANS_PER_SERVICE);
    const pick = <Item>(list: readonly Item[], salt: number): Item => list[mix(salt, service, variant, i) % list.length] as Item;
    const below = (limit: number, salt: number): number => mix(salt, service, variant, i) % limit;
    const [method, route] = [pick(METHODS, 1), pick(ROUTES, 2)];
    const error = below(50, 3) === 0;
    return {
      trace,
      span,
      name: `${method} ${route}`,
      kind: span % 2 === 0 ? 2 : 3,
      error,
      attributes: [
        ['http.request.method', method],
        ['http.route', route],
        ['url.path', { before: route.replace('{id}', ''), digits: 5 }],
        ['url.scheme', 'https'],
        ['http.response.status_code', error ? 500 : below(20, 4) === 0 ? 404 : 200],
        ['network.protocol.version', pick(['1.1', '2'], 5)],
        ['server.address', `${SERVICES[service]}.internal`],
        ['server.port', 8443],
        ['client.address', { before: `10.0.${below(4, 6)}.`, digits: 2 }],
        ['user_agent.original', pick(AGENTS, 7)],
        ['thread.id', below(32, 8)],
        ['code.function.name', pick(FUNCTIONS, 9)],
        ['code.line.number', 40 + below(400, 10)],
        ['db.system.name', 'postgresql'],
        ['db.query.text', pick(STATEMENTS, 11)],
        ['enduser.id', { before: 'u-', digits: 5 }],
        ['app.order.id', { order: true }],
        ['app.cache.hit', below(3, 12) !== 0],
        ['app.queue.seconds', below(1000, 13) / 4000],
        ['app.tenant', `tenant-${below(40, 14)}`],
      ],
    };
  });
}

/** A body with its blanks. */
class Body {
  readonly bytes: Buffer;
  readonly #blanks: readonly Blank[];
  readonly #json: boolean;

  constructor(bytes: Buffer, blanks: readonly Blank[], json: boolean) {
    this.bytes = bytes;
    this.#blanks = blanks;
    this.#json = json;
  }

  /** Fills the blanks of a round that begins at a time, nanoseconds. */
  fill(round: number, time: bigint): void {
    for (const blank of this.#blanks) this.#fill(blank, round, time);
  }

  #fill({ at, kind, trace, span }: Blank, round: number, time: bigint): void {
    if (kind === 'trace') this.#words(at, traceWords(round, trace));
    else if (kind === 'span') this.#words(at, spanWords(round, trace, span));
    else if (kind === 'parent') this.#words(at, spanWords(round, trace, span - 1));
    else if (kind === 'order') this.#text(at, String(orderOf(round, trace)).padStart(8, '0'));
    else if (kind === 'digits') this.#text(at, String(mix(9, round, at) % 10 ** span).padStart(span, '0'));
    else {
      const start = time + BigInt(trace) * 3_000_000n + offsetOf(span);
      const moment = kind === 'start' ? start : start + lengthOf(round, trace, span);
      if (this.#json) this.#text(at, String(moment));
      else this.bytes.writeBigUInt64LE(moment, at);
    }
  }

  #words(at: number, words: readonly number[]): void {
    if (this.#json) this.#text(at, hexOf(words));
    else for (const [i, word] of words.entries()) this.bytes.writeUInt32BE(word, at + i * 4);
  }

  #text(at: number, text: string): void {
    this.bytes.write(text, at, 'latin1');
  }
}

/** Writes bodies and remembers where the blanks are. */
class BodyWriter {
  #bytes = Buffer.allocUnsafe(1 << 20);
  length = 0;
  readonly blanks: Blank[] = [];

  raw(text: string | Uint8Array): void {
    const bytes = typeof text === 'string' ? Buffer.from(text) : text;
    while (this.length + bytes.length > this.#bytes.length)
      this.#bytes = Buffer.concat([this.#bytes, Buffer.allocUnsafe(this.#bytes.length)]);
    this.#bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  blank(kind: Blank['kind'], width: number, { trace, span }: { readonly trace: number; readonly span: number }): void {
    this.blanks.push({ at: this.length, kind, trace, span });
    this.raw('0'.repeat(width));
  }

  /** A protobuf message whose length is known when it is whole. */
  message(field: number, write: () => void): void {
    const inner = new BodyWriter();
    const [outerBytes, outerLength] = [this.#bytes, this.length];
    const first = this.blanks.length;
    this.#bytes = inner.#bytes;
    this.length = 0;
    write();
    const [content, size] = [this.#bytes, this.length];
    this.#bytes = outerBytes;
    this.length = outerLength;
    this.varint(field * 8 + 2);
    this.varint(size);
    for (let i = first; i < this.blanks.length; i++) {
      const blank = this.blanks[i] as Blank;
      this.blanks[i] = { ...blank, at: blank.at + this.length };
    }
    this.raw(content.subarray(0, size));
  }

  text(field: number, text: string): void {
    this.varint(field * 8 + 2);
    this.varint(Buffer.byteLength(text));
    this.raw(text);
  }

  varint(value: number): void {
    const bytes: number[] = [];
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
    this.raw(Uint8Array.from([...bytes, rest]));
  }

  finish(json: boolean): Body {
    return new Body(Buffer.from(this.#bytes.subarray(0, this.length)), this.blanks, json);
  }
}

const RESOURCE: (service: string) => [string, string][] = (service) => [
  ['service.name', service],
  ['service.namespace', 'shop'],
  ['service.version', '2.4.1'],
  ['service.instance.id', `${service}-7f9c6`],
  ['host.name', 'mad-01'],
  ['deployment.environment.name', 'production'],
  ['telemetry.sdk.name', 'opentelemetry'],
  ['telemetry.sdk.language', 'nodejs'],
];

function protobufBody(service: number, variant: number): Body {
  const out = new BodyWriter();
  const attribute = (field: number, name: string, value: Value, made: MadeSpan | undefined): void =>
    out.message(field, () => {
      out.text(1, name);
      out.message(2, () => protobufValue(out, value, made));
    });
  out.message(1, () => {
    out.message(1, () => RESOURCE(SERVICES[service] as string).forEach(([name, value]) => attribute(1, name, value, undefined)));
    out.message(2, () => {
      out.message(1, () => {
        out.text(1, '@opentelemetry/instrumentation-http');
        out.text(2, '0.57.0');
      });
      for (const made of makeSpans(service, variant)) {
        out.message(2, () => {
          out.varint(0x0a);
          out.varint(16);
          out.blank('trace', 16, made);
          out.varint(0x12);
          out.varint(8);
          out.blank('span', 8, made);
          if (made.span > 0) {
            out.varint(0x22);
            out.varint(8);
            out.blank('parent', 8, made);
          }
          out.text(5, made.name);
          out.varint(0x30);
          out.varint(made.kind);
          out.varint(0x39);
          out.blank('start', 8, made);
          out.varint(0x41);
          out.blank('end', 8, made);
          for (const [name, value] of made.attributes) attribute(9, name, value, made);
          if (made.error) {
            out.message(15, () => {
              out.varint(0x18);
              out.varint(2);
            });
          }
        });
      }
    });
  });
  return out.finish(false);
}

function protobufValue(out: BodyWriter, value: Value, made: MadeSpan | undefined): void {
  if (typeof value === 'string') out.text(1, value);
  else if (typeof value === 'boolean') {
    out.varint(0x10);
    out.varint(Number(value));
  } else if (typeof value === 'number' && Number.isInteger(value)) {
    out.varint(0x18);
    out.varint(value);
  } else if (typeof value === 'number') {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(value);
    out.varint(0x21);
    out.raw(bytes);
  } else {
    const [before, width] = 'order' in value ? ['order-', 8] : [value.before, value.digits];
    out.varint(0x0a);
    out.varint(before.length + width);
    out.raw(before);
    if ('order' in value) out.blank('order', width, made as MadeSpan);
    else out.blank('digits', width, { trace: 0, span: width });
  }
}

function jsonBody(service: number, variant: number): Body {
  const out = new BodyWriter();
  const attribute = (name: string, value: Value, made: MadeSpan | undefined): void => {
    out.raw(`{"key":"${name}","value":{`);
    jsonValue(out, value, made);
    out.raw('}}');
  };
  out.raw('{"resourceSpans":[{"resource":{"attributes":[');
  for (const [i, [name, value]] of RESOURCE(SERVICES[service] as string).entries()) {
    if (i > 0) out.raw(',');
    attribute(name, value, undefined);
  }
  out.raw(']},"scopeSpans":[{"scope":{"name":"@opentelemetry/instrumentation-http","version":"0.57.0"},"spans":[');
  for (const [i, made] of makeSpans(service, variant).entries()) {
    out.raw(`${i > 0 ? ',' : ''}{"traceId":"`);
    out.blank('trace', 32, made);
    out.raw('","spanId":"');
    out.blank('span', 16, made);
    if (made.span > 0) {
      out.raw('","parentSpanId":"');
      out.blank('parent', 16, made);
    }
    out.raw(`","name":"${made.name}","kind":${made.kind},"startTimeUnixNano":"`);
    out.blank('start', 19, made);
    out.raw('","endTimeUnixNano":"');
    out.blank('end', 19, made);
    out.raw('","attributes":[');
    for (const [at, [name, value]] of made.attributes.entries()) {
      if (at > 0) out.raw(',');
      attribute(name, value, made);
    }
    out.raw(`],"status":{${made.error ? '"code":2' : ''}}}`);
  }
  out.raw(']}]}]}');
  return out.finish(true);
}

function jsonValue(out: BodyWriter, value: Value, made: MadeSpan | undefined): void {
  if (typeof value === 'string') out.raw(`"stringValue":${JSON.stringify(value)}`);
  else if (typeof value === 'boolean') out.raw(`"boolValue":${value}`);
  else if (typeof value === 'number') out.raw(Number.isInteger(value) ? `"intValue":"${value}"` : `"doubleValue":${value}`);
  else {
    out.raw(`"stringValue":"${'order' in value ? 'order-' : value.before}`);
    if ('order' in value) out.blank('order', 8, made as MadeSpan);
    else out.blank('digits', value.digits, { trace: 0, span: value.digits });
    out.raw('"');
  }
}

/** Gives one body after the other. What a body's bytes are is valid until the same service's next but three. */
export class SpanBodies {
  readonly #bodies: Body[][];

  constructor(format: SpanFormat) {
    const make = format === 'json' ? jsonBody : protobufBody;
    this.#bodies = SERVICES.map((_, service) => Array.from({ length: VARIANTS }, (__, variant) => make(service, variant)));
  }

  /** Body `number` of all, of a round that begins at `time`, nanoseconds since the epoch. */
  body(number: number, time: bigint): Buffer {
    const round = Math.floor(number / BODIES_PER_ROUND);
    const body = this.#bodies[number % BODIES_PER_ROUND]?.[round % VARIANTS] as Body;
    body.fill(round, time);
    return body.bytes;
  }
}
