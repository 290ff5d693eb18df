/** What parsers of lines share: which labels are asked for, and whether all of them are there already. */

import { type Line, type LineError, PRESERVE_ERROR_LABEL, ERROR_LABEL } from '../line.ts';
import type { NeededLabels } from '../needed.ts';

/** How a pipeline wants its lines parsed. */
export class Parsing {
  /** Absent when every label is wanted. */
  readonly needed: NeededLabels | undefined;
  readonly #ids: readonly number[];
  readonly #preserve: number | undefined;

  constructor(line: Line, needed: NeededLabels | undefined) {
    this.needed = needed;
    this.#ids = needed === undefined ? [] : Array.from(needed, (name) => line.names.idOf(name));
    this.#preserve = needed?.has(ERROR_LABEL) === true ? line.names.idOf(PRESERVE_ERROR_LABEL) : undefined;
  }

  wants(name: string): boolean {
    return this.needed === undefined || this.needed.has(name);
  }

  /** Whether nothing more has to be parsed of this line. */
  isDone(line: Line): boolean {
    if (this.needed === undefined) return false;
    for (const id of this.#ids) if (!line.isExtracted(id)) return false;
    return true;
  }

  fail(line: Line, error: LineError, details: string): void {
    line.fail(error, details);
    if (this.#preserve !== undefined) line.setParsed(this.#preserve, 'true');
  }
}
