/** The answer as bytes: the success envelope of Prometheus' HTTP API v1, written straight into a growing buffer. */

import { formatFixed } from '@atalaya/lang';
import type { HistogramPoints, QueryAnswer } from './answer.ts';
import { formatTime, headsOf } from './encode-points.ts';
import { encodeHistogram } from './histogram/encode.ts';
import { Output } from './output.ts';
import { encodeStats } from './query-stats.ts';

/** How much room is made beforehand; where it is not enough the buffer grows. */
const LABELS_BYTES = 256;
const USUAL_POINT_BYTES = 36;

/** Warnings, and infos, that an answer shows at most. */
const MOST_SHOWN = 10;

/** The first few of many, and how many more there are. */
function shown(annotations: readonly string[], kind: 'warning' | 'info'): string {
  const more = annotations.length - MOST_SHOWN;
  return JSON.stringify(more <= 0 ? annotations : [...annotations.slice(0, MOST_SHOWN), `${more} more ${kind} annotations omitted`]);
}

/** Writes an answer as `{"status":"success","data":{…}}`, byte for byte as Prometheus does. `waitedMs` is how long the query waited for its turn. */
export function encodeAnswer(answer: QueryAnswer, waitedMs = 0): Uint8Array<ArrayBuffer> {
  const { result, warnings, infos, stats } = answer;
  const points = result.resultType === 'matrix' || result.resultType === 'vector' ? result.values.length : 1;
  const series = result.resultType === 'matrix' || result.resultType === 'vector' ? result.labels.length : 0;
  const out = new Output(1024 + series * LABELS_BYTES + points * USUAL_POINT_BYTES);
  out.ascii(`{"status":"success","data":{"resultType":"${result.resultType}","result":`);
  switch (result.resultType) {
    case 'scalar':
      out.ascii(`[${formatTime(result.timestamp)},"${formatFixed(result.value)}"]`);
      break;
    case 'string':
      out.ascii(`[${formatTime(result.timestamp)},`);
      out.text(JSON.stringify(result.text));
      out.ascii(']');
      break;
    case 'vector': {
      const middle = `,"value":[${formatTime(result.timestamp)},"`;
      for (const [series, labels] of result.labels.entries()) {
        out.ascii(series === 0 ? '[{"metric":' : ',{"metric":');
        out.labels(labels);
        const histogram = result.histograms?.[series];
        if (histogram !== undefined) {
          out.ascii(`,"histogram":[${formatTime(result.timestamp)},${encodeHistogram(histogram)}]}`);
          continue;
        }
        out.ascii(middle);
        out.value(result.values[series]!);
        out.ascii('"]}');
      }
      out.ascii(result.labels.length === 0 ? '[]' : ']');
      break;
    }
    case 'matrix': {
      const { grid, offsets, timestamps, values, histograms } = result;
      const heads = grid === undefined ? undefined : headsOf(grid);
      for (const [series, labels] of result.labels.entries()) {
        out.ascii(series === 0 ? '[{"metric":' : ',{"metric":');
        out.labels(labels);
        const start = offsets[series]!;
        const end = offsets[series + 1]!;
        if (end > start) {
          out.ascii(',"values":[');
          if (heads === undefined) writeSamples(out, timestamps, values, start, end);
          else out.points(heads, timestamps, values, start, end);
          out.ascii(']');
        }
        if (histograms !== undefined) writeHistograms(out, histograms, series);
        out.ascii('}');
      }
      out.ascii(result.labels.length === 0 ? '[]' : ']');
      break;
    }
  }
  if (stats.samples !== undefined) out.text(`,"stats":${encodeStats(stats, waitedMs)}`);
  out.ascii('}');
  if (warnings.length > 0) out.text(`,"warnings":${shown(warnings, 'warning')}`);
  if (infos.length > 0) out.text(`,"infos":${shown(infos, 'info')}`);
  out.ascii('}');
  return out.finish();
}

function writeHistograms(out: Output, { offsets, timestamps, values }: HistogramPoints, series: number): void {
  const start = offsets[series]!;
  const end = offsets[series + 1]!;
  for (let i = start; i < end; i++) {
    out.ascii(i === start ? ',"histograms":[' : ',');
    out.ascii(`[${formatTime(timestamps[i]!)},${encodeHistogram(values[i]!)}]`);
  }
  if (end > start) out.ascii(']');
}

/** Points that lie on no grid. */
function writeSamples(out: Output, timestamps: Float64Array, values: Float64Array, start: number, end: number): void {
  for (let i = start; i < end; i++) {
    out.ascii(`${i === start ? '' : ','}[${formatTime(timestamps[i]!)},"`);
    out.value(values[i]!);
    out.ascii('"]');
  }
}
