/** Names of Promtail's configuration that Atalaya knows of and does not act on, with what it says of each. */

/** Top-level sections and what takes their place. */
export const PASSIVE_SECTIONS: Readonly<Record<string, string>> = {
  global: 'files are watched without polling',
  server: 'Atalaya has one listener, set by the setting "listen"',
  positions: 'how far files were read is kept in the data directory',
  limits_config: 'the settings limits.* of atalaya.yml bound what is taken in',
  target_config: 'files and containers are looked for all the time',
  tracing: 'Atalaya watches itself on its own',
  options: 'streams are told apart by their labels alone',
  wal: 'the journal keeps every line before it counts as read',
};

/** Sources that are not run, and what to do instead. */
export const UNSUPPORTED_SOURCES: Readonly<Record<string, string>> = {
  loki_push_api: 'Atalaya takes pushes itself: let them go to /loki/api/v1/push',
  kafka: 'let a program that reads Kafka (Fluent Bit, Vector) push to /loki/api/v1/push',
  gelf: 'send syslog instead, or let a program that reads GELF push to /loki/api/v1/push',
  gcplog: 'let a program that reads Google Cloud logs push to /loki/api/v1/push',
  azure_event_hubs: 'let a program that reads Event Hubs push to /loki/api/v1/push',
  cloudflare: 'let a program that reads Cloudflare logs push to /loki/api/v1/push',
  heroku_drain: 'let a program that takes Heroku drains push to /loki/api/v1/push',
  windows_events: 'let a program on that machine push to /loki/api/v1/push',
  ...Object.fromEntries(
    [
      'kubernetes',
      'consul',
      'consulagent',
      'dns',
      'ec2',
      'openstack',
      'azure',
      'gce',
      'marathon',
      'nerve',
      'serverset',
      'triton',
      'digitalocean',
      'dockerswarm',
    ].map((name) => [`${name}_sd_configs`, 'targets are found by static_configs, file_sd_configs and docker_sd_configs']),
  ),
};

/** Fields of a job without effect. */
export const PASSIVE_JOB = ['entry_parser', 'metrics_path', 'scheme'] as const;

/** Fields of `docker_sd_configs` without effect: the socket needs no way to speak HTTP. */
export const PASSIVE_DOCKER = [
  'port',
  'host_networking_host',
  'match_first_network',
  'basic_auth',
  'authorization',
  'oauth2',
  'bearer_token',
  'bearer_token_file',
  'proxy_url',
  'no_proxy',
  'follow_redirects',
  'enable_http2',
] as const;
