/** The address to listen on, and whether it may be listened on while there are no users. */

import { AtalayaError } from '@atalaya/model';
import { isLoopback } from './http/foreign-pages.ts';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** Reads `HOST:PORT`, `[IPV6]:PORT` or `:PORT` (every address). @throws AtalayaError BAD_CONFIG */
export function parseListenAddress(text: string, insecure: boolean, setting = 'listen'): ListenAddress {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) {
    throw new AtalayaError('BAD_CONFIG', {
      file: setting,
      reason: `"${text}" is not an address; it takes HOST:PORT, such as 127.0.0.1:3002`,
    });
  }
  const host = match[1] ?? (match[2] === '' || match[2] === undefined ? '0.0.0.0' : match[2]);
  if (!isLoopback(host) && !insecure) {
    throw new AtalayaError('BAD_CONFIG', {
      file: setting,
      reason: `${text} can be reached from other machines, and this version has no users yet: anyone there could read and write everything. Listen on 127.0.0.1 behind a proxy that asks for a password, or allow it with --insecure`,
    });
  }
  return { host, port };
}

/** The address as others write it: IPv6 in brackets. */
export function formatAddress(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
