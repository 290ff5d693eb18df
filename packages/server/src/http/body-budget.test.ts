import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { BodyBudget, receiveBody } from './body-budget.ts';

const responseOf = (): ServerResponse => new EventEmitter() as ServerResponse;

/** A request whose body is what is written to it. */
function requestOf(headers: Record<string, string> = {}): PassThrough & IncomingMessage {
  return Object.assign(new PassThrough(), { headers }) as unknown as PassThrough & IncomingMessage;
}

test('bytes beyond the limit are refused until others have given theirs back', () => {
  const budget = new BodyBudget(100);
  const [first, second] = [responseOf(), responseOf()];
  budget.open(first)(60);
  const take = budget.open(second);
  take(40);
  expect(() => take(1)).toThrow(expect.objectContaining({ code: 'INGEST_BUSY', status: 503, retryAfterSeconds: 1 }));
  first.emit('close');
  take(1);
  expect(budget.used).toBe(41);
  second.emit('close');
  expect(budget.used).toBe(0);
});

test('a request that is alone gets what it needs', () => {
  const budget = new BodyBudget(10);
  const take = budget.open(responseOf());
  take(8);
  take(8);
  expect(budget.used).toBe(16);
  expect(() => budget.open(responseOf())(1)).toThrow(/under way/);
});

test('a body counts as far as it has arrived, whatever its length was said to be', async () => {
  const budget = new BodyBudget(100);
  const slow = requestOf({ 'content-length': '90' });
  const receiving = receiveBody(slow, 1000, budget.open(responseOf()));
  slow.write('abc');
  await new Promise(setImmediate);
  expect(budget.used).toBe(3);
  const other = requestOf();
  other.end('x'.repeat(97));
  expect((await receiveBody(other, 1000, budget.open(responseOf()))).length).toBe(97);
  slow.write('d');
  await expect(receiving).rejects.toMatchObject({ code: 'INGEST_BUSY' });
  // What else comes is thrown away, so that the sender gets to read the answer.
  slow.end('x'.repeat(1 << 20));
  await new Promise((resolve) => slow.once('end', resolve));
  expect(budget.used).toBe(100);
});

test('a body that is too long is refused by what it says, or as soon as it is', async () => {
  const budget = new BodyBudget(100);
  const said = requestOf({ 'content-length': '11' });
  await expect(receiveBody(said, 10, budget.open(responseOf()))).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' });
  const unsaid = requestOf();
  unsaid.write('x'.repeat(11));
  await expect(receiveBody(unsaid, 10, budget.open(responseOf()))).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' });
  expect(budget.used).toBe(0);
});

test('a body whose connection breaks is refused', async () => {
  const request = requestOf();
  const receiving = receiveBody(request, 10, new BodyBudget(100).open(responseOf()));
  request.destroy(new Error('aborted'));
  await expect(receiving).rejects.toMatchObject({ code: 'BAD_REQUEST' });
});
