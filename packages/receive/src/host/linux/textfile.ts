/** Metrics that others leave in files: every `*.prom` of a folder, as cron jobs and package hooks write them for node_exporter. */

import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Families } from '../family.ts';
import type { Part } from '../part.ts';
import { linesOf } from '../text.ts';

const SAMPLE = /^([a-zA-Z_:][\w:]*)(\{(?:\s*[a-zA-Z_]\w*\s*=\s*"(?:[^"\\]|\\.)*"\s*(?:,|(?=\})))*\s*\})?\s+(\S+)(?:\s+(\S+))?\s*$/;
const VALUE = /^[+-]?(?:\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?|inf|nan|0x[\da-f]+)$/i;
const METADATA = /^#\s*(HELP|TYPE)\s+([a-zA-Z_:][\w:]*)\s*(.*)$/;

/** A family as its file has it. */
interface TextFamily {
  help: string | undefined;
  type: string | undefined;
  readonly samples: string[];
}

/** Endings of the series of histograms and summaries, whose family is called without them. */
const PARTS = /_(bucket|sum|count)$/;

function familyOf(families: ReadonlyMap<string, TextFamily>, sample: string): string {
  const base = sample.replace(PARTS, '');
  const type = families.get(base)?.type;
  return base !== sample && (type === 'histogram' || type === 'summary') ? base : sample;
}

/**
 * Reads a file in the exposition format.
 * @throws when a line is neither a comment nor a sample, or has a timestamp: the files are read much later than they are written
 */
export function parseTextfile(text: string): Map<string, TextFamily> {
  const families = new Map<string, TextFamily>();
  const family = (name: string): TextFamily =>
    families.getOrInsertComputed(name, () => ({ help: undefined, type: undefined, samples: [] }));
  for (const line of linesOf(text)) {
    if (line.startsWith('#')) {
      const [, word, name = '', rest = ''] = METADATA.exec(line) ?? [];
      if (word === 'HELP') family(name).help = rest;
      if (word === 'TYPE') family(name).type = rest.trim();
      continue;
    }
    const [, name = '', , value = '', timestamp] = SAMPLE.exec(line) ?? [];
    if (name === '' || !VALUE.test(value)) throw new Error(`not a sample: ${line}`);
    if (timestamp !== undefined) throw new Error(`timestamps are not supported: ${line}`);
    family(familyOf(families, name)).samples.push(line.trim());
  }
  return families;
}

/** The families of all files as one exposition. A family of several files has the first one's help and type. */
export class TextfileRound {
  readonly #families = new Map<string, TextFamily>();
  readonly #about = new Families();
  #failed = false;

  add(path: string, text: string, modifiedSeconds: number): void {
    const families = parseTextfile(text);
    for (const [name, { help = `Metric read from ${path}`, type = 'untyped', samples }] of families) {
      const known = this.#families.getOrInsertComputed(name, () => ({ help, type, samples: [] }));
      if (known.type !== type) throw new Error(`${name} has the type ${known.type} in another file`);
      known.samples.push(...samples);
    }
    this.#about.gauge('node_textfile_mtime_seconds', 'Unixtime mtime of textfiles successfully read.').add(modifiedSeconds, 'file', path);
  }

  fail(): void {
    this.#failed = true;
  }

  render(): string {
    let text = '';
    for (const [name, { help, type, samples }] of this.#families) {
      if (samples.length > 0) text += `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${samples.join('\n')}\n`;
    }
    this.#about
      .gauge('node_textfile_scrape_error', '1 if there was an error opening or reading a file, 0 otherwise')
      .add(this.#failed ? 1 : 0);
    return text + this.#about.render();
  }
}

export const textfile: Part = ({ textfileDirectory, slowLane, log }) => {
  const complaints = new Map<string, string>();
  /** Says what is wrong with a file once, not in every round. */
  const complain = (path: string, error: unknown): void => {
    const reason = String(error);
    if (complaints.get(path) !== reason) log.warn({ path, err: error }, 'metrics in text files cannot be read');
    complaints.set(path, reason);
  };
  return async () => {
    const round = new TextfileRound();
    if (textfileDirectory === undefined) return round;
    let names: string[] = [];
    try {
      names = await slowLane.run(() => readdir(textfileDirectory));
    } catch (error) {
      complain(textfileDirectory, error);
      round.fail();
    }
    for (const name of names.filter((candidate) => candidate.endsWith('.prom')).toSorted()) {
      const path = join(textfileDirectory, name);
      try {
        const [text, { mtimeMs }] = await slowLane.run(() => Promise.all([readFile(path, 'utf8'), stat(path)]));
        round.add(path, text, mtimeMs / 1000);
        complaints.delete(path);
      } catch (error) {
        complain(path, error);
        round.fail();
      }
    }
    return round;
  };
};
