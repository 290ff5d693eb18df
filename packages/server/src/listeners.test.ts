import type { Logger } from '@atalaya/model';
import { expect, test } from 'vitest';
import { type ListenerOptions, openListener } from './listeners.ts';

function options(overrides: Partial<ListenerOptions>): { given: ListenerOptions; logged: string[] } {
  const logged: string[] = [];
  const note = (details: object, message: string): void => void logged.push(`${message} ${JSON.stringify(details)}`);
  const log: Logger = { debug: note, info: note, warn: note, error: note };
  const listen: ListenerOptions['listen'] = async (host, port) => ({ address: { host, port: port + 1 }, stop: async () => undefined });
  return { given: { name: 'A thing', setting: 'thing.listen', text: '127.0.0.1:0', insecure: false, log, listen, ...overrides }, logged };
}

test('the address is the one that was bound', async () => {
  const { state } = await openListener(options({ text: '[::1]:0' }).given);
  expect(state).toEqual({ name: 'A thing', setting: 'thing.listen', address: '[::1]:1', up: true, message: 'listens' });
});

test('off is no listener', async () => {
  const listener = await openListener(options({ text: 'off' }).given);
  expect(listener.state).toBeUndefined();
  await listener.stop();
});

test('a taken address is told in the log and the state', async () => {
  const taken = Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE' });
  const { given, logged } = options({ listen: () => Promise.reject(taken) });
  const listener = await openListener(given);
  expect(listener.state).toMatchObject({
    up: false,
    address: '127.0.0.1:0',
    message: 'another program listens there already; see thing.listen',
  });
  expect(logged.join()).toMatch(/A thing does not listen.*another program listens there already.*thing\.listen/);
  await listener.stop();
});

test.each([
  ['nonsense', /thing\.listen: "nonsense" is not an address/],
  ['0.0.0.0:4317', /thing\.listen: 0\.0\.0\.0:4317 can be reached from other machines/],
])('%s is refused', async (text, message) => {
  await expect(openListener(options({ text }).given)).rejects.toThrow(message);
});

test('with --insecure other machines may reach it', async () => {
  const { state } = await openListener(options({ text: ':4317', insecure: true }).given);
  expect(state).toMatchObject({ up: true, address: '0.0.0.0:4318' });
});
