/** Fetches over node:http and node:https: credentials, redirects, gzip, limits, kept connections. */

import { type Agent, type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { HttpClientConfig } from '../scrape-config/config.ts';
import { redactUrls } from '../scrape-config/redact.ts';
import { HttpAgents } from './http-agents.ts';
import type { ScrapeFetch, ScrapeRequest, ScrapeResponse } from './scrape-fetch.ts';
import { readSecret } from './secret-source.ts';

const MOST_REDIRECTS = 10;
/** No body larger than this is ever taken into memory, whatever the configuration allows. */
const LARGEST_BODY = 512 * 1024 * 1024;

const unzip = promisify(gunzip);

/** Makes requests for all jobs; {@link HttpFetcher.retain} closes the connections of those that are gone. */
export class HttpFetcher {
  readonly #userAgent: string;
  readonly #agents = new Map<HttpClientConfig, HttpAgents>();

  constructor(userAgent: string) {
    this.#userAgent = userAgent;
  }

  /** See {@link ScrapeFetch}. */
  readonly fetch: ScrapeFetch = async (request) => {
    let url = new URL(request.url);
    const { origin } = url;
    for (let redirects = 0; ; redirects++) {
      const own = url.origin === origin;
      const headers = await this.#headers(request, own);
      const agent = await this.#agentsOf(request.client).agentFor(url, own);
      const response = await exchange(url, headers, agent, request);
      const { location } = response.headers;
      const status = response.statusCode ?? 0;
      if (location === undefined || ![301, 302, 303, 307, 308].includes(status) || !request.client.followRedirects) {
        return await answer(response, request);
      }
      response.resume();
      if (redirects === MOST_REDIRECTS) throw new Error(`more than ${MOST_REDIRECTS} redirects`);
      const next = URL.parse(location, url);
      if (next === null || !['http:', 'https:'].includes(next.protocol))
        throw new Error(`redirected to "${redactUrls(location)}", which is not an HTTP URL`);
      url = next;
    }
  };

  /** Closes the connections of all clients but these. */
  retain(clients: ReadonlySet<HttpClientConfig>): void {
    for (const [client, agents] of this.#agents) {
      if (clients.has(client)) continue;
      agents.close();
      this.#agents.delete(client);
    }
  }

  #agentsOf(client: HttpClientConfig): HttpAgents {
    let agents = this.#agents.get(client);
    if (agents === undefined) {
      agents = new HttpAgents(client);
      this.#agents.set(client, agents);
    }
    return agents;
  }

  /** Credentials and configured headers go to the configured host only: who redirects us elsewhere must not hand them on. */
  async #headers(request: ScrapeRequest, own: boolean): Promise<Record<string, string | string[]>> {
    const headers: Record<string, string | string[]> = {
      'user-agent': this.#userAgent,
      'accept-encoding': request.compression ? 'gzip' : 'identity',
      ...request.headers,
    };
    if (!own) return headers;
    const { authorization, basicAuth, headers: configured } = request.client;
    for (const { name, values } of configured) headers[name.toLowerCase()] = await Promise.all(values.map(readSecret));
    if (authorization !== undefined) headers.authorization = `${authorization.type} ${await readSecret(authorization.credentials)}`;
    if (basicAuth !== undefined) {
      const pair = `${await readSecret(basicAuth.username)}:${await readSecret(basicAuth.password)}`;
      headers.authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
    }
    return headers;
  }
}

/** Sends one request. A kept connection that the other side has just closed is replaced once, without anybody noticing. */
async function exchange(
  url: URL,
  headers: Record<string, string | string[]>,
  agent: Agent,
  request: ScrapeRequest,
): Promise<IncomingMessage> {
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  for (let attempt = 0; ; attempt++) {
    const { signal } = request;
    if (signal.aborted) throw signal.reason;
    let sent: ClientRequest | undefined;
    try {
      return await new Promise<IncomingMessage>((resolve, reject) => {
        sent = send(url, { headers, agent, signal }, resolve);
        sent.on('error', reject);
        sent.end();
      });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      const { code } = error as NodeJS.ErrnoException;
      if (attempt === 0 && sent?.reusedSocket === true && (code === 'ECONNRESET' || code === 'EPIPE')) continue;
      throw new Error(describe(error as NodeJS.ErrnoException), { cause: error });
    }
  }
}

async function answer(response: IncomingMessage, request: ScrapeRequest): Promise<ScrapeResponse> {
  const limit = Math.min(request.bodyLimit || LARGEST_BODY, LARGEST_BODY);
  const raw = await receive(response, limit, request.signal);
  return {
    status: response.statusCode ?? 0,
    statusText: response.statusMessage ?? '',
    contentType: response.headers['content-type'] ?? '',
    body: await decompress(raw, response.headers['content-encoding'] ?? 'identity', limit),
  };
}

async function receive(response: IncomingMessage, limit: number, signal: AbortSignal): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > limit) break;
      chunks.push(chunk);
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw new Error(`the answer broke off: ${describe(error as NodeJS.ErrnoException)}`, { cause: error });
  }
  if (length > limit) throw bodyTooLarge(limit);
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, length);
}

async function decompress(raw: Buffer, encoding: string, limit: number): Promise<Buffer> {
  if (encoding === 'identity' || encoding === '') return raw;
  if (encoding !== 'gzip' && encoding !== 'x-gzip')
    throw new Error(`the answer has the content encoding "${encoding}", which was not asked for`);
  try {
    return await unzip(raw, { maxOutputLength: limit });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw bodyTooLarge(limit);
    throw new Error(`the answer is not valid gzip: ${(error as Error).message}`, { cause: error });
  }
}

function bodyTooLarge(limit: number): Error {
  return new Error(`the body is larger than the body_size_limit of ${limit} bytes`);
}

const UNTRUSTED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
]);

/** Node gives an AggregateError without a message when a name has several addresses and none answers. */
function describe(error: NodeJS.ErrnoException & { errors?: Error[] }): string {
  if (UNTRUSTED.has(error.code ?? '')) {
    return `the target's certificate is not trusted (${error.code}); name its authority as ca_file in tls_config`;
  }
  return error.message || error.errors?.map((each) => each.message).join('; ') || error.code || 'unknown error';
}
