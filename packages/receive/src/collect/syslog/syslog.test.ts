import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SyslogFraming } from './framing.ts';
import { parseRfc3164 } from './rfc3164.ts';
import { parseRfc5424 } from './rfc5424.ts';

const NOW = new Date(2026, 10, 22, 12, 0, 0).getTime();
const ns = (time: string | number): bigint => BigInt(typeof time === 'number' ? time : Date.parse(time)) * 1_000_000n;

describe('messages of RFC 5424', () => {
  it('have all their parts', () => {
    const text =
      '<165>1 2026-10-11T22:14:15.003456789+02:00 web-1 shop 8710 ID47 [origin@32473 ip="10.0.0.1" note="a \\"b\\" \\] \\\\ c"][x y=""] \uFEFFPaid 3 €';
    expect(parseRfc5424(text)).toEqual({
      facility: 20,
      severity: 5,
      timestamp: ns('2026-10-11T20:14:15Z') + 3_456_789n,
      zoned: true,
      hostname: 'web-1',
      appName: 'shop',
      procId: '8710',
      msgId: 'ID47',
      data: [
        ['origin@32473', 'ip', '10.0.0.1'],
        ['origin@32473', 'note', 'a "b" ] \\ c'],
        ['x', 'y', ''],
      ],
      text: 'Paid 3 €',
    });
  });

  it.each([
    ['<34>1 - - - - - -', ''],
    ['<34>1 - - - - - - text', 'text'],
    ['<34>1 - - - - - [a] [not data]', '[not data]'],
    ['<34>1 2026-10-11T22:14:15Z h a p m - with\nline feed', 'with\nline feed'],
  ])('may have nothing but a priority: %j', (text, wanted) => {
    expect(parseRfc5424(text)).toMatchObject({ facility: 4, severity: 2, text: wanted });
  });

  it.each([
    '',
    'text',
    '<34>text',
    '<34>1 - - -',
    '<192>1 - - - - - -',
    '<34>2 - - - - - - x',
    '<34>1 - - - - - [a b="c"',
    '<34>1 - - - - - [',
  ])('are not taken for such: %j', (text) => {
    expect(parseRfc5424(text)).toBeUndefined();
  });
});

describe('messages as BSD sends them', () => {
  it.each([
    [
      '<34>Oct 11 22:14:15 mymachine su: failed',
      { hostname: 'mymachine', appName: 'su', procId: '', text: 'failed', timestamp: ns(new Date(2026, 9, 11, 22, 14, 15).getTime()) },
    ],
    ['<34>Oct  1 02:04:05 h sshd[123]: ok: yes', { hostname: 'h', appName: 'sshd', procId: '123', text: 'ok: yes' }],
    ['<34>Oct 11 22:14:15 2001:db8::1 app: x', { hostname: '2001:db8::1', appName: 'app', text: 'x' }],
    ['<34>Oct 11 22:14:15 app[7]: no host', { hostname: '', appName: 'app', procId: '7', text: 'no host' }],
    [
      '<34>Oct 11 2025 22:14:15: %SYS-5-CONFIG: y',
      { timestamp: ns(new Date(2025, 9, 11, 22, 14, 15).getTime()), appName: '%SYS-5-CONFIG', text: 'y' },
    ],
    [
      '<34>2026-10-11T22:14:15.5Z h app: iso',
      { hostname: 'h', appName: 'app', text: 'iso', zoned: true, timestamp: ns('2026-10-11T22:14:15Z') + 500_000_000n },
    ],
    ['<34>Dec 31 23:59:59 h a: last year', { timestamp: ns(new Date(2025, 11, 31, 23, 59, 59).getTime()), zoned: false }],
    ['<34>Nov 22 13:00:00 h a: ahead', { timestamp: ns(new Date(2026, 10, 22, 13, 0, 0).getTime()) }],
    ['<13>just text', { hostname: '', appName: '', text: 'just text', timestamp: undefined }],
    ['no priority', { facility: 1, severity: 5, text: 'no priority' }],
    ['<999>odd', { facility: 1, severity: 5, text: '<999>odd' }],
    ['<34>Foo 11 22:14:15 h a: b', { timestamp: undefined }],
  ])('%s', (text, wanted) => {
    expect(parseRfc3164(text, NOW)).toMatchObject(wanted);
  });

  it('read in January as of December, and the other way round, when that is closer', () => {
    const january = new Date(2027, 0, 1, 0, 0, 5).getTime();
    expect(parseRfc3164('<1>Dec 31 23:59:58 h a: x', january).timestamp).toBe(ns(new Date(2026, 11, 31, 23, 59, 58).getTime()));
    const december = new Date(2026, 11, 31, 23, 59, 58).getTime();
    expect(parseRfc3164('<1>Jan  1 00:00:02 h a: x', december).timestamp).toBe(ns(new Date(2027, 0, 1, 0, 0, 2).getTime()));
  });

  it('never fail, whatever they are', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseRfc3164(text, NOW).text.length).toBeLessThanOrEqual(text.length);
        expect(parseRfc5424(text)?.text.length ?? 0).toBeLessThanOrEqual(text.length);
      }),
    );
  });
});

/** Frames bytes that arrive in these pieces. */
function framed(pieces: readonly Buffer[], maxBytes = 1000): { messages: string[]; cut: number } {
  const framing = new SyslogFraming(maxBytes);
  const messages: string[] = [];
  for (const piece of pieces) framing.push(piece, (message) => messages.push(message.toString()));
  framing.end((message) => messages.push(message.toString()));
  return { messages, cut: framing.cut };
}

describe('a stream of messages', () => {
  it('may count octets or end lines, in any pieces', () => {
    const message = fc.stringMatching(/^<\d{1,3}>[ -~]{0,80}$/).map((text) => text.trimEnd());
    fc.assert(
      fc.property(fc.array(fc.tuple(message, fc.boolean()), { maxLength: 8 }), fc.array(fc.nat(30)), (messages, cuts) => {
        const bytes = Buffer.from(messages.map(([text, counted]) => (counted ? `${text.length} ${text}` : `${text}\n`)).join(''));
        const pieces: Buffer[] = [];
        let at = 0;
        for (const cut of cuts) pieces.push(bytes.subarray(at, (at += cut)));
        pieces.push(bytes.subarray(at));
        expect(framed(pieces).messages).toEqual(messages.map(([text]) => text));
      }),
    );
  });

  it('may have line feeds in counted messages, and no end at its end', () => {
    expect(framed([Buffer.from('6 <1>a\nb\n<1>one\r\n<1>two\0\n\n<1>three')]).messages).toEqual([
      '<1>a\nb',
      '<1>one',
      '<1>two',
      '<1>three',
    ]);
  });

  it.each([true, false])('has messages cut that are too long (counted: %s)', (counted) => {
    const long = `<1>${'x'.repeat(5000)}`;
    const bytes = Buffer.from(counted ? `${long.length} ${long}6 <1>abc` : `${long}\n<1>abc\n`);
    const pieces = Array.from({ length: Math.ceil(bytes.length / 700) }, (_, i) => bytes.subarray(i * 700, (i + 1) * 700));
    expect(framed(pieces)).toEqual({ messages: [long.slice(0, 1000), '<1>abc'], cut: 1 });
  });
});
