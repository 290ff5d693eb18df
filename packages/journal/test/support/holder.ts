/** A process that takes the lock of a directory, says `held` or why not, and keeps it until its stdin ends. */

import process from 'node:process';
import { silentLogger } from '@atalaya/model';
import { lockDirectory } from '../../src/index.ts';

try {
  await lockDirectory(process.argv[2] ?? '', { log: silentLogger });
  process.stdout.write('held\n');
} catch (error) {
  process.stdout.write(`${(error as Error).message}\n`);
}
process.stdin.resume();
