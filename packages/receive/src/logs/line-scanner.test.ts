import * as fc from 'fast-check';
import { LOG_LEVELS } from '@atalaya/journal';
import { describe, expect, it } from 'vitest';
import { LineScanner } from './line-scanner.ts';

const scanner = new LineScanner();

function scan(line: string): { level: string | undefined; traceId: string; spanId: string } {
  // Not at the start of its memory, as in a column.
  const bytes = Buffer.from(`zz${line}zz`);
  scanner.scan(bytes, 2, bytes.length - 2);
  return { level: LOG_LEVELS[scanner.level], traceId: scanner.traceId, spanId: scanner.spanId };
}

const ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('levels in lines', () => {
  it.each([
    ['level=info msg="an error occurred"', 'info'],
    ['level=constructor msg=x', 'unknown'],
    ['level=valueOf msg=x', 'unknown'],
    ['ts=2024-01-01T00:00:00Z lvl=WRN msg=x', 'warn'],
    ['{"msg":"error reading","level":"debug"}', 'debug'],
    ['{"severity": "ERROR", "message": "x"}', 'error'],
    ['{"level":30,"time":1700000000000,"msg":"hello"}', 'info'],
    ['{"level":50,"msg":"hello"}', 'error'],
    ['{"log.level":"warn","message":"x"}', 'warn'],
    ['"{\\"level\\":\\"error\\"}"', 'error'],
    ['2024-01-01 12:00:00 [WARN] disk almost full', 'warn'],
    ['2024-01-01 12:00:00,123 - root - CRITICAL - it burns', 'critical'],
    ['[error] 1234#0: *1 connect() failed', 'error'],
    ['2024-01-01 12:00:00.000 UTC [123] LOG:  duration: 12 ms', 'info'],
    ['2024-01-01 12:00:00.000 UTC [123] FATAL:  no pg_hba.conf entry', 'fatal'],
    ['panic: runtime error: index out of range', 'fatal'],
    ['E0102 15:04:05.000000       1 controller.go:114] sync failed', 'error'],
    ['W1231 23:59:59.000000       1 x.go:1] y', 'warn'],
    ['npm warn deprecated x@1', 'warn'],
    ['connection error, will retry', 'error'],
    ['DEBUG checking', 'debug'],
    ['<info> NetworkManager is running', 'info'],
    ['Jan  1 00:00:00 host app[1]: info: started', 'info'],
    ['level=banana', 'unknown'],
    ['127.0.0.1 - - [01/Jan/2024:00:00:00 +0000] "GET /info HTTP/1.1" 200 12', 'unknown'],
    ['GET /api/error/list 200', 'unknown'],
    ['everything is fine', 'unknown'],
    ['err=nil done', 'unknown'],
    ['errors: 0, warnings: 0', 'unknown'],
    ['more info on this in the manual', 'unknown'],
    ['', 'unknown'],
    ['x', 'unknown'],
  ])('%s: %s', (line, level) => {
    expect(scan(line).level).toBe(level);
  });
});

describe('traces in lines', () => {
  it.each([
    [`trace_id=${ID} span_id=${SPAN} msg=x`, ID, SPAN],
    [`{"traceId":"${ID}","spanId":"${SPAN}"}`, ID, SPAN],
    [`{"trace.id": "${ID.toUpperCase()}"}`, ID, ''],
    [`[app,traceID=${SPAN}] x`, `${'0'.repeat(16)}${SPAN}`, ''],
    [`otelTraceID=${ID} otelSpanID=${SPAN}`, ID, SPAN],
    [`traceparent: 00-${ID}-${SPAN}-01`, ID, SPAN],
    [`traceparent=00-${'0'.repeat(32)}-${SPAN}-01`, '', ''],
    [`trace_id=${'0'.repeat(32)}`, '', ''],
    ['trace_id=abc', '', ''],
    [`request ${ID} done`, '', ''],
    ['trace_id', '', ''],
    ['trace_id=', '', ''],
  ])('%s', (line, traceId, spanId) => {
    expect(scan(line)).toMatchObject({ traceId, spanId });
  });
});

it('never fails, whatever the bytes', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200 }),
      fc.constantFrom('level=', '"severity":"', 'trace_id: ', 'E0102 ', '00-'),
      (bytes, prefix) => {
        const line = Buffer.concat([Buffer.from(prefix), bytes]);
        scanner.scan(line, 0, line.length);
        expect(scanner.level).toBeLessThan(LOG_LEVELS.length);
        expect(scanner.traceId).toMatch(/^(?:[0-9a-f]{32})?$/);
      },
    ),
    { seed: 9, numRuns: 500 },
  );
});
