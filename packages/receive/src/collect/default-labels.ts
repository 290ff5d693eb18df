/** Relabelling for jobs that give none: the labels that one looks for first. */

import { compilePattern } from '@atalaya/model';
import type { RelabelRule } from '../scrape-config/config.ts';
import type { CollectJob, CollectSource } from './collect-config.ts';

const WHOLE = compilePattern('(.*)');

function copy(source: string, targetLabel: string, regex = WHOLE): RelabelRule {
  return { action: 'replace', sourceLabels: [source], separator: ';', regex, modulus: 0, targetLabel, replacement: '$1' };
}

const DEFAULTS: Readonly<Record<CollectSource['kind'], readonly RelabelRule[]>> = {
  files: [],
  journal: [copy('__journal__hostname', 'host'), copy('__journal__systemd_unit', 'unit')],
  docker: [
    copy('__meta_docker_container_name', 'container_name', compilePattern('/?(.*)')),
    copy('__meta_docker_container_id', 'container_id', compilePattern('(.{0,12}).*')),
    copy('__meta_docker_container_image', 'image'),
    copy('__meta_docker_container_label_com_docker_compose_service', 'compose_service'),
    copy('__meta_docker_container_label_com_docker_compose_project', 'compose_project'),
    copy('__meta_docker_container_log_stream', 'stream'),
  ],
  syslog: [
    copy('__syslog_message_hostname', 'host'),
    copy('__syslog_message_app_name', 'app'),
    copy('__syslog_message_facility', 'facility'),
  ],
};

/** The job's own rules, or those for its kind of source. */
export function rulesOf(job: CollectJob): readonly RelabelRule[] {
  return job.relabelConfigs.length === 0 ? DEFAULTS[job.source.kind] : job.relabelConfigs;
}

/** The labels that the source gives; where nothing is said about labels, the job's name is one. */
export function ownLabels(job: CollectJob, labels: Readonly<Record<string, string>>): Map<string, string> {
  const own = new Map(Object.entries(labels));
  if (job.relabelConfigs.length === 0 && !own.has('job')) own.set('job', job.name);
  return own;
}
