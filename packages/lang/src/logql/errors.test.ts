import { expect, test } from 'vitest';
import { LogqlError } from './error.ts';
import { parseLogql } from './parser.ts';

function fault(text: string): LogqlError {
  try {
    parseLogql(text);
  } catch (error) {
    if (error instanceof LogqlError) return error;
    throw error;
  }
  throw new Error(`${text} was taken`);
}

test.each([
  ['', 'parse error at line 1, col 1: syntax error: unexpected $end'],
  ['{a="b"', 'parse error at line 1, col 7: syntax error: unexpected $end, expecting } or ,'],
  ['{a="b"}\n| json |', 'parse error at line 2, col 9: syntax error: unexpected $end'],
  ['unk({a="b"}[5m])', 'parse error at line 1, col 1: syntax error: unexpected IDENTIFIER'],
  ['count without (rate({a="b"}[1s]))', 'parse error at line 1, col 16: syntax error: unexpected RATE, expecting IDENTIFIER or )'],
  ['quantile_over_time(x, {a="b"}[1s])', 'parse error at line 1, col 20: syntax error: unexpected IDENTIFIER, expecting NUMBER or { or ('],
  [
    'quantile_over_time(-0.1, {a="b"} | unwrap x [1s])',
    'parse error at line 1, col 20: syntax error: unexpected -, expecting NUMBER or { or (',
  ],
  ['{a="b"} | addr > ip("1.2.3.4")', 'parse error at line 1, col 18: syntax error: unexpected ip'],
  ['{a="b"} |= "c', 'parse error at line 1, col 12: syntax error: literal not terminated'],
  ['rate({a="b"}[5m]) offset 1m', 'parse error at line 1, col 19: syntax error: unexpected offset'],
  ['{a="b"} | unwrap x', 'parse error at line 1, col 9: syntax error: unexpected |'],
])('grammar: %s', (text, message) => {
  expect(fault(text).message).toBe(message);
});

test.each([
  ['{a=~".*"}', /queries require at least one regexp or equality matcher that does not have an empty-compatible value/],
  ['{}', /queries require at least one/],
  ['sum_over_time({a="b"}[1m])', /^parse error: invalid aggregation sum_over_time without unwrap$/],
  ['count_over_time({a="b"} | unwrap x [1m])', /invalid aggregation count_over_time with unwrap/],
  ['rate({a="b"}[1m]) by (c)', /grouping not allowed for rate aggregation/],
  ['sum_over_time(5, {a="b"} | unwrap x [1m])', /parameter 5 not supported for operation sum_over_time/],
  ['quantile_over_time({a="b"} | unwrap x [1m])', /parameter required for operation quantile_over_time/],
  ['topk(rate({a="b"}[1m]))', /parameter required for operation topk/],
  ['topk(1.5, rate({a="b"}[1m]))', /invalid parameter topk\(1\.5,/],
  ['sort(rate({a="b"}[1m])) by (c)', /sort and sort_desc doesn't allow grouping by/],
  ['rate({a="b"}[1m]) + {a="b"} |= "c"', /unexpected type for right leg of binary operation \(\+\): \*syntax\.PipelineExpr/],
  ['vector(1) or 2', /unexpected literal for right leg of logical\/set binary operation \(or\): 2\.000000/],
  ['{a="b"} | n > 0x10', /strconv\.ParseFloat: parsing "0x10": invalid syntax/],
  ['label_replace(rate({a="b"}[1m]), "c", "$1", "d", "(")', /^parse error: invalid regex in label_replace: /],
  [`${'('.repeat(501)}1${')'.repeat(501)}`, /^parse error: more than 500 parentheses inside of each other$/],
  [`1${' + 1'.repeat(2001)}`, /^parse error: more than 2000 operators$/],
  [`{a="b"} | ${'c="d" '.repeat(2001)}`, /^parse error: more than 2000 operators$/],
  ['{a=~"("}', /invalid regular expression/],
])('meaning: %s', (text, message) => {
  expect(fault(text).message).toMatch(message);
});

test.each([
  ['|~ "("', /invalid regular expression/],
  ['!~ ip("1.2.3.4")', /ip: invalid operation/],
  ['|> "<name>"', /named captures are not allowed/],
  ['| pattern "<a><b>"', /consecutive capture/],
  ['| pattern "<a> <a>"', /duplicate capture name \(a\)/],
  ['| pattern "none"', /at least one capture is required/],
  ['| regexp "(.*)"', /at least one named capture/],
  ['| regexp "(?P<a>.)(?P<a>.)"', /duplicate/i],
  ['| label_format __error__="x"', /__error__ cannot be formatted/],
  ['| json x="a..b"', /cannot parse expression \[a\.\.b\]/],
  ['| json x="a b"', /cannot parse expression/],
  ['| logfmt x="a b"', /cannot parse expression \[a b\]/],
  ['| line_format "{{"', /template: line:1: unclosed action/],
  ['| label_format x="{{nope}}"', /template: label:1: function "nope" not defined/],
  ['| label_format a=b, a=c', /multiple label name 'a' not allowed in a single format operation/],
])('stages that cannot be built: %s', (stage, message) => {
  const text = `{a="b"} ${stage}`;
  const error = fault(text);
  expect(error.message).toMatch(message);
  expect(error.start).toBeGreaterThan(7);
  expect(error.end).toBe(text.length);
});
