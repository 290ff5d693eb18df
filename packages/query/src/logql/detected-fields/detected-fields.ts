/** Which fields the lines of a selection have: their attributes, what the query's own parsers find, and what JSON or logfmt in them tells. */

import { parseLogql } from '@atalaya/lang';
import type { CancelSignal, Labels, Matcher } from '@atalaya/model';
import { LineView } from '../line-view.ts';
import type { LineCondition, LogReader } from '../log-reader.ts';
import type { Pipeline } from '../pipeline.ts';
import { compilePipeline } from '../compile-pipeline.ts';
import { commonType, typeOfValue, type ValueType } from './value-type.ts';

/** Whose fields are wanted. */
export interface DetectedFieldsRequest {
  readonly matchers: readonly Matcher[];
  readonly conditions: readonly LineCondition[];
  readonly pipeline: Pipeline;
  /** Whether the pipeline sees labels that were discovered. */
  readonly discovered: boolean;
  /** Nanoseconds since the epoch: from `start`, before `end`. */
  readonly start: bigint;
  readonly end: bigint;
  /** Lines to look at, the newest ones. */
  readonly lines: number;
  /** Fields to tell. */
  readonly fields: number;
}

/** Parsers that find a field in lines. */
export type FieldParser = 'json' | 'logfmt';

/** A field and the different values that were seen. */
export interface DetectedField {
  readonly name: string;
  type: ValueType;
  readonly values: Set<string>;
  /** Empty where the field is an attribute, or is told by the query's own stages. */
  readonly parsers: Set<FieldParser>;
}

const PARSERS = (['json', 'logfmt'] as const).map((name) => ({ name, stages: stagesOf(`{a="b"} | ${name}`) }));

function stagesOf(query: string): Parameters<typeof compilePipeline>[0] {
  const expression = parseLogql(query);
  return expression.kind === 'logs' ? expression.stages : [];
}

/** The fields by name. Rejects as the reader does. */
export async function detectFields(reader: LogReader, request: DetectedFieldsRequest, signal: CancelSignal): Promise<DetectedField[]> {
  const { matchers, conditions, pipeline, discovered, start, end, lines } = request;
  const found = new FoundFields(request.fields);
  const parsers = PARSERS.map(({ name, stages }) => ({ name, pipeline: compilePipeline(stages) }));
  const view = new LineView(true);
  let left = lines;
  const asked = { matchers, conditions, start, end, direction: 'backward', expected: lines, attributes: true, discovered } as const;
  for await (const block of reader.lines(asked, signal)) {
    for (let row = 0; row < block.rows && left > 0; row++) {
      view.moveTo(block, row, block.timestamps[row] as bigint);
      const processed = pipeline.process(view);
      if (processed === undefined) continue;
      left--;
      const { text } = processed;
      const { parsed, structuredMetadata } = processed.labels.categorised();
      found.addAll(structuredMetadata, undefined);
      found.addAll(parsed, undefined);
      const line = { stream: view.stream, attributes: [], text, timestamp: view.timestamp };
      for (const { name, pipeline: parser } of parsers) {
        const fields = parser.process(line)?.labels;
        if (fields === undefined || fields.get('__error__') !== undefined) continue;
        found.addAll(fields.categorised().parsed, name);
        break;
      }
    }
    if (left === 0) break;
  }
  return found.sorted();
}

class FoundFields {
  readonly #limit: number;
  readonly #fields = new Map<string, DetectedField>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  addAll(labels: Labels, parser: FieldParser | undefined): void {
    for (let i = 0; i < labels.length; i += 2) this.#add(labels[i] as string, labels[i + 1] as string, parser);
  }

  #add(name: string, value: string, parser: FieldParser | undefined): void {
    if (name.startsWith('__error') || name === '__preserve_error__') return;
    let field = this.#fields.get(name);
    if (field === undefined) {
      if (this.#fields.size >= this.#limit) return;
      this.#fields.set(name, (field = { name, type: typeOfValue(value), values: new Set(), parsers: new Set() }));
    }
    if (parser !== undefined) field.parsers.add(parser);
    if (field.values.has(value)) return;
    field.values.add(value);
    field.type = commonType(field.type, typeOfValue(value));
  }

  sorted(): DetectedField[] {
    return [...this.#fields.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}
