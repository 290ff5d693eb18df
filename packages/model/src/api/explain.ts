/** What `/api/atalaya/explain` answers: how a query was planned and what each of its steps did. */

import { z } from 'zod';

/** What a selection read, and where it lay. */
export interface ExplainedRead {
  /** Times of the first and last sample that was asked for, milliseconds since the epoch. */
  from: number;
  to: number;
  series: number;
  samples: number;
  /** Samples that were decoded in memory, and rows that the storage engine had to read for the others. */
  samplesInMemory: number;
  rowsFromDisk: number;
  milliseconds: number;
}

/** One node of the plan. Times in milliseconds, sizes in bytes. */
export interface ExplainedNode {
  /** What it does, in one word: `select`, `aggregate`, `call`, `binary`, `subquery`, `number`, … */
  operation: string;
  /** In short what it works on, such as `rate`, `sum by (job)`, `metric{job="x"}[5m]`. */
  summary: string;
  /** Where it stands in the query's text, characters `[start, end)`. */
  start: number;
  end: number;
  /** How often and over how many steps it was evaluated. */
  evaluations: number;
  steps: number;
  /** Series and points that came out of it. */
  series: number;
  points: number;
  /** Without its children. */
  milliseconds: number;
  /** Only of selections. */
  read?: ExplainedRead | undefined;
  /** Only of selections: what reading was expected to find before anything was read, where the store can tell. */
  estimate?: { series: number; samples: number } | undefined;
  /** What is worth knowing, such as "evaluated once: does not depend on the time". */
  notes: string[];
  children: ExplainedNode[];
}

export const explainedNodeSchema: z.ZodType<ExplainedNode> = z.object({
  operation: z.string(),
  summary: z.string(),
  start: z.number(),
  end: z.number(),
  evaluations: z.number(),
  steps: z.number(),
  series: z.number(),
  points: z.number(),
  milliseconds: z.number(),
  read: z
    .object({
      from: z.number(),
      to: z.number(),
      series: z.number(),
      samples: z.number(),
      samplesInMemory: z.number(),
      rowsFromDisk: z.number(),
      milliseconds: z.number(),
    })
    .optional(),
  estimate: z.object({ series: z.number(), samples: z.number() }).optional(),
  notes: z.array(z.string()),
  get children() {
    return z.array(explainedNodeSchema);
  },
});

/** `GET|POST /api/atalaya/explain`, with the parameters of `query_range` (or of `query`, where there is no `start`). */
export const explanationSchema = z.object({
  query: z.string(),
  kind: z.enum(['instant', 'range']),
  plan: explainedNodeSchema,
  /** Whole phases of the query, in the order they ran. */
  phases: z.array(z.object({ name: z.enum(['queue', 'parse', 'read', 'evaluate', 'encode']), milliseconds: z.number() })),
  totals: z.object({
    seriesRead: z.number(),
    samplesRead: z.number(),
    samplesInMemory: z.number(),
    rowsFromDisk: z.number(),
    resultSeries: z.number(),
    resultPoints: z.number(),
    /** Size of the answer's JSON text. */
    resultBytes: z.number(),
    /** Most memory that the evaluation held at one time. */
    peakBytes: z.number(),
    milliseconds: z.number(),
  }),
  /** How much of each limit was used. */
  limits: z.array(z.object({ setting: z.string(), used: z.number(), limit: z.number() })),
  /** Steps that the query itself would take from the cache of computed steps, of all. The explanation computes them all. */
  cachedSteps: z.object({ cached: z.number(), all: z.number() }),
  /** Why the query has no answer, where it has none: the plan then shows how far it came. */
  error: z.object({ code: z.string(), message: z.string() }).optional(),
  warnings: z.array(z.string()),
  infos: z.array(z.string()),
});

/** How a query was answered; see {@link explanationSchema}. */
export type Explanation = z.infer<typeof explanationSchema>;
