/**
 * While there are no users, anyone who can reach the loopback address may ask. A web page of another site in this
 * machine's browser must not be one of them: it can reach the address too, by DNS rebinding or by a plain form.
 */

import { AtalayaError } from '@atalaya/model';
import type { FastifyRequest } from 'fastify';
import type { Settings } from '../settings/table.ts';

const LOOPBACK = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i;

/** The host name of a `Host` header or an origin, without its port. */
function hostName(authority: string): string {
  return authority.replace(/:\d+$/, '').toLowerCase();
}

/** Whether a listening address is loopback. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host) || host === '::1';
}

/** @throws AtalayaError FORBIDDEN for a request that another site's page made. */
export function refuseForeignPages(request: FastifyRequest, settings: Settings): void {
  const { host = '', origin } = request.headers;
  const name = hostName(host);
  if (!settings.insecure && !LOOPBACK.test(name) && !settings.allowed_hosts.includes(name)) {
    throw new AtalayaError('FORBIDDEN', {
      reason: `the host name "${name}" is not allowed; add it to allowed_hosts if this server is meant to be reached by it`,
    });
  }
  if (origin === undefined || origin === 'null') {
    if (origin === 'null' && request.method !== 'GET')
      throw new AtalayaError('FORBIDDEN', { reason: 'requests from opaque origins are not allowed' });
    return;
  }
  let from: string;
  try {
    from = new URL(origin).host;
  } catch {
    throw new AtalayaError('FORBIDDEN', { reason: 'the Origin header is not a URL' });
  }
  if (from !== host) throw new AtalayaError('FORBIDDEN', { reason: `pages of ${origin} may not use this server` });
}
