/** Messages of RFC 5424: `<PRI>1 TIME HOST APP PROCID MSGID [id name="value"] text`. */

import { readPriority, type SyslogMessage } from './syslog-message.ts';

const TIME = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

/** Reads a message; undefined when it is none of this form. */
export function parseRfc5424(text: string): SyslogMessage | undefined {
  const priority = readPriority(text);
  if (priority === undefined) return undefined;
  const { facility, severity, length } = priority;
  const header = /^1 (\S+) (\S+) (\S+) (\S+) (\S+) ?/.exec(text.slice(length));
  if (header === null) return undefined;
  const [whole, time, hostname, appName, procId, msgId] = header as unknown as [string, ...string[]];
  const rest = text.slice(length + whole.length);
  const structured = readData(rest);
  if (structured === undefined) return undefined;
  return {
    facility,
    severity,
    timestamp: time === '-' ? undefined : readTime(time as string),
    zoned: true,
    hostname: given(hostname),
    appName: given(appName),
    procId: given(procId),
    msgId: given(msgId),
    data: structured.data,
    // A byte order mark may precede the text: it says that the text is UTF-8. And rsyslog sends the blank along that it found behind a tag.
    text: rest
      .slice(structured.length)
      .replace(/^ \uFEFF?/, '')
      .replace(/^ /, ''),
  };
}

/** A field that is not there is a dash. */
function given(field: string | undefined): string {
  return field === undefined || field === '-' ? '' : field;
}

/** Nanoseconds since the epoch of an RFC 3339 time; undefined when it is none. */
export function readTime(text: string): bigint | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const milliseconds = Date.parse(`${match[1]}T${match[2]}${match[4]}`);
  return Number.isNaN(milliseconds) ? undefined : BigInt(milliseconds) * 1_000_000n + BigInt((match[3] ?? '').padEnd(9, '0'));
}

type Data = [id: string, name: string, value: string][];

/** Elements in brackets, or a dash. */
function readData(text: string): { readonly data: Data; readonly length: number } | undefined {
  const data: Data = [];
  if (text.startsWith('-')) return { data, length: 1 };
  if (text === '') return { data, length: 0 };
  let at = 0;
  while (text[at] === '[') {
    const id = /^[^\s=\]"]+/.exec(text.slice(at + 1))?.[0];
    if (id === undefined) return undefined;
    at += 1 + id.length;
    for (;;) {
      const parameter = /^ +([^\s=\]"]+)="((?:[^"\\\]]|\\[^])*)"/.exec(text.slice(at));
      if (parameter === null) break;
      data.push([id, parameter[1] as string, (parameter[2] as string).replaceAll(/\\(["\\\]])/g, '$1')]);
      at += parameter[0].length;
    }
    if (text[at] !== ']') return undefined;
    at++;
  }
  return at === 0 ? undefined : { data, length: at };
}
