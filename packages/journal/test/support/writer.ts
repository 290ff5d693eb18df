/**
 * A process that writes a journal and keeps a ledger on stdout: `+N` when record N was acknowledged, `-N CODE` when rejected.
 * Arguments: directory, first number, how many records, how many at once.
 */

import { writeSync } from 'node:fs';
import process from 'node:process';
import { silentLogger, systemClock } from '@atalaya/model';
import { openJournal, SIGNAL } from '../../src/index.ts';
import { codeOf, payload } from './journals.ts';

const [directory = '', first = '1', count = '1', atOnce = '1'] = process.argv.slice(2);
const journal = await openJournal({ directory, clock: systemClock, log: silentLogger, limitBytes: 1e9, segmentBytes: 256 * 1024 });
const end = Number(first) + Number(count);
let next = Number(first);

async function write(): Promise<void> {
  while (next < end) {
    const number = next++;
    const outcome = await codeOf(journal.append(SIGNAL.metrics, number, payload(number, (number * 7919) % 40_000)));
    writeSync(1, outcome === 'resolved' ? `+${number}\n` : `-${number} ${outcome}\n`);
  }
}

await Promise.all(Array.from({ length: Number(atOnce) }, write));
await journal.close();
