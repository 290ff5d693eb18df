/** Lines as files: text, JSON lines, CSV; of what is loaded, or read from the server for the purpose. */

import { type LogLine, sameness } from './line.ts';
import type { LinePage, PageRequest } from './loki.ts';
import { formatRfc3339 } from './nanoseconds.ts';

/** The forms that lines can be taken away in. */
export const DOWNLOAD_FORMATS = ['text', 'json', 'csv'] as const;

/** A form of download. */
export type DownloadFormat = (typeof DOWNLOAD_FORMATS)[number];

/** Extension and media type of each form. */
export const FILE_TYPES: Readonly<Record<DownloadFormat, { extension: string; type: string }>> = {
  text: { extension: 'log', type: 'text/plain;charset=utf-8' },
  json: { extension: 'jsonl', type: 'application/x-ndjson' },
  csv: { extension: 'csv', type: 'text/csv;charset=utf-8' },
};

/** Writes lines in a form; `columns` are the labels and fields that a CSV has beside time, level and text. */
export function writeLines(lines: readonly LogLine[], format: DownloadFormat, columns: readonly string[]): string {
  switch (format) {
    case 'text':
      return lines.map(({ time, text }) => `${formatRfc3339(time)} ${text}\n`).join('');
    case 'json':
      return lines.map((line) => `${JSON.stringify(jsonOf(line))}\n`).join('');
    case 'csv': {
      const head = ['time', 'level', ...columns, 'line'].map(cell).join(',');
      const rows = lines.map((line) => {
        const values = columns.map((name) => line.stream[name] ?? line.metadata[name] ?? line.parsed[name] ?? '');
        return [formatRfc3339(line.time), line.level, ...values, line.text].map(cell).join(',');
      });
      return `${[head, ...rows].join('\r\n')}\r\n`;
    }
  }
}

function jsonOf({ time, level, text, stream, metadata, parsed }: LogLine) {
  return { time: formatRfc3339(time), level, line: text, stream, metadata, parsed };
}

/** A cell of a CSV; one that a spreadsheet would take for a formula is told to be text. */
function cell(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Labels that some of the lines have, those of streams first: the columns of a CSV of everything. */
export function columnsOf(lines: readonly LogLine[]): string[] {
  const streams = new Set<string>();
  const others = new Set<string>();
  for (const { stream, metadata } of lines) {
    for (const name of Object.keys(stream)) streams.add(name);
    for (const name of Object.keys(metadata)) others.add(name);
  }
  return [...[...streams].sort(), ...[...others].filter((name) => !streams.has(name)).sort()];
}

/** How far reading for a download is. */
export type DownloadProgress = (lines: number) => void;

const PAGE = 5000;

/** Reads up to `most` lines of a question, page by page, until it is aborted. */
export async function readLines(
  read: (request: PageRequest, signal: AbortSignal) => Promise<LinePage>,
  question: Omit<PageRequest, 'limit'>,
  most: number,
  onProgress: DownloadProgress,
  signal: AbortSignal,
): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  let { start, end } = question;
  while (lines.length < most && start < end) {
    const page = await read({ ...question, start, end, limit: PAGE }, signal);
    const last = lines.at(-1)?.time;
    const known = new Set(
      lines
        .slice(-PAGE)
        .filter(({ time }) => time === last)
        .map(sameness),
    );
    const added = page.lines.filter((line) => line.time !== last || !known.has(sameness(line)));
    lines.push(...added.slice(0, most - lines.length));
    onProgress(lines.length);
    if (page.lines.length < PAGE) break;
    const edge = (page.lines.at(-1) as LogLine).time;
    // A page that brought nothing new was of one moment alone: reading goes on beyond it.
    if (question.direction === 'backward') end = added.length === 0 ? edge : edge + 1n;
    else start = added.length === 0 ? edge + 1n : edge;
  }
  return lines;
}
