import { describe, expect, test } from 'vitest';
import type { TemplateFunction } from './built-in.ts';
import { executeTemplate, type TemplateOptions } from './execute.ts';
import { parseTemplate } from './parser.ts';
import { printValue, type TemplateValue } from './value.ts';

const functions: Record<string, TemplateFunction> = {
  upper: { least: 1, most: 1, call: (text) => printValue(text ?? null).toUpperCase() },
  now: { least: 0, most: 0, call: () => 7n },
  pair: { least: 0, most: 0, call: () => new Map([['left', 'l']]) },
  fail: {
    least: 0,
    most: 0,
    call: () => {
      throw new RangeError('it broke');
    },
  },
};
const names = new Set(Object.keys(functions));

const data = new Map<string, TemplateValue>([
  ['name', 'web'],
  ['empty', ''],
  ['count', 3n],
  ['ratio', 0.5],
  ['list', ['a', 'b', 'c']],
  [
    'labels',
    new Map([
      ['job', 'x'],
      ['env', 'prod'],
    ]),
  ],
]);

function run(text: string, missing: TemplateOptions['missing'] = 'nil'): string {
  return executeTemplate(parseTemplate('line', text, names), data, { functions, missing });
}

describe('what templates give', () => {
  test.each([
    ['plain text, {{"quoted"}} and {{`raw \\n`}}', 'plain text, quoted and raw \\n'],
    ['{{.name}} {{.count}} {{.ratio}} {{.labels.job}} {{$.name}}', 'web 3 0.5 x web'],
    ["{{.list}} {{.labels}} {{true}} {{1000000.0}} {{0x10}} {{'a'}}", '[a b c] map[env:prod job:x] true 1e+06 16 97'],
    ['a {{- /* nothing */ -}} b', 'ab'],
    ['a {{- .name -}} b{{/* kept */}} c', 'awebb c'],
    ['{{printf "%.1f %.1f %.0f %.1e" 2.25 2.35 2.5 2.25}} {{printf "%9999999d" 1}}', '2.2 2.4 2 2.2e+00 %!(BADWIDTH)%!(EXTRA int=1)'],
    ['{{pair.left}} {{upper pair.left}}', 'l L'],
    ['{{.name | upper | printf "%s-%d" "x" 1}}', 'x-1%!(EXTRA string=WEB)'],
    ['{{printf "%5s|%-5s|%05d|%+.2f|%q|%x|%v" "ab" "cd" 42 3.14159 "e" "fg" .list}}', '   ab|cd   |00042|+3.14|"e"|6667|[a b c]'],
    [
      '{{printf "%d %s" "x"}} {{printf "%6.2e" 12345.678}} {{printf "%t" true}} {{printf "100%%"}}',
      '%!d(string=x) %!s(MISSING) 1.23e+04 true 100%',
    ],
    ['{{if .empty}}a{{else if eq .count 3}}b{{else}}c{{end}}', 'b'],
    ['{{if and .name (gt .count 2)}}yes{{end}}{{if or .empty nil false}}no{{else}}none{{end}}', 'yesnone'],
    ['{{or .empty "default"}} {{and 1 0}} {{not .empty}}', 'default 0 true'],
    ['{{with .labels}}{{.env}}{{end}}{{with .empty}}x{{else with .name}}{{.}}{{end}}', 'prodweb'],
    [
      '{{range .list}}{{.}},{{end}}{{range $i, $e := .list}}{{$i}}{{$e}} {{end}}{{range $k, $v := .labels}}{{$k}}={{$v}};{{end}}',
      'a,b,c,0a 1b 2c env=prod;job=x;',
    ],
    ['{{range .empty2}}x{{else}}nothing{{end}}{{range .list}}{{if eq . "b"}}{{continue}}{{end}}{{.}}{{break}}{{end}}', 'nothinga'],
    ['{{range 3}}{{.}}{{end}}', '012'],
    ['{{$x := 1}}{{if true}}{{$x = 2}}{{$y := 3}}{{$x}}{{$y}}{{end}}{{$x}}', '232'],
    ['{{define "t"}}[{{.}}]{{end}}{{template "t" .name}}{{block "u" .count}}<{{.}}>{{end}}', '[web]<3>'],
    ['{{len .list}} {{len "añ"}} {{index .list 1}} {{index .labels "env"}} {{slice "abcdef" 1 3}} {{slice .list 2}}', '3 3 b prod bc [c]'],
    ['{{eq 1 2 3 1}} {{ne "a" "b"}} {{lt 1.5 2.5}} {{le "a" "a"}} {{ge 2 3}}', 'true true true true false'],
    ['{{print 1 2 "x" 3 4}} {{println "y"}}', '1 2x3 4 y\n'],
    ['{{html "<a b=\\"c\\">"}} {{js "it\'s <b>"}} {{urlquery "a b&c"}}', "&lt;a b=&#34;c&#34;&gt; it\\'s \\u003Cb\\u003E a+b%26c"],
    ['{{.missing}} {{(index .list 0)}} {{now}}', '<no value> a 7'],
  ])('%s', (text, expected) => {
    expect(run(text)).toBe(expected);
  });

  test('what a map lacks can be the empty text', () => {
    expect(run('[{{.missing}}]', 'empty')).toBe('[]');
  });
});

