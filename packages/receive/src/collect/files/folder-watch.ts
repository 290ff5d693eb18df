/** Tells at once what changes in folders, where the file system can; whoever listens has to look by himself from time to time anyway. */

import { type FSWatcher, watch } from 'node:fs';
import type { Logger } from '@atalaya/model';

/** Folders that are watched at most: the kernel's watches are shared by all programs of a user. */
const MAX_FOLDERS = 1000;

export class FolderWatch {
  readonly #log: Logger;
  readonly #onChange: (folder: string, name: string | undefined) => void;
  readonly #watchers = new Map<string, FSWatcher>();
  #failed = false;

  /** @param onChange told the folder and the name of what was written, made, renamed or removed in it */
  constructor(log: Logger, onChange: (folder: string, name: string | undefined) => void) {
    this.#log = log;
    this.#onChange = onChange;
  }

  /** Watches these folders and no others. */
  keep(folders: ReadonlySet<string>): void {
    for (const [folder, watcher] of this.#watchers) {
      if (folders.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of folders) if (!this.#watchers.has(folder) && this.#watchers.size < MAX_FOLDERS) this.#watch(folder);
  }

  close(): void {
    this.keep(new Set());
  }

  #watch(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => this.#onChange(folder, name ?? undefined));
      watcher.on('error', () => {
        watcher.close();
        this.#watchers.delete(folder);
      });
      this.#watchers.set(folder, watcher);
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES' || this.#failed) return;
      this.#failed = true;
      this.#log.info({ folder, error: String(error) }, 'folders of log files cannot be watched; they are looked at from time to time');
    }
  }
}
