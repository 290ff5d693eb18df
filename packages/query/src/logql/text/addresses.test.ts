import { describe, expect, test } from 'vitest';
import { compileAddressSearch } from './addresses.ts';

const holds = (pattern: string, text: string): boolean => compileAddressSearch(pattern).holds(text);

describe('one address', () => {
  test.each([
    ['192.168.0.1', 'from 192.168.0.1 to'],
    ['192.168.0.1', '192.168.0.1:8080'],
    ['192.168.0.1', '[192.168.0.1]'],
    ['192.168.0.1', 'x192.168.0.1'],
    ['::1', 'at ::1'],
    ['2001:db8::8a2e:370:7334', 'to 2001:0db8:0000:0000:0000:8a2e:0370:7334.'.replace('.', ' ')],
    ['::ffff:1.2.3.4', 'mapped ::ffff:102:304 '],
    ['::', 'any :: or ::0'],
  ])('%s is in %j', (pattern, text) => {
    expect(holds(pattern, text)).toBe(true);
  });

  test.each([
    ['192.168.0.1', '192.168.0.10'],
    ['192.168.0.1', '192.168.0.1.5'],
    ['192.168.0.1', '192.168.00.1'],
    ['1.2.3.4', '::ffff:1.2.3.4'],
    ['::1', '1::'],
    ['1.1.1.1', ''],
    ['1.1.1.1', '1.1.1'],
  ])('%s is not in %j', (pattern, text) => {
    expect(holds(pattern, text)).toBe(false);
  });
});

test('networks and ranges hold their borders and what lies between', () => {
  for (const pattern of ['10.1.0.0/16', '10.1.77.1/16', '10.1.0.0-10.1.255.255']) {
    for (const text of ['10.1.0.0', '10.1.255.255', 'a 10.1.2.3 b']) expect(holds(pattern, text)).toBe(true);
    for (const text of ['10.0.255.255', '10.2.0.0', '::ffff:10.1.0.1']) expect(holds(pattern, text)).toBe(false);
  }
  expect(holds('2001:db8::/32', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff')).toBe(true);
  expect(holds('2001:db8::/32', '2001:db9::')).toBe(false);
  expect(holds('0.0.0.0/0', '255.255.255.255')).toBe(true);
  expect(holds('2001:db8::1-2001:db8::8', 'remote=2001:db8::5')).toBe(true);
});

test.each([
  '',
  'x',
  '1.2.3',
  '1.2.3.256',
  '1.2.3.4/33',
  '1.2.3.4/024',
  '::/129',
  '1.2.3.4-',
  '1.2.3.9-1.2.3.4',
  '1.2.3.4-::1',
  '1:2:3:4:5:6:7',
  '1::2::3',
  ':::',
])('%j is no set of addresses', (pattern) => {
  expect(() => compileAddressSearch(pattern)).toThrow(`ip: invalid pattern: ${JSON.stringify(pattern)}`);
});
