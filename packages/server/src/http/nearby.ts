/** Which clients are so near that compressing an answer for them takes longer than sending it. */

import type { FastifyRequest } from 'fastify';

const SAME_MACHINE = /^(?:::ffff:)?127\.|^::1$/;
/** What proxies add to requests: the client behind them may be far away. */
const FORWARDED = ['via', 'forwarded', 'x-forwarded-for', 'x-forwarded-proto', 'x-real-ip'];

/** Whether a program on this machine asks, and asks for itself as far as can be seen. */
export function isNearby({ socket, headers, raw }: FastifyRequest): boolean {
  // Proxies that add nothing speak HTTP/1.0 upstream, as nginx does unless told otherwise.
  return (
    raw.httpVersion === '1.1' && SAME_MACHINE.test(socket.remoteAddress ?? '') && !FORWARDED.some((name) => headers[name] !== undefined)
  );
}
