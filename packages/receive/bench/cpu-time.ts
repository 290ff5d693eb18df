/** Does something over and over, and tells what CPU time it took. */

/** Repeats the work until that took so many CPU-seconds. Gives how often, and how many CPU-seconds it came to. */
export async function repeatFor(
  cpuSeconds: number,
  work: (turn: number) => Promise<void> | void,
): Promise<{ readonly turns: number; readonly cpu: number }> {
  const started = process.cpuUsage();
  let turns = 0;
  let cpu = 0;
  for (; cpu < cpuSeconds; turns++) {
    const done = work(turns);
    if (done !== undefined) await done;
    const used = process.cpuUsage(started);
    cpu = (used.user + used.system) / 1e6;
  }
  return { turns, cpu };
}
