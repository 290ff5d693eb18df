/** Templates of values, and replacing by them. */

import { describe, expect, it } from 'vitest';
import { runLine } from '../pipeline-for-tests.ts';

const JSON_LINE = '{"app":"Loki","level":"Warn","n":"7","zero":0,"text":" a b "}';
const extract = '- json: {expressions: {app: , level: , n: , zero: , text: , none: }}\n';
const write = (template: string, line = JSON_LINE): string | undefined =>
  runLine(`${extract}- template: {source: result, template: '${template.replaceAll("'", "''")}'}\n- output: {source: result}`, line)?.line;

describe('template', () => {
  it.each([
    ['logs for {{ .app }}', 'logs for Loki'],
    ['{{ .level | ToLower }}-{{ ToUpper .app }}', 'warn-LOKI'],
    ['{{ Replace .app "o" "0" -1 }} {{ Replace "ooo" "o" "0" 2 }}', 'L0ki 00o'],
    ['{{ Trim .text " a" }}|{{ TrimSpace .text }}|{{ TrimLeft .text " " }}|{{ TrimRight .text " b" }}', 'b|a b|a b | a'],
    ['{{ TrimPrefix .app "Lo" }} {{ TrimSuffix .app "ki" }}', 'ki Lo'],
    ['{{ regexReplaceAll "(?P<v>[aeiou])" .app "[$v]" }} {{ regexReplaceAllLiteral "o" .app "$1" }}', 'L[o]k[i] L$1ki'],
    ['{{ Hash "salt" .app }}', '9870a81ed46caa76f441e909d2628f58ffddbcebcb7a8704534c097b3612a010'],
    ['{{ if eq .level "Warn" }}w{{ else }}o{{ end }}', 'w'],
    ['{{ .zero }} {{ .none }}{{ with .app }}({{ . }}){{ end }}', '0 <no value>(Loki)'],
    ['{{ add 1 .n }} {{ mul .n 3 }} {{ div 7 2 }} {{ max 1 5 3 }} {{ round 3.456 1 }}', '8 21 3 5 3.5'],
    ['{{ trunc 2 .app }} {{ substr 1 3 .app }} {{ title "ab cd" }} {{ repeat 2 "x" }} {{ indent 2 "y" }}', 'Lo ok Ab Cd xx   y'],
    ['{{ default "d" .none }} {{ coalesce "" .app }} {{ ternary "a" "b" (eq .n "7") }} {{ quote .app }}', 'd Loki a "Loki"'],
    ['{{ join "+" (splitList "k" .app) }} {{ (split "-" "a-b")._1 }} {{ index (list 1 2 3) 1 }}', 'Lo+i b 2'],
    ['{{ contains "ok" .app }} {{ hasPrefix "L" .app }} {{ regexMatch "^L" .app }} {{ regexFind "[a-z]+" .app }}', 'true true true oki'],
    ['{{ b64enc .app }} {{ b64dec "TG9raQ==" }} {{ sha256sum "" | trunc 8 }} {{ adler32sum "abc" }}', 'TG9raQ== Loki e3b0c442 38600999'],
    ['{{ (fromJson "{\\"a\\":[1,2]}").a }} {{ toJson (dict "k" 1) }}', '[1 2] {"k":1}'],
    ['{{ dateInZone "2006-01-02 15:04" (toDate "2006-01-02" "2024-05-06") "UTC" | len }}', '16'],
    ['{{ now | unixEpoch }}', '1768046400'],
    [
      '{{ base "/var/log/a.b.log" }} {{ dir "/var/log/x" }} {{ ext "a.b.log" }} {{ clean "/a/../b/" }} {{ isAbs "a" }}',
      'a.b.log /var/log .log /b false',
    ],
    ['{{ regexSplit ", *" "a,b, c" -1 }} {{ regexSplit "," "a,b,c" 2 }} {{ regexQuoteMeta "a.b" }}', '[a b c] [a b,c] a\\.b'],
    [
      '{{ mustRegexReplaceAll "o" .app "0" }} {{ append (list 1) 2 }} {{ without (list 1 2) 1 }} {{ concat (list 1) (list 2) }}',
      'L0ki [1 2] [2] [1 2]',
    ],
    [
      '{{ snakecase "FirstName" }} {{ camelcase "first_name" }} {{ kebabcase "FirstName" }} {{ swapcase "aB" }}',
      'first_name FirstName first-name Ab',
    ],
  ])('%s', (template, expected) => {
    expect(write(template)).toBe(expected);
  });

  it('sees what the value was and the line', () => {
    const stages = `${extract}- template: {source: app, template: '{{ .Value }} of {{ len .Entry }}'}\n- output: {source: app}`;
    expect(runLine(stages, JSON_LINE)?.line).toBe(`Loki of ${JSON_LINE.length}`);
  });

  it('takes the value away when the text is empty, and changes nothing when it fails', () => {
    const stages = (template: string): string => `${extract}- template: {source: app, template: '${template}'}\n- labels: {app: }`;
    expect(runLine(stages('{{ if false }}x{{ end }}'), JSON_LINE)?.labels).toEqual({ job: 'test' });
    expect(runLine(stages('{{ ToLower .missing }}'), JSON_LINE)?.labels).toEqual({ job: 'test', app: 'Loki' });
    expect(runLine(stages('{{ repeat 99999999 .app }}'), JSON_LINE)?.labels).toEqual({ job: 'test', app: 'Loki' });
  });
});

describe('replace', () => {
  const replace = (expression: string, by: string, line: string): string | undefined =>
    runLine(`- replace: {expression: '${expression}', replace: '${by}'}`, line)?.line;

  it.each([
    [String.raw`password (\S+)`, '****', 'user x password my-secret end password other', 'user x password **** end password ****'],
    [String.raw`(\d{2}\.\d{2}) - (\S+)`, '{{ .Value | ToUpper }}!', '11.22 - frank, 33.44 - ann', '11.22! - FRANK,! 33.44! - ANN!'],
    [String.raw`ip=(\S+)`, '{{ .Value | Sha2Hash "salt" | trunc 6 }}', 'ip=1.2.3.4', 'ip=63c949'],
    ['(a)|(b)', '<{{ .Value }}>', 'xaxb', 'x<a>x<b>'],
    ['(nothing)', 'x', 'as it was', 'as it was'],
    ['secret(.*)', '', 'a secret word', 'a secret'],
    ['(x)', '{{ .missing }}-', 'axb', 'a-b'],
  ])('%s by %s', (expression, by, line, expected) => {
    expect(replace(expression, by, line)).toBe(expected);
  });

  it('works on an extracted value, and extracts its named groups as they are now', () => {
    const stages = String.raw`- json: {expressions: {msg: }}
- replace: {source: msg, expression: '(?P<ip>\d+\.\d+) (?P<word>\w+)', replace: '{{ .Value | upper }}?'}
- labels: {ip: , word: }
- output: {source: msg}`;
    expect(runLine(stages, '{"msg":"from 10.1 host"}')).toMatchObject({ line: 'from 10.1? HOST?', labels: { ip: '10.1?', word: 'HOST?' } });
  });
});
