/** One remote-write request at a time, for tests that look at its answer. */

import { encodeV1, encodeV2, requestOf, type TestSeries } from '@atalaya/receive/testing';

/** Sends series; gives the answer as it comes. */
export function write(url: string, series: readonly TestSeries[], version: '1.0' | '2.0' = '1.0'): Promise<Response> {
  const { headers, body } = requestOf(version, version === '1.0' ? encodeV1(series) : encodeV2(series));
  return fetch(`${url}/api/v1/write`, { method: 'POST', headers, body: new Uint8Array(body) });
}

/** One sample of a series without labels but its name. */
export function sample(name: string, timestamp: number, value: number): TestSeries[] {
  return [{ labels: ['__name__', name], samples: [{ timestamp, value }] }];
}
