/** What the requests of all signals have in common as OTLP's JSON: records within scopes within resources. */

import { addAttributes } from './any-value-json.ts';
import { ignoreField, listField, objectField, smallNumberField, textField } from './json-fields.ts';
import { InexactNumber, type Json, parseJson } from './json-text.ts';
import { SLICE_RECORDS, type Taker } from './taker.ts';

/** What a signal calls its lists. */
export interface ListNames {
  /** `resourceLogs` */
  readonly resources: string;
  /** `scopeLogs` */
  readonly scopes: string;
  /** `logRecords` */
  readonly records: string;
}

/**
 * Hands every record to `readRecord`, which may pause, with the taker that `open` makes; gives the taker. Pauses now and then, so that a large body does not keep
 * others waiting.
 * @throws AtalayaError BAD_ENCODING
 */
export function* walkJson<AnyTaker extends Taker>(
  text: string,
  names: ListNames,
  open: () => AnyTaker,
  readRecord: (value: Json, taker: AnyTaker) => Generator<undefined, void> | void,
): Generator<undefined, AnyTaker> {
  const taker = open();
  try {
    yield* walk(parseJson(text, false), names, taker, readRecord);
    return taker;
  } catch (error) {
    if (!(error instanceof InexactNumber)) throw error;
  }
  // Somebody writes 64-bit numbers as numbers, which is allowed: parse again, such that they keep their digits.
  taker.discard();
  const exact = open();
  yield* walk(parseJson(text, true), names, exact, readRecord);
  return exact;
}

function* walk<AnyTaker extends Taker>(
  root: Json,
  names: ListNames,
  taker: AnyTaker,
  readRecord: (value: Json, taker: AnyTaker) => Generator<undefined, void> | void,
): Generator<undefined, void> {
  let nextPause = SLICE_RECORDS;
  const request = objectField('the request', root);
  for (const name in request) if (name !== names.resources) ignoreField(name);
  for (const resource of listField(names.resources, request[names.resources] ?? null)) {
    for (const scope of openResource(resource, names, taker)) {
      for (const record of openScope(scope, names, taker)) {
        const rest = readRecord(record, taker);
        if (rest !== undefined) yield* rest;
        if (taker.records < nextPause) continue;
        nextPause = taker.records + SLICE_RECORDS;
        yield;
      }
    }
  }
}

/** Reads the resource; gives its scopes. */
function openResource(value: Json, names: ListNames, { origin }: Taker): readonly Json[] {
  let scopes: readonly Json[] = [];
  origin.clearResource();
  const fields = objectField(names.resources, value);
  for (const name in fields) {
    const field = fields[name] as Json;
    if (name === names.scopes) scopes = listField(name, field);
    else if (name === 'schemaUrl') origin.resourceSchemaUrl = textField(name, field);
    else if (name === 'resource' && field !== null) {
      const resource = objectField(name, field);
      for (const inner in resource) {
        if (inner === 'attributes') addAttributes(inner, resource[inner] as Json, origin.resource);
        else if (inner === 'droppedAttributesCount') origin.resourceDropped = smallNumberField(inner, resource[inner] as Json);
        else ignoreField(inner);
      }
    } else ignoreField(name);
  }
  return scopes;
}

/** Reads the scope; gives its records. */
function openScope(value: Json, names: ListNames, taker: Taker): readonly Json[] {
  const { origin } = taker;
  let records: readonly Json[] = [];
  origin.clearScope();
  const fields = objectField(names.scopes, value);
  for (const name in fields) {
    const field = fields[name] as Json;
    if (name === names.records) records = listField(name, field);
    else if (name === 'schemaUrl') origin.scopeSchemaUrl = textField(name, field);
    else if (name === 'scope' && field !== null) readScope(field, taker);
    else ignoreField(name);
  }
  taker.beginRecords();
  return records;
}

function readScope(value: Json, { origin }: Taker): void {
  const scope = objectField('scope', value);
  for (const name in scope) {
    const field = scope[name] as Json;
    if (name === 'name') origin.scopeName = textField(name, field);
    else if (name === 'version') origin.scopeVersion = textField(name, field);
    else if (name === 'attributes') addAttributes(name, field, origin.scope);
    else if (name === 'droppedAttributesCount') origin.scopeDropped = smallNumberField(name, field);
    else ignoreField(name);
  }
}
