/** What a collector of the host is: a part with a name that reads its files and gives families. */

import type { Clock, Logger } from '@atalaya/model';
import type { Lane, Tree } from './tree.ts';

/** What `statfs` answers, as far as it is needed. Counts of blocks and inodes; `bsize` in bytes. */
export interface FilesystemSize {
  readonly bsize: bigint;
  readonly blocks: bigint;
  readonly bfree: bigint;
  readonly bavail: bigint;
  readonly files: bigint;
  readonly ffree: bigint;
}

/** Where the parts look. Everything they know of the machine comes through here, so that tests can play any machine. */
export interface Host {
  readonly clock: Clock;
  readonly log: Logger;
  readonly proc: Tree;
  readonly sys: Tree;
  /** The root file system of the host: `/`, or where a container has it mounted. */
  readonly root: Tree;
  readonly statfs: (path: string) => Promise<FilesystemSize>;
  /** Lanes for {@link Host.statfs}: local file systems answer at once, remote ones may hang. */
  readonly localLane: Lane;
  readonly remoteLane: Lane;
  /** The lane of {@link Tree.readSlowly}. */
  readonly slowLane: Lane;
  /** Where others leave metrics in files, if anywhere. */
  readonly textfileDirectory: string | undefined;
}

/** What a part found, to be rendered as Prometheus text. */
export interface Findings {
  render(): string;
}

/** Collects once. It gives all that it found or throws; {@link NothingHere} when the machine has no such thing. */
export type Collect = () => Findings | Promise<Findings>;

/** Prepares a part: what is constant until the next boot may be read here. */
export type Part = (host: Host) => Collect;

/** This machine has nothing that the part could report: not a fault, but the part did not succeed either. */
export class NothingHere extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'NothingHere';
  }
}
