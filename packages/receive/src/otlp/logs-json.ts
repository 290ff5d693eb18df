/** ExportLogsServiceRequest as OTLP's JSON: lowerCamelCase names, ids in hexadecimal digits, enumerations as numbers. */

import { addAttributes, bodyText } from './any-value-json.ts';
import { digitsField, ignoreField, idField, listField, objectField, smallNumberField, textField } from './json-fields.ts';
import { InexactNumber, type Json, parseJson } from './json-text.ts';
import type { RecordTime } from './log-record.ts';
import type { RecordTaker } from './take-records.ts';

/** Others get their turn after so many records. */
const SLICE_RECORDS = 500;
const MOST_NANOSECONDS = 2n ** 64n - 1n;
/** Digits of nanoseconds within a second. */
const FRACTION = 9;

/**
 * Hands every record to the taker that `open` makes; gives the taker. Pauses now and then, so that a large body does not keep others waiting.
 * @throws AtalayaError BAD_ENCODING
 */
export function* walkLogsJson(text: string, open: () => RecordTaker): Generator<undefined, RecordTaker> {
  const taker = open();
  try {
    yield* walk(parseJson(text, false), taker);
    return taker;
  } catch (error) {
    if (!(error instanceof InexactNumber)) throw error;
  }
  // Somebody writes 64-bit numbers as numbers, which is allowed: parse again, such that they keep their digits.
  taker.appender.discard();
  const exact = open();
  yield* walk(parseJson(text, true), exact);
  return exact;
}

function* walk(root: Json, taker: RecordTaker): Generator<undefined, void> {
  let untilPause = SLICE_RECORDS;
  const request = objectField('the request', root);
  for (const name in request) if (name !== 'resourceLogs') ignoreField(name);
  for (const resourceLogs of listField('resourceLogs', request['resourceLogs'] ?? null)) {
    for (const scopeLogs of openResource(resourceLogs, taker)) {
      for (const record of openScope(scopeLogs, taker)) {
        takeRecord(record, taker);
        if (--untilPause > 0) continue;
        untilPause = SLICE_RECORDS;
        yield;
      }
    }
  }
}

/** Reads the resource; gives its scopes. */
function openResource(value: Json, { origin }: RecordTaker): readonly Json[] {
  let scopes: readonly Json[] = [];
  origin.clearResource();
  const fields = objectField('resourceLogs', value);
  for (const name in fields) {
    const field = fields[name] as Json;
    if (name === 'scopeLogs') scopes = listField(name, field);
    else if (name === 'schemaUrl') origin.resourceSchemaUrl = textField(name, field);
    else if (name === 'resource' && field !== null) {
      const resource = objectField(name, field);
      for (const inner in resource) {
        if (inner === 'attributes') addAttributes(inner, resource[inner] as Json, origin.resource);
        else if (inner !== 'droppedAttributesCount') ignoreField(inner);
      }
    } else ignoreField(name);
  }
  return scopes;
}

/** Reads the scope; gives its records. */
function openScope(value: Json, taker: RecordTaker): readonly Json[] {
  const { origin } = taker;
  let records: readonly Json[] = [];
  origin.clearScope();
  const fields = objectField('scopeLogs', value);
  for (const name in fields) {
    const field = fields[name] as Json;
    if (name === 'logRecords') records = listField(name, field);
    else if (name === 'schemaUrl') origin.scopeSchemaUrl = textField(name, field);
    else if (name === 'scope' && field !== null) readScope(field, taker);
    else ignoreField(name);
  }
  taker.beginRecords();
  return records;
}

function readScope(value: Json, { origin }: RecordTaker): void {
  const scope = objectField('scope', value);
  for (const name in scope) {
    const field = scope[name] as Json;
    if (name === 'name') origin.scopeName = textField(name, field);
    else if (name === 'version') origin.scopeVersion = textField(name, field);
    else if (name === 'attributes') addAttributes(name, field, origin.scope);
    else if (name === 'droppedAttributesCount') origin.scopeDroppedAttributes = smallNumberField(name, field);
    else ignoreField(name);
  }
}

function takeRecord(value: Json, taker: RecordTaker): void {
  const { record } = taker;
  const fields = objectField('logRecords', value);
  for (const name in fields) {
    const field = fields[name] as Json;
    switch (name) {
      case 'timeUnixNano':
        readTime(name, field, record.time);
        break;
      case 'observedTimeUnixNano':
        readTime(name, field, record.observed);
        break;
      case 'severityNumber':
        record.severityNumber = smallNumberField(name, field);
        break;
      case 'severityText':
        record.severityText = textField(name, field);
        break;
      case 'body':
        record.body = bodyText(field);
        break;
      case 'attributes':
        addAttributes(name, field, record.attributes);
        break;
      case 'droppedAttributesCount':
        record.droppedAttributes = smallNumberField(name, field);
        break;
      case 'flags':
        record.flags = smallNumberField(name, field);
        break;
      case 'traceId':
        record.traceId = idField(name, field, 32);
        break;
      case 'spanId':
        record.spanId = idField(name, field, 16);
        break;
      case 'eventName':
        record.eventName = textField(name, field);
        break;
      default:
        ignoreField(name);
    }
  }
  taker.takeRecord();
}

function readTime(field: string, value: Json, into: RecordTime): void {
  const digits = digitsField(field, value, 0n, MOST_NANOSECONDS);
  into.seconds = Number(digits.slice(0, -FRACTION));
  into.nanoseconds = Number(digits.slice(-FRACTION));
}
