/** No secret of a configuration is ever shown. */

import { describe, expect, it } from 'vitest';
import { parsePrometheusConfig } from './parse.ts';
import { redactConfig } from './redact.ts';

describe('redactConfig', () => {
  const text = `
# password: HUSH in a comment
scrape_configs:
  - job_name: a # token HUSH
    basic_auth: { username: shown, password: HUSH }
    tls_config:
      ca: shown
      cert: shown
      key: HUSH
    params: { token: [HUSH, HUSH], module: [shown] }
    http_headers:
      X-Api-Key: { values: [HUSH] }
      X-Other: { secrets: [HUSH], values: [shown] }
  - job_name: b
    authorization: { type: Bearer, credentials: &c HUSH }
    http_sd_configs:
      - url: http://shown:HUSH@sd.example:80/x?y=1
  - job_name: c
    bearer_token: *c
  - job_name: d
    basic_auth: { username: u, password_file: /shown }
remote_write:
  - url: https://u:HUSH@far/api
    headers: { Authorization: Bearer HUSH, X-Scope-OrgID: shown }
    oauth2: { client_id: shown, client_secret: HUSH }
    sigv4: { access_key: shown, secret_key: HUSH }
`;

  it('hides passwords, keys, tokens, secret headers and passwords in URLs, and keeps the rest', () => {
    const shown = redactConfig(text);
    expect(shown).not.toContain('HUSH');
    expect(shown.match(/shown/g)).toHaveLength(10);
    expect(shown).toContain('password: <secret>');
    expect(shown).toContain('http://shown:<secret>@sd.example:80/x?y=1');
  });

  it('gives a configuration that can be read again', () => {
    const { config } = parsePrometheusConfig(redactConfig(text), { file: 'x', directory: '/' });
    expect(config.scrapeConfigs.map((job) => job.jobName)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('shows nothing of a text that is not YAML', () => {
    expect(redactConfig('password: [HUSH')).not.toContain('HUSH');
  });
});
