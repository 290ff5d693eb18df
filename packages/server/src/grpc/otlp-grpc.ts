/** OTLP over gRPC: its services on one listener. */

import type { Parts } from '../http/parts.ts';
import { type Listener, openListener } from '../listeners.ts';
import { eachOtlpSignal } from '../otlp-signals.ts';
import { listenGrpc, type UnaryMethod } from './grpc-server.ts';

/** What is served, by path. What is not here is answered UNIMPLEMENTED. */
function otlpMethods({ otlp }: Pick<Parts, 'otlp'>): Record<string, UnaryMethod> {
  return Object.fromEntries(
    eachOtlpSignal().map(([name, { method }]): [string, UnaryMethod] => [method, (message) => otlp[name].export(message)]),
  );
}

/** Listens at `otlp.grpc_listen`. Rejects with BAD_CONFIG when that is no address, or one that must not be listened on. */
export function openOtlpGrpc(parts: Parts): Promise<Listener> {
  const { settings, clock, log, bodies } = parts;
  return openListener({
    name: 'OTLP over gRPC',
    setting: 'otlp.grpc_listen',
    text: settings['otlp.grpc_listen'],
    insecure: settings.insecure,
    log,
    listen: (host, port) =>
      listenGrpc(
        {
          methods: otlpMethods(parts),
          messageBytes: settings['limits.body'],
          bodies,
          requestTimeMs: settings['limits.request_time'],
          clock,
          log,
          stopping: () => parts.stopping(),
        },
        host,
        port,
      ),
  });
}
