/** The thread that writes series down, for remote reads and federation: apart from the queries, which it does not delay. */

import { parentPort, workerData } from 'node:worker_threads';
import { AtalayaError, decodeLabels, type Labels } from '@atalaya/model';
import { connectReader } from '@atalaya/store';
import { ChunksEncoder } from '../remote-read/chunks-encoder.ts';
import { ExpositionEncoder } from '../remote-read/exposition-encoder.ts';
import { SamplesEncoder } from '../remote-read/samples-encoder.ts';
import type { SeriesEncoder } from '../remote-read/series-encoder.ts';
import { SeriesStream } from '../remote-read/series-stream.ts';
import type { SeriesForm } from './contract.ts';
import type { FoundSeries, SeriesCommand, SeriesResult, SeriesWorkerData } from './series-task.ts';

const reader = connectReader((workerData as SeriesWorkerData).readerPort);
const open = new Map<number, { stream: SeriesStream; aborter: AbortController }>();

function encoderOf(form: SeriesForm): SeriesEncoder {
  switch (form.kind) {
    case 'samples':
      return new SamplesEncoder();
    case 'chunks':
      return new ChunksEncoder(form.queryIndex);
    case 'exposition':
      return new ExpositionEncoder(form.format, form.utf8);
  }
}

function labelsOf({ ends, labels }: FoundSeries): Labels[] {
  let start = 0;
  return Array.from(ends, (end) => {
    const set = decodeLabels(labels.subarray(start, end));
    start = end;
    return set;
  });
}

function begin(cursor: number, found: FoundSeries): void {
  const source = { ...found, labels: labelsOf(found), byName: found.form.kind === 'exposition' };
  open.set(cursor, { stream: new SeriesStream(reader, encoderOf(found.form), source), aborter: new AbortController() });
}

async function next(cursor: number): Promise<void> {
  const entry = open.get(cursor);
  let result: SeriesResult;
  try {
    if (entry === undefined) throw new RangeError(`no answer ${cursor} is under way`);
    result = { cursor, ...(await entry.stream.next(entry.aborter.signal)) };
  } catch (error) {
    result = { cursor, error: AtalayaError.from(error).toData() };
  }
  parentPort?.postMessage(result, 'bytes' in result ? [result.bytes.buffer] : []);
}

parentPort?.on('message', (command: SeriesCommand) => {
  switch (command.kind) {
    case 'open':
      begin(command.cursor, command.found);
      return;
    case 'next':
      void next(command.cursor);
      return;
    case 'close':
      open.get(command.cursor)?.aborter.abort();
      open.delete(command.cursor);
  }
});