describe('what goes wrong, as Go says it', () => {
  test.each([
    ['{{', 'template: line:1: unclosed action'],
    ['a\n{{if}}x{{end}}', 'template: line:2: missing value for if'],
    ['{{if true}}', 'template: line:1: unexpected EOF'],
    ['{{end}}', 'template: line:1: unexpected {{end}}'],
    ['{{unknown 1}}', 'template: line:1: function "unknown" not defined'],
    ['{{$x}}', 'template: line:1: undefined variable "$x"'],
    ['{{"a}}', 'template: line:1: unterminated quoted string'],
    ['{{(1}}', 'template: line:1: unclosed left paren'],
    ['{{1 | 2}}', 'template: line:1: non executable command in pipeline stage 2'],
    ['{{break}}', 'template: line:1: {{break}} outside {{range}}'],
    ['{{.a ; .b}}', "template: line:1: unrecognized character in action: U+003B ';'"],
    ['{{.name Replace "foo"}}', 'template: line:1: function "Replace" not defined'],
    ['{{.name upper "foo"}}', 'template: line:1:2: executing "line" at <.name>: name is not a method but has arguments'],
    ['{{.name | now}}', 'template: line:1:10: executing "line" at <now>: wrong number of args for now: want 0 got 1'],
    ['{{1 2}}', 'template: line:1:2: executing "line" at <1>: can\'t give argument to non-function 1'],
    ['x\n {{.name.first}}', 'template: line:2:3: executing "line" at <.name.first>: can\'t evaluate field first in type string'],
    ['{{.missing.first}}', 'template: line:1:2: executing "line" at <.missing.first>: nil pointer evaluating interface {}.first'],
    ['{{fail}}', 'template: line:1:2: executing "line" at <fail>: error calling fail: it broke'],
    ['{{lt 1 "a"}}', 'template: line:1:2: executing "line" at <lt>: error calling lt: incompatible types for comparison'],
    ['{{index .list 9}}', 'template: line:1:2: executing "line" at <index>: error calling index: index out of range: 9'],
    ['{{range .name}}x{{end}}', 'template: line:1:8: executing "line" at <.name>: range can\'t iterate over web'],
    ['{{template "t"}}', 'template: line:1:11: executing "line" at <"t">: template "t" not defined'],
    [
      '{{define "t"}}{{template "t"}}{{end}}{{template "t"}}',
      'template: line:1:25: executing "t" at <"t">: exceeded maximum template depth (100)',
    ],
  ])('%s', (text, message) => {
    expect(() => run(text)).toThrow(message);
  });

  test('output is bounded', () => {
    const template = parseTemplate('line', '{{range 100000}}{{printf "%99999d" 1}}{{end}}', names);
    expect(() => executeTemplate(template, null, { functions, missing: 'nil', limit: 1_000_000 })).toThrow(
      'the output is longer than 1000000 characters',
    );
  });
});
