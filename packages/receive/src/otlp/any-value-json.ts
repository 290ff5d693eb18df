/** AnyValue and KeyValue of OTLP's JSON, turned into text. */

import { Buffer } from 'node:buffer';
import { ATTRIBUTE_TYPE } from '@atalaya/model';
import type { AttributeSink } from '../columns/attribute-sink.ts';
import { isFlattened, joinName } from './flat-attributes.ts';
import {
  badField,
  beyondInt64,
  booleanField,
  int64Field,
  doubleField,
  ignoreField,
  type JsonObject,
  listField,
  objectField,
  textField,
} from './json-fields.ts';
import type { Json } from './json-text.ts';
import { checkDepth, doubleJson, doubleText } from './value-text.ts';

const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

/** Adds a list of KeyValues. @throws AtalayaError BAD_ENCODING */
export function addAttributes(field: string, value: Json, into: AttributeSink, prefix = '', depth = 1): void {
  checkDepth(depth);
  for (const element of listField(field, value)) {
    const { key, value: inner } = entry(element);
    const name = joinName(prefix, key);
    const map = inner === null ? undefined : inner['kvlistValue'];
    if (map !== undefined && map !== null && into.flattens && isFlattened(name)) {
      checkKind(inner as JsonObject);
      addAttributes('values', mapEntries(map), into, name, depth + 1);
    } else into.add(name, valueText(inner, depth), typeOf(inner));
  }
}

/** The text of a body. @throws AtalayaError BAD_ENCODING */
export function bodyText(value: Json): string {
  return value === null ? '' : valueText(objectField('body', value), 1);
}

function entry(element: Json): { key: string; value: JsonObject | null } {
  let key = '';
  let value: JsonObject | null = null;
  const fields = objectField('an attribute', element);
  for (const name in fields) {
    const field = fields[name] as Json;
    if (name === 'key') key = textField('key', field);
    else if (name === 'value') value = field === null ? null : objectField('value', field);
    else ignoreField(name);
  }
  return { key, value };
}

function mapEntries(map: Json): Json {
  return objectField('kvlistValue', map)['values'] ?? null;
}

function valueText(value: JsonObject | null, depth: number): string {
  const kind = value === null ? undefined : checkKind(value);
  if (kind === undefined) return '';
  const given = givenOf(value as JsonObject, kind);
  if (kind === 'stringValue') return textField(kind, given);
  if (kind === 'bytesValue') return base64(given);
  if (kind === 'doubleValue' || kind === 'hugeValue') return doubleText(doubleField(kind, given));
  return valueJson(value, depth);
}

function valueJson(value: JsonObject | null, depth: number): string {
  checkDepth(depth);
  const kind = value === null ? undefined : checkKind(value);
  if (kind === undefined) return 'null';
  const given = givenOf(value as JsonObject, kind);
  switch (kind) {
    case 'stringValue':
      return JSON.stringify(textField(kind, given));
    case 'bytesValue':
      return `"${base64(given)}"`;
    case 'doubleValue':
    case 'hugeValue':
      return doubleJson(doubleField(kind, given));
    case 'boolValue':
      return String(booleanField(kind, given));
    case 'intValue':
      return int64Field(kind, given);
    case 'arrayValue': {
      const elements = listField('values', objectField(kind, given)['values'] ?? null);
      return `[${elements.map((element) => valueJson(element === null ? null : objectField('a value', element), depth + 1)).join(',')}]`;
    }
    case 'kvlistValue': {
      const entries = listField('values', mapEntries(given)).map(entry);
      return `{${entries.map(({ key, value: inner }) => `${JSON.stringify(key)}:${valueJson(inner, depth + 1)}`).join(',')}}`;
    }
  }
}

const TYPES = {
  stringValue: ATTRIBUTE_TYPE.string,
  boolValue: ATTRIBUTE_TYPE.bool,
  intValue: ATTRIBUTE_TYPE.int,
  doubleValue: ATTRIBUTE_TYPE.double,
  arrayValue: ATTRIBUTE_TYPE.array,
  kvlistValue: ATTRIBUTE_TYPE.map,
  bytesValue: ATTRIBUTE_TYPE.bytes,
  /** An `intValue` that no int64 holds: JavaScript's SDK writes every number without a fraction as one. */
  hugeValue: ATTRIBUTE_TYPE.double,
} as const;
type Kind = keyof typeof TYPES;

/** The type of a value; the character of ATTRIBUTE_TYPE. */
function typeOf(value: JsonObject | null): number {
  const kind = value === null ? undefined : checkKind(value);
  return kind === undefined ? ATTRIBUTE_TYPE.empty : TYPES[kind];
}

/** The kind that is set, the last one should there be several; undefined where none is. */
function checkKind(value: JsonObject): Kind | undefined {
  let kind: Kind | undefined;
  for (const name in value) {
    switch (name) {
      case 'stringValue':
      case 'boolValue':
      case 'intValue':
      case 'doubleValue':
      case 'arrayValue':
      case 'kvlistValue':
      case 'bytesValue':
        if (value[name] !== null) kind = name;
        break;
      default:
        ignoreField(name);
    }
  }
  return kind === 'intValue' && beyondInt64(value[kind] as Json) ? 'hugeValue' : kind;
}

const givenOf = (value: JsonObject, kind: Kind): Json => value[kind === 'hugeValue' ? 'intValue' : kind] as Json;

function base64(value: Json): string {
  const text = textField('bytesValue', value);
  return BASE64.test(text) ? Buffer.from(text, 'base64').toString('base64') : badField('bytesValue', 'base64', value);
}
