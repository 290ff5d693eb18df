/** The statistics of an answer, with the fields that Loki has; those that tell of chunks, caches and object stores stay 0 here. */

import type { LogqlStats } from './answer.ts';

const CACHES = [
  'chunk',
  'index',
  'result',
  'statsResult',
  'volumeResult',
  'seriesResult',
  'labelResult',
  'instantMetricResult',
  'logResult',
  'taskResult',
] as const;

const NO_CACHE = {
  entriesFound: 0,
  entriesRequested: 0,
  entriesStored: 0,
  bytesReceived: 0,
  bytesSent: 0,
  requests: 0,
  downloadTime: 0,
  queryLengthServed: 0,
};

/** What a store did: `lines` and `bytes` looked at, and lines that came through. */
function store(lines: number, bytes: number, matched: number): object {
  return {
    totalChunksRef: 0,
    totalChunksDownloaded: 0,
    chunksDownloadTime: 0,
    queryReferencedStructuredMetadata: false,
    chunk: {
      headChunkBytes: 0,
      headChunkLines: 0,
      decompressedBytes: bytes,
      decompressedLines: lines,
      compressedBytes: 0,
      totalDuplicates: 0,
      postFilterLines: matched,
      headChunkStructuredMetadataBytes: 0,
      decompressedStructuredMetadataBytes: 0,
    },
    chunkRefsFetchTime: 0,
    congestionControlLatency: 0,
    pipelineWrapperFilteredLines: 0,
  };
}

const caches = Object.fromEntries(CACHES.map((name) => [name, NO_CACHE]));

/** The field `stats` of an answer as JSON. @param waitedMs how long the query waited for its turn */
export function encodeLogqlStats({ linesRead, bytesRead, linesMatched, execMs }: LogqlStats, returned: number, waitedMs: number): string {
  const seconds = execMs / 1000;
  const perSecond = (amount: number): number => (seconds > 0 ? Math.trunc(amount / seconds) : 0);
  return JSON.stringify({
    summary: {
      bytesProcessedPerSecond: perSecond(bytesRead),
      linesProcessedPerSecond: perSecond(linesRead),
      totalBytesProcessed: bytesRead,
      totalLinesProcessed: linesRead,
      execTime: seconds,
      queueTime: waitedMs / 1000,
      subqueries: 0,
      totalEntriesReturned: returned,
      splits: 0,
      shards: 0,
      totalPostFilterLines: linesMatched,
      totalStructuredMetadataBytesProcessed: 0,
    },
    querier: { store: store(linesRead, bytesRead, linesMatched), querierExecTime: seconds },
    ingester: { totalReached: 0, totalChunksMatched: 0, totalBatches: 0, totalLinesSent: 0, store: store(0, 0, 0) },
    cache: caches,
    index: {
      totalChunks: 0,
      postFilterChunks: 0,
      shardsDuration: 0,
      usedBloomFilters: false,
      totalStreams: 0,
      chunkRefsLookupTime: 0,
      bloomFilterTime: 0,
    },
  });
}
