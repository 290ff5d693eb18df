/** Starts the test programs of this folder as processes of their own and ends them by their pid. */

import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';

export interface Program {
  readonly child: ChildProcess;
  /** Lines printed so far. */
  readonly lines: string[];
  /** Resolves when at least so many lines were printed, or the program has ended. */
  printed(count: number): Promise<void>;
  /** Resolves with all lines when the program has ended and everything it printed has arrived. */
  readonly ended: Promise<string[]>;
}

export const programPath = (name: string): string => join(import.meta.dirname, `${name}.ts`);

export function start(name: string, args: readonly (string | number)[]): Program {
  return run(process.execPath, [programPath(name), ...args.map(String)]);
}

export function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Program {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], env });
  const lines: string[] = [];
  let rest = '';
  let check = (): void => undefined;
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
    check();
  });
  let over = false;
  const ended = new Promise<string[]>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => {
      over = true;
      check();
      resolve(lines);
    });
  });
  const printed = (count: number): Promise<void> =>
    new Promise((resolve) => {
      check = () => {
        if (lines.length >= count || over) resolve();
      };
      check();
    });
  return { child, lines, printed, ended };
}
