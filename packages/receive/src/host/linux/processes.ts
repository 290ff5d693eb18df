/** Processes and threads by state: `/proc/<pid>/stat`. */

import { setImmediate } from 'node:timers/promises';
import { Families } from '../family.ts';
import type { Host, Part } from '../part.ts';
import { fieldsOf, numberFrom } from '../text.ts';

/** After so many milliseconds of reading the main thread does other things first. */
const SLICE_MS = 4;

/** State and number of threads of a process. @param text `/proc/<pid>/stat` */
export function parseProcessStat(text: string): { state: string; threads: number } {
  // The name stands in parentheses and may hold anything, parentheses and spaces too.
  const fields = fieldsOf(text.slice(text.lastIndexOf(')') + 1));
  return { state: fields[0] ?? '', threads: numberFrom(fields[17], 'num_threads') };
}

/** Sums of one walk over all processes. */
export class ProcessCounts {
  processes = 0;
  threads = 0;
  readonly states = new Map<string, number>();
  readonly threadStates = new Map<string, number>();

  addProcess(state: string): void {
    this.processes++;
    this.states.set(state, (this.states.get(state) ?? 0) + 1);
  }

  addThread(state: string): void {
    this.threads++;
    this.threadStates.set(state, (this.threadStates.get(state) ?? 0) + 1);
  }

  render(limits: { threads: number; processes: number }): Families {
    const families = new Families();
    families.gauge('node_processes_threads', 'Allocated threads in system').add(this.threads);
    families.gauge('node_processes_max_threads', 'Limit of threads in the system').add(limits.threads);
    for (const [state, count] of this.states)
      families.gauge('node_processes_state', 'Number of processes in each state.').add(count, 'state', state);
    for (const [state, count] of this.threadStates)
      families.gauge('node_processes_threads_state', 'Number of threads in each state.').add(count, 'thread_state', state);
    families.gauge('node_processes_pids', 'Number of PIDs').add(this.processes);
    families.gauge('node_processes_max_processes', 'Number of max PIDs limit').add(limits.processes);
    return families;
  }
}

function countProcess({ proc }: Host, pid: string, counts: ProcessCounts): void {
  // Processes and threads may end while we look.
  const text = proc.tryRead(`${pid}/stat`);
  if (text === undefined) return;
  const { state, threads } = parseProcessStat(text);
  counts.addProcess(state);
  if (threads <= 1) {
    counts.addThread(state);
    return;
  }
  for (const thread of proc.tryList(`${pid}/task`)) {
    const threadText = proc.tryRead(`${pid}/task/${thread}/stat`);
    if (threadText !== undefined) counts.addThread(parseProcessStat(threadText).state);
  }
}

export const processes: Part = (host) => async () => {
  const counts = new ProcessCounts();
  let sliceStart = host.clock.monotonic();
  for (const entry of host.proc.list('.')) {
    if (!/^\d+$/.test(entry)) continue;
    countProcess(host, entry, counts);
    if (host.clock.monotonic() - sliceStart < SLICE_MS) continue;
    await setImmediate();
    sliceStart = host.clock.monotonic();
  }
  return counts.render({
    threads: numberFrom(host.proc.read('sys/kernel/threads-max'), 'threads-max'),
    processes: numberFrom(host.proc.read('sys/kernel/pid_max'), 'pid_max'),
  });
};
