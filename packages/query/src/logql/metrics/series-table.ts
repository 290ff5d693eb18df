/** The series of a range aggregation while lines are read: which row the labels of a sample belong to. */

import { AtalayaError, type Labels, labelValue } from '@atalaya/model';
import { labelsKey, showLabels } from '../../promql/series.ts';
import type { LineSample } from '../sample-extractor.ts';
import { groupLabels } from './vector.ts';

/** Label sets that are known by the object itself: a look-up without making a text. */
const KNOWN_OBJECTS = 65_536;

/** Finds rows by labels, and makes new ones. */
export class SeriesTable {
  readonly labels: Labels[] = [];
  readonly #rows = new Map<string, number>();
  readonly #known = new Map<Labels, number>();
  readonly #grouped: boolean;

  /** @param grouped whether samples come with the labels of their group only */
  constructor(grouped: boolean) {
    this.#grouped = grouped;
  }

  /** The row of a sample. @throws AtalayaError QUERY_FAILED for one whose line a stage has failed on. */
  rowOf({ labels, error }: LineSample): number {
    if (error !== '') throw pipelineError(labels);
    return this.#known.get(labels) ?? this.#find(labels);
  }

  #find(all: Labels): number {
    const labels = this.#grouped ? groupLabels(all) : all;
    const key = labelsKey(labels);
    let row = this.#rows.get(key);
    if (row === undefined) {
      row = this.labels.push(labels) - 1;
      this.#rows.set(key, row);
    }
    if (this.#known.size >= KNOWN_OBJECTS) this.#known.clear();
    this.#known.set(all, row);
    return row;
  }
}

/** The failure of a metric query that meets a line on which a stage failed, in Loki's words. */
function pipelineError(labels: Labels): AtalayaError<'QUERY_FAILED'> {
  const kind = labelValue(labels, '__error__');
  const reason = [
    `pipeline error: '${kind}' for series: '${showLabels(labels)}'.`,
    `Use a label filter to intentionally skip this error. (e.g | __error__!="${kind}").`,
    `To skip all potential errors you can match empty errors.(e.g __error__="")`,
    'The label filter can also be specified after unwrap. (e.g | unwrap latency | __error__="" )',
    '',
  ].join('\n');
  return new AtalayaError('QUERY_FAILED', { reason });
}
