/** OTLP over gRPC: its services on one listener. */

import type { Parts } from '../http/parts.ts';
import { type Listener, openListener } from '../listeners.ts';
import { listenGrpc, type UnaryMethod } from './grpc-server.ts';

/** What is served, by path. What is not here is answered UNIMPLEMENTED: traces and metrics, as long as there are no receivers for them. */
function otlpMethods({ otlpLogs }: Pick<Parts, 'otlpLogs'>): Record<string, UnaryMethod> {
  return {
    '/opentelemetry.proto.collector.logs.v1.LogsService/Export': (message) => otlpLogs.export(message),
  };
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
