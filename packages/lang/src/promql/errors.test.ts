import { expect, test } from 'vitest';
import { PromqlError } from './error.ts';
import { parsePromql, parseSelector } from './parse.ts';

test.each([
  ['', 'unknown position: parse error: no expression found in input'],
  ['foo bar', '1:5: parse error: unexpected identifier "bar"'],
  ['foo(x)', '1:1: parse error: unknown function with name "foo"'],
  ['1 +', '1:4: parse error: unexpected end of input'],
  ['a +\n  * b', '2:3: parse error: unexpected <op:*>'],
  ['sum(a', '1:6: parse error: unclosed left parenthesis'],
  ['sum a)', "1:7: parse error: unexpected right parenthesis ')'"],
  ['rate(foo[5m)', '1:12: parse error: unexpected ")" in subquery or range, expected ":" or "]"'],
  ['rate(foo[5m', '1:12: parse error: unclosed left parenthesis'],
  ['foo[]', '1:5: parse error: unexpected "]" in subquery or range selector, expected number, duration, step(), or range()'],
  ['foo[5m:5m:5m]', "1:10: parse error: unexpected colon ':'"],
  ['{a}', '1:3: parse error: unexpected "}" in label matching, expected label matching operator'],
  ['{a="b" c="d"}', '1:8: parse error: unexpected identifier "c" in label matching, expected "," or "}"'],
  ['sum without up', '1:13: parse error: unexpected identifier "up" in grouping opts, expected "("'],
  ['up offset -', '1:12: parse error: unexpected end of input in offset, expected number, duration, step(), or range()'],
  ['a=b', '1:2: parse error: unexpected "="'],
  ['up{a=~"("}', '1:4: parse error: error parsing regexp: missing closing ): `^(?s:()$`'],
  ['"\\q"', "1:1: parse error: unknown escape sequence U+0071 'q'"],
  ['5m5m', '1:1: parse error: not a valid duration string: "5m5m"'],
  ['0x', '1:1: parse error: error parsing number: strconv.ParseFloat: parsing "0x": invalid syntax'],
  ['up @ start', '1:11: parse error: unexpected end of input in @, expected timestamp'],
  ['up @ Inf', '1:1: parse error: timestamp out of bounds for @ modifier: +Inf'],
  ['a{b=}', '1:5: parse error: unexpected "}" in label matching, expected string'],
  ['a{b="c"', '1:8: parse error: unexpected end of input inside braces'],
  ['up{job="x}', '1:8: parse error: unterminated quoted string'],
  ['a & b', "1:3: parse error: unexpected character: '&'"],
  ['5x', '1:1: parse error: bad number or duration syntax: "5"'],
  ['rate(foo)', '1:6: parse error: expected type range vector in call to function "rate", got instant vector'],
  ['sum(1)', '1:5: parse error: expected type instant vector in aggregation expression, got scalar'],
  ['topk("a", b)', '1:6: parse error: expected type scalar in aggregation parameter, got string'],
  ['sum(a, b)', '1:1: parse error: wrong number of arguments for aggregate expression provided, expected 1, got 2'],
  ['abs()', '1:1: parse error: expected 1 argument(s) in call to "abs", got 0'],
  ['round(a, 1, 2)', '1:1: parse error: expected at most 2 argument(s) in call to "round", got 3'],
  ['label_join(x, "a")', '1:1: parse error: expected at least 3 argument(s) in call to "label_join", got 2'],
  ['1 == 1', '1:3: parse error: comparisons between scalars must use BOOL modifier'],
  ['a + bool b', '1:3: parse error: bool modifier can only be used on comparison operators'],
  ['1 and a', '1:1: parse error: set operator "and" not allowed in binary scalar expression'],
  ['a + on(b) 1', '1:1: parse error: vector matching only allowed between instant vectors'],
  ['a and on(x) group_left b', '1:1: parse error: no grouping allowed for "and" operation'],
  ['a * on(x) group_left(x) b', '1:3: parse error: label "x" must not occur in ON and GROUP clause at once'],
  ['-"a"', '1:1: parse error: unary expression only allowed on expressions of type scalar or instant vector, got "string"'],
  ['a[5m][5m:]', '1:1: parse error: subquery is only allowed on instant vector, got matrix instead'],
  ['(a)[5m]', '1:4: parse error: ranges only allowed for vector selectors'],
  ['a offset 1m [5m]', '1:13: parse error: no offset modifiers allowed before range'],
  [
    'sum(a) offset 5m',
    '1:1: parse error: offset modifier must be preceded by an instant vector selector or range vector selector or a subquery',
  ],
  ['a offset 5m offset 3m', '1:1: parse error: offset may not be set multiple times'],
  ['a[0s]', '1:3: parse error: duration must be greater than 0'],
  ['{a=~".*"}', '1:1: parse error: vector selector must contain at least one non-empty matcher'],
  ['a{__name__="b"}', '1:1: parse error: metric name must not be set twice: "a" or "b"'],
])('%s answers %s', (text, message) => {
  expect(() => parsePromql(text)).toThrow(PromqlError);
  expect(() => parsePromql(text)).toThrow(message);
});

test('a bare selector may match everything', () => {
  expect(parseSelector('{}')).toEqual([]);
  expect(parseSelector(' sum { } # all sums')).toEqual([{ name: '__name__', operator: '=', value: 'sum' }]);
  expect(parseSelector('up{a!="b"}')).toEqual([
    { name: '__name__', operator: '=', value: 'up' },
    { name: 'a', operator: '!=', value: 'b' },
  ]);
});

test.each([
  ['up + 1', '1:4: parse error: unexpected <op:+>'],
  ['up[5m]', '1:3: parse error: unexpected "["'],
  ['up{a="b"} offset 5m', '1:11: parse error: unexpected <offset>'],
  ['up @ 1', '1:4: parse error: unexpected <op:@>'],
  ['1', '1:1: parse error: unexpected number "1"'],
  ['rate(up[5m])', '1:5: parse error: unexpected "("'],
  ['sum(', '1:4: parse error: unexpected "("'],
  ['(up)', '1:1: parse error: unexpected "("'],
  ['up{a="}"} == 1', '1:11: parse error: unexpected <op:==>'],
  ['up{a="b"', '1:9: parse error: unexpected end of input inside braces'],
  ['', 'unknown position: parse error: no expression found in input'],
])('%s is no selector: %s', (text, message) => {
  expect(() => parseSelector(text)).toThrow(message);
});
