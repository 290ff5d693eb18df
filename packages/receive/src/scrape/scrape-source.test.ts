import { expect, it } from 'vitest';
import { acceptHeader, formatOf } from './scrape-source.ts';

it('asks for formats in the order of preference, and takes anything else at last', () => {
  expect(acceptHeader(['PrometheusProto', 'OpenMetricsText1.0.0', 'PrometheusText0.0.4'])).toBe(
    'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=1.0.0;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
  );
});

it('reads what the content type says', () => {
  expect(formatOf('application/openmetrics-text; version=1.0.0; charset=utf-8')).toBe('openmetrics');
  expect(formatOf('text/plain; version=0.0.4')).toBe('text');
  expect(formatOf('')).toBe('text');
  expect(formatOf('application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited')).toBe('protobuf');
  expect(() => formatOf('application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=text')).toThrow('delimited');
});
