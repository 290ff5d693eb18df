import { expect, test } from 'vitest';
import { negotiateExposition } from './negotiate-exposition.ts';

const TEXT = 'text/plain; version=0.0.4; charset=utf-8';

test.each([
  ['', TEXT],
  ['*/*', TEXT],
  ['application/json', TEXT],
  [
    'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
    'application/openmetrics-text; version=1.0.0; charset=utf-8',
  ],
  ['application/openmetrics-text, text/plain', TEXT],
  ['application/openmetrics-text;version=9.9.9;q=1, text/plain;q=0.2', TEXT],
  ['text/plain;version=1.0.0;escaping=allow-utf-8;q=0.5,*/*;q=0.1', `${TEXT}; escaping=allow-utf-8`],
])('%s is answered with %s', (accept, contentType) => {
  expect(negotiateExposition(accept).contentType).toBe(contentType);
});
