import { expect, it } from 'vitest';
import { parseStreamRetention } from './stream-retention.ts';

const DAY = 86_400_000;

it('reads rules in order, with separators and braces inside values', () => {
  expect(parseStreamRetention('{job="debug"}=2d; {app=~"a,b|};", env!=`x"}`} = 0,{a="\\"}"}=1w')).toEqual([
    { matchers: [{ name: 'job', operator: '=', value: 'debug' }], ageMs: 2 * DAY },
    {
      matchers: [
        { name: 'app', operator: '=~', value: 'a,b|};' },
        { name: 'env', operator: '!=', value: 'x"}' },
      ],
      ageMs: 0,
    },
    { matchers: [{ name: 'a', operator: '=', value: '"}' }], ageMs: 7 * DAY },
  ]);
  expect(parseStreamRetention('')).toEqual([]);
});

it.each(['{job="a"}', 'job=2d', '{job="a"}=soon', '{job="a"}=2d x', '{job=~"("}=2d', '{}=2d', '{job="a"=2d'])('refuses %j', (text) => {
  expect(parseStreamRetention(text)).toBeUndefined();
});
