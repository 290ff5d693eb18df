/** What `/api/atalaya/log-targets` answers. */

import { z } from 'zod';

/** `GET /api/atalaya/log-targets`: everything on this host that log lines are collected from. Times in milliseconds since the epoch. */
export const logTargetsSchema = z.object({
  targets: z.array(
    z.object({
      /** Name of the job in the configuration; those that begin with `host ` are built in. */
      job: z.string(),
      kind: z.enum(['file', 'journal', 'container', 'syslog']),
      /** Path, name of the container, or address. */
      name: z.string(),
      labels: z.record(z.string(), z.string()),
      state: z.enum(['reading', 'waiting', 'failed', 'done']),
      /** Read since the source was opened. */
      lines: z.number(),
      bytes: z.number(),
      /** Bytes that are there and were not read, where that is known. */
      lagBytes: z.number().optional(),
      lastReadAt: z.number().optional(),
      /** Lines that were refused for good, by reason. */
      rejected: z.record(z.string(), z.number()),
      lastError: z.string().optional(),
    }),
  ),
});
export type LogTargets = z.infer<typeof logTargetsSchema>;
