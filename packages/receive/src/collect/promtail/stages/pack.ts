/** Stage `pack`: puts values and the line into one JSON object, which `| unpack` of LogQL takes apart again. */

import { changing, type StageReader, textOf } from './stage.ts';

export const readPackStage: StageReader = (config, { clock }) => {
  const fields = config.section({ known: ['labels', 'ingest_timestamp'] });
  const names = [...new Set(fields.get('labels')?.texts() ?? [])].sort();
  const ingestTimestamp = fields.get('ingest_timestamp')?.boolean() ?? true;
  return changing((entry) => {
    const members: string[] = [];
    for (const name of names) {
      const value = textOf(entry.extracted.get(name));
      if (value === undefined) continue;
      members.push(`${JSON.stringify(name)}:${JSON.stringify(value)}`);
      entry.labels.delete(name);
    }
    members.push(`"_entry":${JSON.stringify(entry.line)}`);
    entry.line = `{${members.join(',')}}`;
    if (ingestTimestamp) entry.timestamp = BigInt(clock.now()) * 1_000_000n;
  });
};
