/** Reads the sources of a job: journal, syslog, containers. Files are in `read-files.ts`. */

import type { Cursor } from '../../scrape-config/cursor.ts';
import { readLabels } from '../../scrape-config/target-groups.ts';
import type { CollectSource } from '../collect-config.ts';
import { PASSIVE_DOCKER } from './promtail-fields.ts';
import { checkLabelName } from './stages/expression.ts';

const SEVEN_HOURS_MS = 25_200_000;

/** Labels that a source gives all of its entries. */
export function readSourceLabels(section: Cursor | undefined): Record<string, string> {
  for (const [name, value] of section?.entries() ?? []) checkLabelName(name, value);
  return readLabels(section);
}

/** `journal`. */
export function readJournal(section: Cursor): CollectSource {
  const fields = section.section({ known: ['json', 'max_age', 'labels', 'path', 'matches'] });
  return {
    kind: 'journal',
    path: fields.get('path')?.text() ?? '',
    maxAgeMs: fields.get('max_age')?.duration() ?? SEVEN_HOURS_MS,
    json: fields.get('json')?.boolean() ?? false,
    matches: (fields.get('matches')?.text() ?? '').split(/\s+/).filter((match) => match !== ''),
    labels: readSourceLabels(fields.get('labels')),
  };
}

/** `syslog`; nothing where it wants what is not done, after a warning. */
export function readSyslog(section: Cursor): CollectSource | undefined {
  const fields = section.section({
    known: [
      'listen_address',
      'listen_protocol',
      'idle_timeout',
      'label_structured_data',
      'labels',
      'use_incoming_timestamp',
      'use_rfc5424_message',
      'syslog_format',
      'max_message_length',
      'tls_config',
    ],
  });
  const listen = fields.get('listen_address') ?? section.fail('listen_address is missing');
  if (!/^(?:\[[^\]]+\]|[^:[\]]*):\d{1,5}$/.test(listen.text())) {
    listen.fail(`"${listen.text()}" is not an address to listen on; write it like 0.0.0.0:1514`);
  }
  const source: CollectSource = {
    kind: 'syslog',
    listen: listen.text(),
    protocol: fields.get('listen_protocol')?.choice(['tcp', 'udp'], (text) => text.toLowerCase() || 'tcp') ?? 'tcp',
    format: fields.get('syslog_format')?.choice(['rfc5424', 'rfc3164'], (text) => text.toLowerCase() || 'rfc5424') ?? 'rfc5424',
    idleMs: fields.get('idle_timeout')?.duration() ?? 120_000,
    labelStructuredData: fields.get('label_structured_data')?.boolean() ?? false,
    useIncomingTimestamp: fields.get('use_incoming_timestamp')?.boolean() ?? false,
    wholeMessage: fields.get('use_rfc5424_message')?.boolean() ?? false,
    maxMessageBytes: fields.get('max_message_length')?.count() || 8192,
    labels: readSourceLabels(fields.get('labels')),
  };
  const tls = fields.get('tls_config');
  if (tls === undefined || tls.empty) return source;
  // Listening without encryption where it is asked for would be worse than not listening.
  tls.warn(`${tls.path}: encrypted syslog is not supported; this job is left out. Let rsyslog take it on and forward it on this machine`);
  return undefined;
}

/** One of `docker_sd_configs`. */
export function readDocker(section: Cursor): CollectSource {
  const fields = section.section({
    known: ['host', 'refresh_interval', 'filters', 'tls_config'],
    passive: PASSIVE_DOCKER,
    program: 'Promtail',
  });
  const host = fields.get('host') ?? section.fail('host is missing; for the Docker of this machine it is unix:///var/run/docker.sock');
  if (!/^(?:unix:\/\/\/|(?:tcp|http):\/\/[^/]+)/.test(host.text())) {
    host.fail(`"${host.text()}" is not an address of Docker; write it like unix:///var/run/docker.sock or tcp://127.0.0.1:2375`);
  }
  return {
    kind: 'docker',
    host: host.text().replace(/^http:/, 'tcp:'),
    refreshMs: fields.get('refresh_interval')?.duration() ?? 60_000,
    filters: (fields.get('filters')?.items() ?? []).map((filter) => {
      const own = filter.section({ known: ['name', 'values'] });
      return { name: own.get('name')?.requiredText() ?? filter.fail('name is missing'), values: own.get('values')?.texts() ?? [] };
    }),
    labels: {},
  };
}
