/** Answers about logs as the JSON that Loki's API gives, for those that are no results of LogQL. */

import { labelsToRecord } from '@atalaya/model';
import type { DetectedField, LinePatterns, LogVolume } from '@atalaya/query';

const bytesOf = (value: unknown): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(JSON.stringify(value)));

/** The answer of `patterns`. Loki has no word for a sample that stands for all lines: what was looked at is told in the statistics. */
export function patternsAnswer({ patterns, linesSeen, lines }: LinePatterns): Uint8Array<ArrayBuffer> {
  const data = patterns.map(({ pattern, level, samples }) => ({ pattern, level, samples }));
  return bytesOf({ status: 'success', data, stats: { lines, linesSeen, sampled: linesSeen < lines } });
}

/** The answer of `detected_fields`. */
export function fieldsAnswer(fields: readonly DetectedField[], limit: number): Uint8Array<ArrayBuffer> {
  return bytesOf({
    fields: fields.map(({ name, type, values, parsers }) => ({
      label: name,
      type,
      cardinality: values.size,
      parsers: parsers.size === 0 ? null : [...parsers],
    })),
    limit,
  });
}

/** The answer of `detected_field/…/values`. */
export function fieldValuesAnswer(field: DetectedField | undefined, limit: number): Uint8Array<ArrayBuffer> {
  return bytesOf({ values: [...(field?.values ?? [])].sort().slice(0, limit), limit });
}

/** The answer of `index/volume` and `index/volume_range`. */
export function volumeAnswer(volumes: readonly LogVolume[], inSteps: boolean): Uint8Array<ArrayBuffer> {
  const point = ([at, bytes]: readonly [number, number]): [number, string] => [at / 1000, String(bytes)];
  const result = volumes.map(({ labels, points, bytes }) => {
    const metric = labelsToRecord(labels);
    return inSteps ? { metric, values: points.map(point) } : { metric, value: point([points.at(-1)?.[0] ?? 0, bytes]) };
  });
  return bytesOf({ status: 'success', data: { resultType: inSteps ? 'matrix' : 'vector', result, stats: {} } });
}
