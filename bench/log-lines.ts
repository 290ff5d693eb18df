/** Made-up log lines as a small company's services write them: JSON, logfmt, access logs, syslog, now and then a stack trace. */

/** One stream's labels and how its lines look. */
export interface MadeStream {
  readonly labels: Readonly<Record<string, string>>;
  readonly format: 'json' | 'logfmt' | 'nginx' | 'syslog';
}

const APPS: readonly (readonly [app: string, format: MadeStream['format']])[] = [
  ['orders', 'json'],
  ['payments', 'json'],
  ['catalog', 'json'],
  ['gateway', 'nginx'],
  ['web', 'nginx'],
  ['search', 'logfmt'],
  ['mailer', 'logfmt'],
  ['system', 'syslog'],
];
const HOSTS = ['mad-01', 'mad-02', 'bcn-01', 'vlc-01'];

/** What occurs nowhere but where it was put: a word, and numbers that only an expression finds. */
export const NEEDLE = { word: 'xylophone', substring: 'lophon', expression: 'refund-[0-9]{7}-declined' } as const;
/** One line in so many holds a needle of each kind. */
export const NEEDLE_EVERY = 500_000;

/** The streams, host by host: a request holds those of one host, as its agent would send them. */
export const STREAMS: readonly (readonly MadeStream[])[] = HOSTS.map((host) =>
  APPS.map(([app, format]) => ({ labels: { app, host, job: 'bench' }, format })),
);

const LEVELS = ['debug', 'info', 'info', 'info', 'info', 'info', 'info', 'warn', 'warn', 'error'];
const PATHS = ['/api/orders', '/api/cart', '/api/users', '/api/items', '/login', '/static/app.js', '/health', '/api/search'];
const METHODS = ['GET', 'GET', 'GET', 'POST', 'PUT', 'DELETE'];
const MESSAGES = [
  'request served',
  'cache miss, loading from database',
  'order accepted',
  'payment authorised',
  'connection pool exhausted, waiting',
  'retrying after timeout',
  'user session expired',
  'message published to queue',
  'stock level updated',
  'slow query detected',
];
const AGENTS = [
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15',
  'curl/8.5.0',
  'Go-http-client/2.0',
];
const UNITS = ['sshd', 'cron', 'systemd', 'kernel', 'dockerd', 'postfix/smtpd'];
const CLASSES = ['OrderService', 'PaymentClient', 'CatalogRepository', 'HttpHandler', 'QueueConsumer'];

/** Makes the same lines for the same seed. */
export class LineMaker {
  #state: number;
  #made = 0;

  constructor(seed = 1) {
    this.#state = Math.imul(seed, 0x9e3779b9) | 1;
  }

  /** A line of a stream at a time, milliseconds. */
  line({ format, labels }: MadeStream, time: number): string {
    const made = this.#made++;
    if (made % NEEDLE_EVERY === NEEDLE_EVERY / 2) {
      return `${new Date(time).toISOString()} WARN the ${NEEDLE.word} was played, refund-${this.#digits(7)}-declined for ${this.#hex(8)}`;
    }
    if (this.#below(100) === 0) return this.#stackTrace(time);
    const at = new Date(time).toISOString();
    if (format === 'json') {
      return `{"time":"${at}","level":"${this.#pick(LEVELS)}","logger":"${labels['app']}.${this.#pick(CLASSES)}","msg":"${this.#pick(MESSAGES)}","method":"${this.#pick(METHODS)}","path":"${this.#pick(PATHS)}/${this.#below(20_000)}","status":${this.#status()},"duration_ms":${this.#below(90_000) / 100},"user":"u-${this.#below(50_000)}","trace_id":"${this.#hex(32)}"}`;
    }
    if (format === 'logfmt') {
      return `ts=${at} level=${this.#pick(LEVELS)} caller=${labels['app']}/${this.#pick(CLASSES)}.go:${this.#below(900)} msg="${this.#pick(MESSAGES)}" duration=${this.#below(90_000) / 100}ms items=${this.#below(500)} request_id=${this.#hex(12)}`;
    }
    if (format === 'nginx') {
      return `10.${this.#below(4)}.${this.#below(250)}.${this.#below(250)} - - [${at}] "${this.#pick(METHODS)} ${this.#pick(PATHS)}/${this.#below(20_000)} HTTP/1.1" ${this.#status()} ${this.#below(60_000)} "-" "${this.#pick(AGENTS)}" rt=0.${this.#digits(3)}`;
    }
    return `${labels['host']} ${this.#pick(UNITS)}[${this.#below(32_768)}]: ${this.#pick(MESSAGES)} for user u-${this.#below(50_000)} from 10.${this.#below(4)}.${this.#below(250)}.${this.#below(250)} port ${this.#below(65_536)}`;
  }

  #stackTrace(time: number): string {
    const at = new Date(time).toISOString();
    const frames = Array.from(
      { length: 6 + this.#below(10) },
      () => `\tat com.example.shop.${this.#pick(CLASSES)}.handle(${this.#pick(CLASSES)}.java:${this.#below(900)})`,
    );
    return `${at} ERROR [worker-${this.#below(16)}] java.lang.IllegalStateException: ${this.#pick(MESSAGES)}: order ${this.#below(900_000)}\n${frames.join('\n')}`;
  }

  #status(): number {
    const roll = this.#below(100);
    return roll < 90 ? 200 : roll < 95 ? 404 : roll < 98 ? 302 : 500 + this.#below(4);
  }

  #below(limit: number): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return (x >>> 0) % limit;
  }

  #pick(list: readonly string[]): string {
    return list[this.#below(list.length)] as string;
  }

  #digits(count: number): string {
    return String(this.#below(10 ** count)).padStart(count, '0');
  }

  #hex(digits: number): string {
    let text = '';
    while (text.length < digits) text += this.#below(0x1000_0000).toString(16).padStart(7, '0');
    return text.slice(0, digits);
  }
}
