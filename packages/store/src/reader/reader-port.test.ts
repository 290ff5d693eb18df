import { expect, test } from 'vitest';
import { directPorts } from './reader-port.ts';

test('messages arrive at once and in order, also those that were posted before anybody listened', () => {
  const [one, two] = directPorts();
  const heard: unknown[] = [];
  one.postMessage('early');
  two.on('message', (message) => heard.push(message));
  one.postMessage('late');
  expect(heard).toEqual(['early', 'late']);
});

test('closing one end closes the other, once', () => {
  const [one, two] = directPorts();
  let closed = 0;
  one.on('close', () => closed++);
  two.on('close', () => closed++);
  two.close();
  one.close();
  two.postMessage('into the void');
  expect(closed).toBe(2);
});
