/** Entry of the engine process: storage engine, loader and query workers. It lives exactly as long as its parent. */

import { Socket } from 'node:net';
import type { JournalPosition } from '@atalaya/journal';
import { systemClock } from '@atalaya/model';
import { Channel } from './channel.ts';
import {
  CHANNEL_FD,
  type DeletionRequest,
  type EngineOptions,
  type ExemplarsRequest,
  type LabelsRequest,
  type LogEvent,
  type SeriesRequest,
  type SnapshotRequest,
} from './contract.ts';
import { type EngineHost, startEngine } from './engine-host.ts';
import type { StreamsRequest, TailRequest } from './log-contract.ts';

// A terminal's Ctrl-C reaches every process of the group, but this one ends when the main process says so.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);

const stream = new Socket({ fd: CHANNEL_FD });
const channel = new Channel(stream);

// The parent is gone. Nothing may hold this process back, native code at work least of all: the data directory must
// be free for the next start. What was acknowledged is in the journal.
channel.on('close', () => process.kill(process.pid, 'SIGKILL'));

const logAt =
  (level: LogEvent['level']) =>
  (details: object, message: string): void =>
    channel.tell('log', { level, details, message });
const log = { debug: logAt('debug'), info: logAt('info'), warn: logAt('warn'), error: logAt('error') };

let host: EngineHost | undefined;

function running(): EngineHost {
  if (host === undefined) throw new Error('the engine has not been started');
  return host;
}

channel.serve('start', async (params) => {
  host = await startEngine({
    options: params as EngineOptions,
    clock: systemClock,
    log,
    onLoaded: (event) => channel.tell('loaded', event),
    onSpans: (spans) => channel.tell('spans', spans),
  });
  channel.tell('state', host.state());
  systemClock.every(1000, () => channel.tell('state', running().state()));
  return {};
});
channel.on('advance', (position) => host?.advance(position as JournalPosition));
channel.serve('query', async (params, signal) => ({ bytes: await running().query(params as Parameters<EngineHost['query']>[0], signal) }));
channel.serve('labelNames', async (params) => ({ value: await running().labelNames(params as LabelsRequest) }));
channel.serve('labelValues', async (params) => {
  const { name, request } = params as { name: string; request: LabelsRequest };
  return { value: await running().labelValues(name, request) };
});
channel.serve('series', async (params) => ({ bytes: await running().series(params as LabelsRequest) }));
channel.serve('exemplars', async (params, signal) => ({ bytes: await running().exemplars(params as ExemplarsRequest, signal) }));
channel.serve('metadata', async (params) => {
  const { metric, limit } = params as { metric?: string; limit?: number };
  return { value: await running().metadata(metric, limit) };
});
channel.serve('storage', async () => ({ value: await running().storage() }));
channel.serve('metricStorage', async (params) => ({ value: await running().metricStorage(params as number) }));
channel.serve('cardinality', async (params) => ({ value: await running().cardinality(params as number) }));
channel.serve('openSeries', async (params) => ({ value: await running().openSeries(params as SeriesRequest) }));
channel.serve('nextSeries', async (params, signal) => {
  const { bytes, contentBytes, done } = await running().seriesReads.next(params as number, signal);
  return { value: { contentBytes, done }, bytes };
});
channel.serve('holdHistograms', async (params) => ({ value: await running().holdHistograms(params as SeriesRequest) }));
channel.serve('closeSeries', async (params) => {
  running().seriesReads.close(params as number);
  return {};
});
channel.serve('logLabelNames', async (params) => ({ value: await running().logs.labelNames(params as StreamsRequest) }));
channel.serve('logLabelValues', async (params) => {
  const { name, request } = params as { name: string; request: StreamsRequest };
  return { value: await running().logs.labelValues(name, request) };
});
channel.serve('logSeries', async (params) => ({ bytes: await running().logs.series(params as StreamsRequest) }));
channel.serve('logStats', async (params, signal) => ({ value: await running().logs.stats(params as StreamsRequest, signal) }));
channel.serve('logDetectedLabels', async (params) => ({ value: await running().logs.detectedLabels(params as StreamsRequest) }));
channel.serve('beginTail', async (params, signal) => ({ value: await running().logs.tails.begin(params as TailRequest, signal) }));
channel.serve('nextTail', async (params, signal) => ({ bytes: Buffer.from(await running().logs.tails.next(params as number, signal)) }));
channel.serve('endTail', async (params) => {
  running().logs.tails.end(params as number);
  return {};
});
channel.serve('deleteSeries', async (params) => {
  await running().administration.deleteSeries(params as DeletionRequest);
  return {};
});
channel.serve('cleanTombstones', async () => {
  await running().administration.cleanTombstones();
  return {};
});
channel.serve('snapshot', async (params) => ({ value: await running().administration.snapshot(params as SnapshotRequest) }));
channel.serve('stop', async () => {
  await host?.stop();
  return {};
});
