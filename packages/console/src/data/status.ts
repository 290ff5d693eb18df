/** Client of the program's own state. */

import type { Status } from '@atalaya/model';

import { requestJson } from './http.ts';

/** Query key and function of the state of all parts. */
export const statusQuery = {
  queryKey: ['status'] as const,
  queryFn: async ({ signal }: { signal: AbortSignal }) => (await requestJson('/api/atalaya/status', { signal })) as Status,
};

export type { Status } from '@atalaya/model';
