/** The columns of a batch that is being collected. Appenders come and go with requests; their memory stays and goes from one to the next. */

import { LineScanner } from './line-scanner.ts';
import { TextColumn } from '../columns/text-column.ts';
import { RowColumns } from './row-columns.ts';

/** More appenders than these seldom collect at the same time. */
const MOST_SPARE = 8;

/** Everything that one appender needs while it has lines. */
export class LogColumns {
  readonly rows = new RowColumns();
  readonly bodies = new TextColumn();
  readonly traceIds = new TextColumn();
  readonly spanIds = new TextColumn();
  readonly severities = new TextColumn();
  readonly names = new TextColumn();
  readonly values = new TextColumn();
  readonly scanner = new LineScanner();

  clear(): void {
    this.rows.clear();
    for (const column of [this.bodies, this.traceIds, this.spanIds, this.severities, this.names, this.values]) column.clear();
  }
}

/** Hands out columns, those that were given back first. */
export class ColumnPool {
  readonly #spare: LogColumns[] = [];

  take(): LogColumns {
    return this.#spare.pop() ?? new LogColumns();
  }

  /** Whoever gives columns back must not look at them again. */
  giveBack(columns: LogColumns): void {
    columns.clear();
    if (this.#spare.length < MOST_SPARE) this.#spare.push(columns);
  }
}
