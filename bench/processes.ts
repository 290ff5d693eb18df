/** Programs under measurement: starting them, and what the kernel says of their whole process trees. */

import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';

const TICKS_PER_SECOND = 100;

/** A running program. */
export interface Program {
  readonly name: string;
  readonly pid: number;
  readonly url: string;
  /** CPU seconds that the tree has used so far, ended children included. */
  cpuSeconds(): number;
  /** Memory of the tree now, shared pages counted once. */
  residentBytes(): number;
  /** Ends it and waits for its end. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** What it wrote so far, for when something went wrong. */
  output(): string;
}

/** Starts a program and waits until `readyPath` answers 200. */
export async function startProgram(options: {
  name: string;
  command: string;
  args: readonly string[];
  url: string;
  readyPath: string;
  env?: Record<string, string>;
  timeoutMs?: number;
}): Promise<Program> {
  const child = spawn(options.command, options.args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...options.env } });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-20_000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const exited = new Promise<void>((resolve) => child.on('close', () => resolve()));
  const program: Program = {
    name: options.name,
    pid: child.pid ?? -1,
    url: options.url,
    cpuSeconds: () => treeCpuSeconds(child.pid ?? -1),
    residentBytes: () => treeResidentBytes(child.pid ?? -1),
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      await exited;
    },
    output: () => output,
  };
  await waitReady(program, child, options.readyPath, options.timeoutMs ?? 30_000);
  return program;
}

async function waitReady(program: Program, child: ChildProcess, path: string, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${program.name} ended with code ${child.exitCode}:\n${program.output()}`);
    try {
      const answer = await fetch(program.url + path);
      await answer.arrayBuffer();
      if (answer.ok) return;
    } catch {
      // Not listening yet.
    }
    if (Date.now() > deadline) throw new Error(`${program.name} was not ready within ${timeoutMs} ms:\n${program.output()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  readonly ticks: number;
  readonly endedChildrenTicks: number;
}

function readStat(pid: string): ProcessStat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name stands in parentheses and may hold anything; the fields begin after the last one.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const at = (index: number): number => Number(fields[index]);
    return { pid: Number(pid), parent: at(1), ticks: at(11) + at(12), endedChildrenTicks: at(13) + at(14) };
  } catch {
    return undefined;
  }
}

/** The process and all its descendants. */
export function processTree(root: number): ProcessStat[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(readStat)
    .filter((stat) => stat !== undefined);
  const tree = all.filter(({ pid }) => pid === root);
  for (let i = 0; i < tree.length; i++) tree.push(...all.filter(({ parent }) => parent === tree[i]?.pid));
  return tree;
}

function treeCpuSeconds(root: number): number {
  return processTree(root).reduce((sum, { ticks, endedChildrenTicks }) => sum + ticks + endedChildrenTicks, 0) / TICKS_PER_SECOND;
}

/** Proportional set size: pages that processes share (the runtime, libraries) count once for all of them. */
function treeResidentBytes(root: number): number {
  return processTree(root).reduce((sum, { pid }) => sum + proportionalBytes(pid), 0);
}

function proportionalBytes(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    // It has just ended.
    return 0;
  }
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** Follows the tree's resident bytes while something runs and keeps the peak. */
export function watchPeak(program: Program): { peak(): number; stop(): void } {
  let peak = 0;
  const read = (): void => {
    peak = Math.max(peak, program.residentBytes());
  };
  read();
  const timer = setInterval(read, 250);
  return {
    peak: () => peak,
    stop: () => {
      read();
      clearInterval(timer);
    },
  };
}
