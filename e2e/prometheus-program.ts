/** A real Prometheus beside the program under test. */

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { freePort, type Program, startProgram } from '../bench/processes.ts';

/** Starts one on a free port and waits until it is ready. Its files lie in a folder `prometheus` below the one that is given. */
export async function startPrometheus(below: string, configuration: string, ...flags: readonly string[]): Promise<Program> {
  const folder = path.join(below, 'prometheus');
  mkdirSync(folder);
  const file = path.join(folder, 'prometheus.yml');
  writeFileSync(file, configuration);
  const port = await freePort();
  return startProgram({
    name: 'prometheus',
    command: 'prometheus',
    args: [`--config.file=${file}`, `--storage.tsdb.path=${folder}/tsdb`, `--web.listen-address=127.0.0.1:${port}`, ...flags],
    url: `http://127.0.0.1:${port}`,
    readyPath: '/-/ready',
  });
}
