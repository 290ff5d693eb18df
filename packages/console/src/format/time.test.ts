import { describe, expect, test } from 'vitest';

import { formatRecent, formatRelative, formatSpan, formatTimeTicks } from './time.ts';

const plain = (text: string) => text.replaceAll(/[\u00A0\u202F]/g, ' ');

describe('relative times', () => {
  test('take the largest unit that fits, in the reader’s language', () => {
    expect(formatRelative(-45_000, 'en')).toBe('45 seconds ago');
    expect(formatRelative(-45 * 60_000, 'es')).toBe('hace 45 minutos');
    expect(formatRelative(12 * 86_400_000, 'en')).toBe('in 12 days');
    expect(formatRelative(-200, 'en')).toBe('now');
  });
});

describe('spans', () => {
  test('have two units at most, and no empty one', () => {
    expect(plain(formatSpan(83, 'en'))).toBe('83 ms');
    expect(plain(formatSpan(140_000, 'en'))).toBe('2 min 20 s');
    expect(plain(formatSpan(3 * 86_400_000 + 4 * 3_600_000 + 9000, 'en'))).toBe('3 d 4 h');
    expect(plain(formatSpan(15 * 86_400_000, 'en'))).toBe('15 d');
  });
});

describe('moments', () => {
  const noon = new Date(2026, 10, 22, 12, 0, 0).getTime();

  test('of today are told by the clock alone, older ones with their day', () => {
    expect(formatRecent(noon - 3_600_000, noon, 'en-GB')).toBe('11:00');
    expect(formatRecent(noon - 86_400_000, noon, 'en-GB')).toContain('21 Nov');
  });

  test('on an axis show the day where a new one begins', () => {
    const ticks = [-2, -1, 0, 1].map((hours) => new Date(2026, 10, 22, hours, 0, 0).getTime() / 1000);
    expect(formatTimeTicks(ticks, 'en-GB')).toEqual(['22:00', '23:00', '22 Nov', '01:00']);
  });
});
