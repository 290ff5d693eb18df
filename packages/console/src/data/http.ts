/** The one place that talks to the server: JSON requests, and failures as {@link ApiError}. */

/** Why a request failed, as far as a page must tell the cases apart. */
export type FailureKind =
  /** No answer: the network or the server is gone. */
  | 'network'
  /** The server answered that a part of it is away; the same request may succeed later. */
  | 'unavailable'
  /** The request itself is wrong. */
  | 'rejected'
  /** The server is at fault. */
  | 'server';

/** A request that did not succeed. `message` is the server's own words (English), empty when there was no answer. */
export class ApiError extends Error {
  readonly kind: FailureKind;
  readonly status: number;
  /** Prometheus' `errorType`, where the answer had one. */
  readonly type: string | undefined;
  /** The code of the server's own catalogue, where the answer had one. */
  readonly code: string | undefined;

  constructor(kind: FailureKind, message: string, status: number, type?: string, options?: ErrorOptions & { code?: string }) {
    super(message, options);
    this.name = 'ApiError';
    this.kind = kind;
    this.status = status;
    this.type = type;
    this.code = options?.code;
  }

  /** Whether asking again later may help without anybody changing the request. */
  get retry(): boolean {
    // A query that took too long takes too long again: only its writer can help.
    if (this.code === 'QUERY_TIMEOUT') return false;
    return this.kind === 'network' || this.kind === 'unavailable';
  }
}

/** Any thrown thing as an {@link ApiError}. */
export function toApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  return new ApiError('server', thrown instanceof Error ? thrown.message : String(thrown), 0, undefined, { cause: thrown });
}

/** Query parameters; a list becomes the same name several times, `undefined` is left out. */
export type Parameters = Readonly<Record<string, string | number | readonly string[] | undefined>>;

interface RequestOptions {
  readonly parameters?: Parameters;
  readonly signal?: AbortSignal | undefined;
  readonly method?: 'GET' | 'POST';
  /** Sends the parameters as a form body: queries can be longer than a URL may be. */
  readonly form?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks the server for JSON. @throws ApiError, or the signal's reason when it was aborted. */
export async function requestJson(path: string, options: RequestOptions = {}): Promise<unknown> {
  const { status, body } = await request(path, options);
  try {
    return JSON.parse(body) as unknown;
  } catch (error) {
    throw new ApiError('server', `${path}: the answer is not JSON`, status, undefined, { cause: error });
  }
}

/** Asks the server and takes any answer. @throws ApiError, or the signal's reason when it was aborted. */
export async function request(path: string, options: RequestOptions = {}): Promise<{ status: number; body: string }> {
  const search = encodeParameters(options.parameters ?? {});
  const form = options.form === true;
  const text = search.toString();
  let response: Response;
  let body: string;
  try {
    response = await fetch(form || text === '' ? path : `${path}?${text}`, {
      method: form ? 'POST' : (options.method ?? 'GET'),
      headers: { accept: 'application/json', ...options.headers },
      ...(form ? { body: search } : {}),
      ...(options.signal ? { signal: options.signal } : {}),
    });
    body = await response.text();
  } catch (error) {
    if (options.signal?.aborted === true) throw error;
    throw new ApiError('network', '', 0, undefined, { cause: error });
  }
  if (!response.ok) throw failureOf(response.status, body);
  return { status: response.status, body };
}

function encodeParameters(parameters: Parameters): URLSearchParams {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined) continue;
    if (typeof value === 'object') for (const item of value) search.append(name, item);
    else search.append(name, String(value));
  }
  return search;
}

/** The failure that an answer with an error status tells of; reads Prometheus' envelope and plain text. */
export function failureOf(status: number, body: string): ApiError {
  let message = body.trim();
  let type: string | undefined;
  let code: string | undefined;
  try {
    const parsed = JSON.parse(body) as { error?: unknown; message?: unknown; errorType?: unknown; code?: unknown };
    const said = typeof parsed.error === 'string' ? parsed.error : parsed.message;
    if (typeof said === 'string') message = said;
    if (typeof parsed.errorType === 'string') type = parsed.errorType;
    if (typeof parsed.code === 'string') code = parsed.code;
  } catch {
    // Not JSON (a proxy's page, a plain line): its first line says enough.
    message = (message.split('\n', 1)[0] ?? '').replaceAll(/<[^>]*>/g, '').slice(0, 300);
  }
  return new ApiError(kindOf(status), message, status, type, code === undefined ? {} : { code });
}

function kindOf(status: number): FailureKind {
  if (status === 429 || status === 502 || status === 503 || status === 504) return 'unavailable';
  return status >= 500 ? 'server' : 'rejected';
}
