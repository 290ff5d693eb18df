/** A job that reads files: its globs, with readers that they share. */

import type { JobOf, LogSource, LogTarget, SourceContext } from '../log-source.ts';
import { FileGroup } from './file-group.ts';
import type { TailTiming } from './file-tail-options.ts';
import { ReadTurns } from './read-turns.ts';

/** How often files are looked at, and folders gone through. */
export interface FileTiming {
  readonly tail: TailTiming;
  readonly searchMs: number;
}

export class FileSource implements LogSource {
  readonly #turns: ReadTurns;
  readonly #groups: readonly FileGroup[];

  constructor(job: JobOf<'files'>, context: SourceContext, timing?: FileTiming) {
    this.#turns = new ReadTurns(context.outlet, context.clock);
    const seen = new Map<string, number>();
    this.#groups = job.source.groups.map((group) => {
      const ordinal = seen.get(group.path) ?? 0;
      seen.set(group.path, ordinal + 1);
      const given = timing === undefined ? {} : { timing: timing.tail, searchMs: timing.searchMs };
      return new FileGroup({ job, group, ordinal, context, turns: this.#turns, ...given });
    });
  }

  async stop(): Promise<void> {
    await this.#turns.stop();
    await Promise.all(this.#groups.map((group) => group.stop()));
  }

  targets(): LogTarget[] {
    return this.#groups.flatMap((group) => group.targets());
  }
}
