/** Kept connections per HTTP client configuration, with its certificates. */

import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent, type AgentOptions } from 'node:https';
import type { HttpClientConfig, TlsConfig } from '../scrape-config/config.ts';
import { readSecret } from './secret-source.ts';

/** A scrape's connection may lie idle for a while between two scrapes of the same target; longer than this it is closed. */
const IDLE_MS = 90_000;

interface TlsAgent {
  /** The certificates it was made of: with others a new one is needed. */
  readonly material: string;
  readonly agent: HttpsAgent;
}

/** The agents of one client. Plain and TLS connections, and TLS without our certificate for hosts that we were redirected to. */
export class HttpAgents {
  readonly #tls: TlsConfig;
  readonly #plain = new HttpAgent({ keepAlive: true, timeout: IDLE_MS });
  #own: TlsAgent | undefined;
  #foreign: TlsAgent | undefined;

  constructor(client: HttpClientConfig) {
    this.#tls = client.tls;
  }

  /** The agent for a URL; `own` when it is the configured host, not one that a redirect named. */
  async agentFor(url: URL, own: boolean): Promise<HttpAgent> {
    if (url.protocol === 'http:') return this.#plain;
    const options = await this.#tlsOptions(own);
    const material = JSON.stringify([options.ca, options.cert, options.key]);
    const known = own ? this.#own : this.#foreign;
    if (known?.material === material) return known.agent;
    known?.agent.destroy();
    const made = { material, agent: new HttpsAgent(options) };
    if (own) this.#own = made;
    else this.#foreign = made;
    return made.agent;
  }

  close(): void {
    for (const agent of [this.#plain, this.#own?.agent, this.#foreign?.agent]) agent?.destroy();
  }

  async #tlsOptions(own: boolean): Promise<AgentOptions> {
    const { ca, cert, key, serverName, insecureSkipVerify, minVersion, maxVersion } = this.#tls;
    return {
      keepAlive: true,
      timeout: IDLE_MS,
      rejectUnauthorized: !insecureSkipVerify,
      ...(ca && { ca: await readSecret(ca) }),
      ...(own && cert && { cert: await readSecret(cert) }),
      ...(own && key && { key: await readSecret(key) }),
      ...(own && serverName && { servername: serverName }),
      ...(minVersion && { minVersion }),
      ...(maxVersion && { maxVersion }),
    };
  }
}
