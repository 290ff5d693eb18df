/** Calls of the NFS client and server: `/proc/net/rpc/nfs` and `nfsd`. */

import { Families } from '../family.ts';
import type { Part } from '../part.ts';
import { fieldsOf, linesOf, numberFrom } from '../text.ts';
import { NFS_V2, NFS_V3, NFS_V4_CLIENT, NFS_V4_SERVER } from './nfs_procedures.ts';

/** The numbers of each line, by its first word. Lines that are not there count nothing. */
class RpcLines {
  readonly #lines = new Map<string, number[]>();

  constructor(text: string) {
    for (const line of linesOf(text)) {
      const [word = '', ...numbers] = fieldsOf(line);
      // The line "th" ends with times of threads, which old kernels wrote and which nobody needs.
      this.#lines.set(word, word === 'th' ? [numberFrom(numbers[0], 'rpc th')] : numbers.map((text) => numberFrom(text, `rpc ${word}`)));
    }
  }

  at(word: string, index: number): number {
    return this.#lines.get(word)?.[index] ?? 0;
  }
}

/** Adds requests by procedure; a line of procedures starts with how many it counts. */
function addRequests(
  rpc: RpcLines,
  prefix: string,
  help: string,
  versions: readonly (readonly [string, string, readonly string[]])[],
  families: Families,
): void {
  const requests = families.counter(`${prefix}_requests_total`, help);
  for (const [word, proto, procedures] of versions) {
    procedures.forEach((method, index) => {
      if (method !== '-') requests.add(rpc.at(word, index + 1), 'proto', proto, 'method', method);
    });
  }
}

/** @param text `/proc/net/rpc/nfs` */
export function parseNfs(text: string): Families {
  const rpc = new RpcLines(text);
  const families = new Families();
  families
    .counter('node_nfs_packets_total', 'Total NFSd network packets (sent+received) by protocol type.')
    .add(rpc.at('net', 1), 'protocol', 'udp')
    .add(rpc.at('net', 2), 'protocol', 'tcp');
  families.counter('node_nfs_connections_total', 'Total number of NFSd TCP connections.').add(rpc.at('net', 3));
  families.counter('node_nfs_rpcs_total', 'Total number of RPCs performed.').add(rpc.at('rpc', 0));
  families.counter('node_nfs_rpc_retransmissions_total', 'Number of RPC transmissions performed.').add(rpc.at('rpc', 1));
  families
    .counter('node_nfs_rpc_authentication_refreshes_total', 'Number of RPC authentication refreshes performed.')
    .add(rpc.at('rpc', 2));
  const versions = [['proc2', '2', NFS_V2] as const, ['proc3', '3', NFS_V3] as const, ['proc4', '4', NFS_V4_CLIENT] as const];
  addRequests(rpc, 'node_nfs', 'Number of NFS procedures invoked.', versions, families);
  return families;
}

/** @param text `/proc/net/rpc/nfsd` */
export function parseNfsd(text: string): Families {
  const rpc = new RpcLines(text);
  const families = new Families();
  const counter = (name: string, help: string, word: string, index: number, ...labels: string[]): void => {
    families.counter(`node_nfsd_${name}`, help).add(rpc.at(word, index), ...labels);
  };
  counter('reply_cache_hits_total', 'Total number of NFSd Reply Cache hits (client lost server response).', 'rc', 0);
  counter('reply_cache_misses_total', 'Total number of NFSd Reply Cache an operation that requires caching (idempotent).', 'rc', 1);
  counter('reply_cache_nocache_total', 'Total number of NFSd Reply Cache non-idempotent operations (rename/delete/…).', 'rc', 2);
  counter('file_handles_stale_total', 'Total number of NFSd stale file handles', 'fh', 0);
  counter('disk_bytes_read_total', 'Total NFSd bytes read.', 'io', 0);
  counter('disk_bytes_written_total', 'Total NFSd bytes written.', 'io', 1);
  families.gauge('node_nfsd_server_threads', 'Total number of NFSd kernel threads that are running.').add(rpc.at('th', 0));
  families.gauge('node_nfsd_read_ahead_cache_size_blocks', 'How large the read ahead cache is in blocks.').add(rpc.at('ra', 0));
  counter('read_ahead_cache_not_found_total', 'Total number of NFSd read ahead cache not found.', 'ra', 11);
  counter('packets_total', 'Total NFSd network packets (sent+received) by protocol type.', 'net', 1, 'proto', 'udp');
  counter('packets_total', 'Total NFSd network packets (sent+received) by protocol type.', 'net', 2, 'proto', 'tcp');
  counter('connections_total', 'Total number of NFSd TCP connections.', 'net', 3);
  ['fmt', 'auth', 'cInt'].forEach((error, index) =>
    counter('rpc_errors_total', 'Total number of NFSd RPC errors by error type.', 'rpc', index + 2, 'error', error),
  );
  counter('server_rpcs_total', 'Total number of NFSd RPCs.', 'rpc', 0);
  const versions = [
    ['proc2', '2', NFS_V2.with(0, '-')] as const,
    ['proc3', '3', NFS_V3.with(0, '-')] as const,
    ['proc4ops', '4', NFS_V4_SERVER] as const,
  ];
  addRequests(rpc, 'node_nfsd', 'Total number NFSd Requests by method and protocol.', versions, families);
  return families;
}

export const nfs: Part =
  ({ proc }) =>
  () =>
    parseNfs(proc.read('net/rpc/nfs'));

export const nfsd: Part =
  ({ proc }) =>
  () =>
    parseNfsd(proc.read('net/rpc/nfsd'));
