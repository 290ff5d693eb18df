import { AtalayaError } from '@atalaya/model';
import { describe, expect, it } from 'vitest';
import { DEFAULT_OTLP_TRANSLATION } from '../otlp/metrics/translation.ts';
import { parsePrometheusConfig } from './parse.ts';

const read = (otlp: string) => parsePrometheusConfig(`otlp: ${otlp}\n`, { file: 'prometheus.yml', directory: '/etc' });

function complaint(otlp: string): string {
  try {
    read(otlp);
  } catch (error) {
    if (error instanceof AtalayaError) return error.message;
    throw error;
  }
  return 'no error';
}

describe('the section otlp', () => {
  it('may be empty and then has the defaults, without a warning', () => {
    expect(read('')).toMatchObject({ config: { otlp: DEFAULT_OTLP_TRANSLATION }, warnings: [] });
    expect(read('{translation_strategy: ""}').config.otlp).toEqual(DEFAULT_OTLP_TRANSLATION);
  });

  it('has all of Prometheus 3', () => {
    const { config, warnings } = read(`
  translation_strategy: NoUTF8EscapingWithSuffixes
  promote_resource_attributes: [host.name, " k8s.pod.name "]
  keep_identifying_resource_attributes: true
  convert_histograms_to_nhcb: true
  promote_scope_metadata: true
  label_name_underscore_sanitization: false
  label_name_preserve_multiple_underscores: false`);
    expect(warnings).toEqual([]);
    expect(config.otlp).toEqual({
      strategy: 'NoUTF8EscapingWithSuffixes',
      resourceAttributes: new Set(['host.name', 'k8s.pod.name']),
      promoteAll: false,
      keepIdentifying: true,
      convertHistograms: true,
      promoteScope: true,
      prefixUnderscore: false,
      keepUnderscores: false,
    });
  });

  it('promotes all resource attributes but those that are ignored', () => {
    const { otlp } = read('{promote_all_resource_attributes: true, ignore_resource_attributes: [process.pid]}').config;
    expect(otlp).toMatchObject({ promoteAll: true, resourceAttributes: new Set(['process.pid']) });
  });

  it.each([
    ['{translation_strategy: Underscores}', 'otlp.translation_strategy: "Underscores"; allowed are UnderscoreEscapingWithSuffixes,'],
    ['{promote_all_resource_attributes: true, promote_resource_attributes: [a]}', 'otlp.promote_resource_attributes: all resource'],
    ['{ignore_resource_attributes: [a]}', 'with promote_all_resource_attributes: true only'],
    ['{promote_resource_attributes: [a, " a"]}', '"a" is named twice'],
    ['{promote_resource_attributes: [""]}', 'must not be empty'],
    ['{promote_resource_atributes: [a]}', 'did you mean "promote_resource_attributes"?'],
  ])('says what is wrong with %s', (otlp, expected) => {
    expect(complaint(otlp)).toContain(expected);
  });
});
