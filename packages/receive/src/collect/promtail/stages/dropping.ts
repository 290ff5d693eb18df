/** Stages that drop entries: `drop` by conditions, `sampling` by chance. */

import { readLogBytes } from '@atalaya/lang';
import type { Cursor } from '../../../scrape-config/cursor.ts';
import { readExpression, readNumber, readStageDuration } from './expression.ts';
import { filtering, type StageEntry, type StageReader, textOf } from './stage.ts';

/** `drop`: what fulfils all conditions that are given. */
export const readDropStage: StageReader = (config, { clock, metrics }) => {
  const fields = config.section({
    known: ['source', 'separator', 'value', 'expression', 'older_than', 'longer_than', 'drop_counter_reason'],
  });
  const conditions: ((entry: StageEntry) => boolean)[] = [];
  const longer = fields.get('longer_than');
  if (longer !== undefined) {
    const bytes = readBytes(longer);
    conditions.push(({ line }) => line.length > bytes || (line.length * 3 > bytes && Buffer.byteLength(line) > bytes));
  }
  const older = fields.get('older_than');
  if (older !== undefined) {
    const age = BigInt(Math.round(readStageDuration(older) * 1e6));
    conditions.push(({ timestamp }) => timestamp < BigInt(clock.now()) * 1_000_000n - age);
  }
  const value = readValueCondition(config, fields);
  if (value !== undefined) conditions.push(value);
  if (conditions.length === 0) config.fail('needs at least one of source, expression, older_than, longer_than');
  const reason = fields.get('drop_counter_reason')?.text() || 'drop_stage';
  return filtering((entry) => {
    if (!conditions.every((holds) => holds(entry))) return true;
    metrics.countDropped(reason);
    return false;
  });
};

function readValueCondition(config: Cursor, fields: ReadonlyMap<string, Cursor>): ((entry: StageEntry) => boolean) | undefined {
  const sources = readSources(fields.get('source'));
  const separator = fields.get('separator')?.text() ?? ';';
  const value = fields.get('value')?.text();
  const expression = fields.get('expression');
  if (value !== undefined && expression !== undefined) config.fail('value and expression exclude each other; give one of them');
  if (value !== undefined && sources.length === 0) config.fail('value needs a source to compare it with');
  const pattern = expression === undefined ? undefined : readExpression(expression);
  if (sources.length === 0) return pattern === undefined ? undefined : ({ line }) => pattern.test(line);
  return ({ extracted }) => {
    const texts: string[] = [];
    for (const source of sources) {
      // Without a condition on the value it is enough that it is there, also as a null.
      if (!extracted.has(source)) return false;
      texts.push(textOf(extracted.get(source)) ?? '');
    }
    const joined = texts.join(separator);
    return pattern === undefined ? value === undefined || joined === value : pattern.test(joined);
  };
}

function readSources(field: Cursor | undefined): string[] {
  if (field === undefined) return [];
  return field.kind === 'list' ? field.items().map((item) => item.requiredText()) : [field.requiredText()];
}

/** A size as Promtail has it: `8kb` is 8192 bytes, and a number without a unit is one of bytes. */
function readBytes(field: Cursor): number {
  const text = field.text().trim();
  if (/^\d+$/.test(text)) return Number(text);
  const [, amount, unit = ''] = /^([\d.]+)\s*([kmgtpe])?i?b?$/i.exec(text) ?? [];
  const bytes = amount === undefined ? undefined : readLogBytes(`${amount}${unit === '' ? 'B' : `${unit}iB`}`);
  return bytes ?? field.fail(`"${text}" is not a size; write it like 512B, 8KB or 1MB`);
}

/** `sampling`: lets a share of the entries through. */
export const readSamplingStage: StageReader = (config, { metrics, random }) => {
  const fields = config.section({ known: ['rate', 'drop_counter_reason'] });
  const field = fields.get('rate') ?? config.fail('rate is missing');
  const rate = readNumber(field);
  if (rate < 0 || rate > 1) field.fail('must be from 0 to 1');
  const reason = fields.get('drop_counter_reason')?.text() || 'sampling_stage';
  return filtering(() => {
    if (random() < rate) return true;
    metrics.countDropped(reason);
    return false;
  });
};
