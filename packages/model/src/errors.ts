/**
 * The one error catalogue. Every failure that reaches a user has an entry: its code, the HTTP status, whether the same
 * request may succeed later, and a template for what it says. `docs/reference/errors.md` is checked against it.
 */

interface CatalogueEntry {
  /** HTTP status of the answer. */
  readonly status: number;
  /** Whether sending the same request again may succeed. */
  readonly retry: boolean;
  /** Prometheus' `errorType` for the query API's envelope. */
  readonly type: 'bad_data' | 'execution' | 'canceled' | 'timeout' | 'internal' | 'unavailable' | 'not_found' | 'not_acceptable';
  /** What it says; `{name}` is filled from the error's details. */
  readonly template: string;
}

/** Every error, by code. Codes are never reused. */
export const CATALOGUE = {
  BAD_REQUEST: { status: 400, retry: false, type: 'bad_data', template: '{reason}' },
  BAD_PARAMETER: { status: 400, retry: false, type: 'bad_data', template: 'invalid parameter "{parameter}": {reason}' },
  BAD_QUERY: { status: 400, retry: false, type: 'bad_data', template: '{reason}' },
  BAD_LABELS: { status: 400, retry: false, type: 'bad_data', template: 'invalid labels: {reason}' },
  BAD_SAMPLE: { status: 400, retry: false, type: 'bad_data', template: 'invalid sample: {reason}' },
  BAD_ENCODING: { status: 400, retry: false, type: 'bad_data', template: 'cannot decode the request body: {reason}' },
  BAD_CONFIG: { status: 400, retry: false, type: 'bad_data', template: '{file}: {reason}' },
  UNSUPPORTED_MEDIA: {
    status: 415,
    retry: false,
    type: 'bad_data',
    template: 'unsupported content type or encoding "{given}"; supported: {supported}',
  },
  NOT_SUPPORTED: { status: 400, retry: false, type: 'bad_data', template: '{what} is not supported: {reason}' },
  BODY_TOO_LARGE: {
    status: 413,
    retry: false,
    type: 'bad_data',
    template: 'the request body is larger than {limit} bytes {when}; send less at once or raise {setting}',
  },
  TOO_MANY_SERIES: {
    status: 400,
    retry: false,
    type: 'bad_data',
    template: 'the limit of {limit} series is reached: new series are refused; raise limits.series or drop labels',
  },
  FORBIDDEN: { status: 403, retry: false, type: 'bad_data', template: '{reason}' },
  NOT_FOUND: { status: 404, retry: false, type: 'not_found', template: '{what} not found' },
  QUERY_LIMIT: { status: 422, retry: false, type: 'execution', template: 'the query exceeds {setting} ({limit}): {reason}' },
  QUERY_FAILED: { status: 422, retry: false, type: 'execution', template: '{reason}' },
  QUERY_TIMEOUT: {
    status: 503,
    retry: true,
    type: 'timeout',
    template: 'query timed out in {phase} after {limit}; raise query.timeout or ask for less',
  },
  QUERY_CANCELED: { status: 499, retry: true, type: 'canceled', template: 'query was canceled in {phase}' },
  ENGINE_UNAVAILABLE: { status: 503, retry: true, type: 'unavailable', template: 'the storage engine is not available: {reason}' },
  OVERLOADED: { status: 429, retry: true, type: 'unavailable', template: 'too much at once: {reason}' },
  // 503, not 429: Prometheus drops what was answered 429 unless it is told otherwise.
  INGEST_BUSY: { status: 503, retry: true, type: 'unavailable', template: 'too much is being written at once: {reason}' },
  JOURNAL_FULL: { status: 503, retry: true, type: 'unavailable', template: 'the journal cannot take more: {reason}' },
  JOURNAL_FAILED: { status: 503, retry: true, type: 'unavailable', template: 'the journal could not be written: {reason}' },
  DATA_DIR_IN_USE: {
    status: 500,
    retry: false,
    type: 'internal',
    template: 'the data directory {directory} is in use by {holder}; stop it or choose another directory with --data',
  },
  SHUTTING_DOWN: { status: 503, retry: true, type: 'unavailable', template: 'the server is shutting down' },
  ADMIN_DISABLED: { status: 503, retry: false, type: 'unavailable', template: 'admin APIs disabled' },
  INTERNAL: { status: 500, retry: true, type: 'internal', template: 'internal error: {reason}' },
} as const satisfies Record<string, CatalogueEntry>;

/** A code of the catalogue. */
export type ErrorCode = keyof typeof CATALOGUE;

type Placeholders<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Placeholders<Rest> : never;

/** What an error's template needs filled in. */
export type ErrorDetails<Code extends ErrorCode> = Record<Placeholders<(typeof CATALOGUE)[Code]['template']>, string | number>;

/** A failure with an entry in the catalogue. Anything else that is thrown is a bug and answers INTERNAL. */
export class AtalayaError<Code extends ErrorCode = ErrorCode> extends Error {
  readonly code: Code;
  readonly details: Readonly<Record<string, string | number>>;
  /** Seconds after which to try again, where that is known (`Retry-After`). */
  readonly retryAfterSeconds: number | undefined;

  constructor(code: Code, details: ErrorDetails<Code>, options: { cause?: unknown; retryAfterSeconds?: number } = {}) {
    super(fill(CATALOGUE[code].template, details), options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'AtalayaError';
    this.code = code;
    this.details = details;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  /** HTTP status of the answer. */
  get status(): number {
    return CATALOGUE[this.code].status;
  }

  /** Whether the same request may succeed later. */
  get retry(): boolean {
    return CATALOGUE[this.code].retry;
  }

  /** Prometheus' `errorType`. */
  get type(): string {
    return CATALOGUE[this.code].type;
  }

  /** The error as plain data, to cross a process border; {@link AtalayaError.fromData} reads it back. */
  toData(): ErrorData {
    return {
      code: this.code,
      details: this.details,
      ...(this.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: this.retryAfterSeconds }),
    };
  }

  static fromData(data: ErrorData): AtalayaError {
    return new AtalayaError(
      data.code,
      data.details as ErrorDetails<ErrorCode>,
      data.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: data.retryAfterSeconds },
    );
  }

  /** Any thrown thing as an entry of the catalogue: what is none becomes INTERNAL with its cause kept. */
  static from(thrown: unknown): AtalayaError {
    if (thrown instanceof AtalayaError) return thrown;
    return new AtalayaError('INTERNAL', { reason: thrown instanceof Error ? thrown.message : String(thrown) }, { cause: thrown });
  }
}

/** An {@link AtalayaError} as it crosses a process border. */
export interface ErrorData {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, string | number>>;
  readonly retryAfterSeconds?: number;
}

function fill(template: string, details: Readonly<Record<string, string | number>>): string {
  return template.replaceAll(/\{(\w+)\}/g, (whole, name: string) => (Object.hasOwn(details, name) ? String(details[name]) : whole));
}
