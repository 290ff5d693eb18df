/** Client of the configuration in force and of its reload. */

import type { Configuration } from '@atalaya/model';

import { request, requestJson } from './http.ts';

/** Query key and function of the configuration in force (secrets already hidden by the server). */
export const configurationQuery = {
  queryKey: ['configuration'] as const,
  queryFn: async ({ signal }: { signal: AbortSignal }) => (await requestJson('/api/atalaya/config', { signal })) as Configuration,
};

/** Makes the server read its configuration again. @throws ApiError with what is wrong in it; the old one then stays in force. */
export async function reloadConfiguration(): Promise<void> {
  await request('/-/reload', { method: 'POST' });
}

export type { Configuration } from '@atalaya/model';
