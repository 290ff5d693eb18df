/** Stage `json`: values of a line that is a JSON object, found by JMESPath expressions. */

import { compile, TreeInterpreter } from '@jmespath-community/jmespath';
import type { Cursor } from '../../../scrape-config/cursor.ts';
import { type Extracted, inputOf, readSource, type Stage, type StageEntry, type StageReader } from './stage.ts';

type Json = null | boolean | number | string | Json[] | { readonly [name: string]: Json };
type JsonObject = Readonly<Record<string, Json>>;
/** Finds a value; it may throw for what an expression makes of a value. */
type Finder = (object: JsonObject) => unknown;

export const readJsonStage: StageReader = (config, { metrics }) => {
  const fields = config.section({ known: ['expressions', 'source', 'drop_malformed'] });
  const section = fields.get('expressions') ?? config.fail('expressions are missing');
  const finders = section.entries().map(([name, expression]) => [name, readFinder(expression.text() || name, expression)] as const);
  if (finders.length === 0) section.fail('must hold at least one name: expression');
  const source = readSource(fields);
  const dropMalformed = fields.get('drop_malformed')?.boolean() ?? false;

  const extract = (entry: StageEntry): boolean => {
    const input = inputOf(entry, source);
    if (input === undefined) return true;
    const object = readObject(input);
    if (object === undefined) return false;
    for (const [name, find] of finders) {
      let found: unknown;
      try {
        found = find(object);
      } catch {
        // A function that does not fit the value's type; the others are still looked for.
        continue;
      }
      entry.extracted.set(name, extractedOf(found));
    }
    return true;
  };
  const stage: Stage = {
    process(entry, emit) {
      if (extract(entry) || !dropMalformed) emit(entry);
      else metrics.countDropped('malformed_json');
    },
  };
  return () => stage;
};

/** Plain names and paths, which are nearly all of them, are walked; the rest is left to JMESPath. */
function readFinder(expression: string, at: Cursor): Finder {
  if (/^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/.test(expression)) {
    const path = expression.split('.');
    return (object) => path.reduce<Json>((value, name) => memberOf(value, name), object);
  }
  let tree: ReturnType<typeof compile>;
  try {
    tree = compile(expression);
  } catch (error) {
    return at.fail(
      `"${expression}" is not a JMESPath expression: ${(error as Error).message}; a name with other characters is written in double quotes`,
    );
  }
  return (object) => TreeInterpreter.search(tree, object);
}

function memberOf(value: Json, name: string): Json {
  if (value === null || typeof value !== 'object' || Array.isArray(value) || !Object.hasOwn(value, name)) return null;
  return (value as JsonObject)[name] ?? null;
}

function readObject(text: string): JsonObject | undefined {
  // Most lines that are no objects are told by their first character, without the cost of an exception.
  if (!/^\s*[{n]/.test(text)) return undefined;
  try {
    const value = JSON.parse(text) as Json;
    if (value === null) return {};
    return typeof value === 'object' && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function extractedOf(value: unknown): Extracted {
  if (value === undefined || value === null || typeof value === 'function') return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return JSON.stringify(value);
}
