/** ExportLogsServiceRequest as OTLP's JSON: lowerCamelCase names, ids in hexadecimal digits, enumerations as numbers. */

import { addAttributes, bodyText } from '../any-value-json.ts';
import { uint64Field, ignoreField, idField, objectField, smallNumberField, textField } from '../json-fields.ts';
import type { Json } from '../json-text.ts';
import { walkJson } from '../walk-json.ts';
import type { RecordTime } from './log-record.ts';
import type { RecordTaker } from './take-records.ts';

const NAMES = { resources: 'resourceLogs', scopes: 'scopeLogs', records: 'logRecords' };
/** Digits of nanoseconds within a second. */
const FRACTION = 9;

/** Hands every record to the taker that `open` makes; gives the taker. @throws AtalayaError BAD_ENCODING */
export const walkLogsJson = (text: string, open: () => RecordTaker): Generator<undefined, RecordTaker> =>
  walkJson(text, NAMES, open, takeRecord);

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
  const digits = uint64Field(field, value);
  into.seconds = Number(digits.slice(0, -FRACTION));
  into.nanoseconds = Number(digits.slice(-FRACTION));
}
