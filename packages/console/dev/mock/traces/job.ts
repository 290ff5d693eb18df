/** The pretended shop's job of ten thousand spans. */

import { type Growing, KIND } from './drawing.ts';
import { http, select } from './requests.ts';

/** So many spans the job has. */
const JOB_SPANS = 10_000;
const MS = 1e6;

/** The nightly job: ten thousand spans. */
export function job(g: Growing, number: number): void {
  const root = g.span({
    service: 'indexer',
    name: 'reindex catalogue',
    start: 0,
    duration: 1,
    attributes: { 'job.number': number, 'job.full': true },
  });
  let at = 5;
  while (g.spans.length < JOB_SPANS) {
    const begun = at;
    const batch = g.span({
      parent: root,
      service: 'indexer',
      name: 'index batch',
      start: begun,
      duration: 1,
      attributes: { 'batch.first': g.spans.length },
    });
    const bounds = g.spans.length - 1;
    for (let i = 0; i < 20 && g.spans.length < JOB_SPANS; i += 1) {
      const took = g.between(3, 30);
      const article = g.span({
        parent: batch,
        service: 'indexer',
        name: 'index article',
        start: at,
        duration: took,
        attributes: { 'shop.article': `A-${g.spans.length}` },
      });
      if (g.spans.length < JOB_SPANS) select(g, article, 'indexer', 'articles', at + 0.4, took * 0.4);
      if (g.spans.length < JOB_SPANS) {
        const bad = g.random() < 0.004;
        const write = g.span({
          parent: article,
          service: 'indexer',
          name: 'PUT',
          kind: KIND.client,
          start: at + took * 0.5,
          duration: took * 0.45,
          error: bad ? 'HTTP 503' : '',
          attributes: http('PUT', '/articles/_doc', bad ? 503 : 201),
        });
        if (g.spans.length < JOB_SPANS)
          g.span({
            parent: write,
            service: 'search',
            name: 'PUT /articles/_doc',
            kind: KIND.server,
            start: at + took * 0.52,
            duration: took * 0.4,
            error: bad ? 'the shard is not available' : '',
            attributes: http('PUT', '/articles/_doc', bad ? 503 : 201),
          });
      }
      at += took * (i % 4 === 3 ? 1 : 0.4);
    }
    at += 10;
    g.spans[bounds] = { ...batch, duration: Math.round((at - begun + 14) * MS) };
    at += 6;
  }
  g.spans[0] = { ...root, duration: Math.round((at + 20) * MS) };
}
