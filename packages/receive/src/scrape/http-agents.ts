/** Kept connections per HTTP client configuration, with its certificates. */

import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { createSecureContext, getCACertificates, type SecureContextOptions } from 'node:tls';
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
    const options = await this.#tlsMaterial(own);
    const material = JSON.stringify(options);
    const known = own ? this.#own : this.#foreign;
    if (known?.material === material) return known.agent;
    known?.agent.destroy();
    const made = { material, agent: this.#makeTlsAgent(options, own) };
    if (own) this.#own = made;
    else this.#foreign = made;
    return made.agent;
  }

  close(): void {
    for (const agent of [this.#plain, this.#own?.agent, this.#foreign?.agent]) agent?.destroy();
  }

  async #tlsMaterial(own: boolean): Promise<SecureContextOptions> {
    const { ca, cert, key, minVersion, maxVersion } = this.#tls;
    return {
      ...(ca && { ca: await readSecret(ca) }),
      ...(own && cert && { cert: await readSecret(cert) }),
      ...(own && key && { key: await readSecret(key) }),
      ...(minVersion && { minVersion }),
      ...(maxVersion && { maxVersion }),
    };
  }

  #makeTlsAgent(material: SecureContextOptions, own: boolean): HttpsAgent {
    const { serverName, insecureSkipVerify } = this.#tls;
    return new HttpsAgent({
      keepAlive: true,
      timeout: IDLE_MS,
      rejectUnauthorized: !insecureSkipVerify,
      // Made once: parsing hundreds of authorities for every connection would cost milliseconds.
      secureContext: createSecureContext({ ca: knownAuthorities(), ...material }),
      ...(own && serverName && { servername: serverName }),
    });
  }
}

let authorities: string[] | undefined;

/** Node's own authorities and the machine's: people install their private one there and expect it to count, as with Prometheus. */
function knownAuthorities(): string[] {
  authorities ??= [...new Set([...getCACertificates('default'), ...getCACertificates('system')])];
  return authorities;
}
