/** One step of the store's schema. */

import type { Sql } from '../sql.ts';

/** What brings the tables from one version to the next. */
export interface Migration {
  /** Counts up from 1 without gaps. */
  readonly version: number;
  readonly name: string;
  readonly statements: readonly Sql[];
}
