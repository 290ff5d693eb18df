import { expect, test } from 'vitest';
import { compilePipeline } from '../compile-pipeline.ts';
import { createMemoryLogReader, type MemoryLine } from '../memory-log-reader.ts';
import { readSelection } from '../selection.ts';
import { type DetectedField, detectFields } from './detected-fields.ts';

const NEVER = { aborted: false, addEventListener: () => undefined, removeEventListener: () => undefined };
const lines: MemoryLine[] = [
  { timestamp: 1n, text: 'status=200 took=12ms user=alice ratio=1', attributes: ['trace_id', 't1'], level: 'info' },
  { timestamp: 2n, text: 'status=500 took=1.5s user=bob ratio=0.5', attributes: ['trace_id', 't2'], level: 'error' },
  { timestamp: 3n, text: '{"status":"ok","size":"10KB","nested":{"deep":true},"app":"other"}', level: 'info' },
  { timestamp: 4n, text: 'just words', level: 'info' },
];
const reader = createMemoryLogReader([
  { labels: ['app', 'web'], lines },
  { labels: ['app', 'db'], lines: [{ timestamp: 9n, text: 'never=seen' }] },
]);

async function fieldsOf(
  query: string,
  more: { readonly lines?: number; readonly fields?: number } = {},
): Promise<Record<string, unknown[]>> {
  const { pipeline = compilePipeline([]), ...selection } = readSelection(query);
  const found = await detectFields(reader, { ...selection, pipeline, start: 0n, end: 10n, lines: 100, fields: 100, ...more }, NEVER);
  const told = ({ type, values, parsers }: DetectedField): unknown[] => [type, values.size, ...parsers];
  return Object.fromEntries(found.map((field) => [field.name, told(field)]));
}

test('attributes, logfmt and JSON tell fields; values of different types are texts', async () => {
  expect(await fieldsOf('{app="web"}')).toEqual({
    app_extracted: ['string', 1, 'json'],
    detected_level: ['string', 2],
    nested_deep: ['boolean', 1, 'json'],
    ratio: ['float', 2, 'logfmt'],
    size: ['bytes', 1, 'json'],
    status: ['string', 3, 'json', 'logfmt'],
    took: ['duration', 2, 'logfmt'],
    trace_id: ['string', 2],
    user: ['string', 2, 'logfmt'],
  });
});

test('what a query finds by itself is a field, and lines that it drops tell none', async () => {
  const found = await fieldsOf('{app="web"} |= "words" | pattern "<first> <second>"');
  expect(found).toMatchObject({ first: ['string', 1], second: ['string', 1] });
  expect(Object.keys(found)).not.toContain('user');
});

test('only the newest lines are looked at, and so many fields are told', async () => {
  expect(Object.keys(await fieldsOf('{app="web"}', { lines: 1 }))).toEqual(['detected_level']);
  expect(Object.keys(await fieldsOf('{app="web"}', { fields: 3 }))).toHaveLength(3);
});
