/** The service that a log stream belongs to, found in its labels where nobody names it: as Loki finds it (`discover_service_name`). */

import { type Labels, labelsOf, labelValue } from './labels.ts';

/** The label that names the service. */
export const SERVICE_NAME = 'service_name';
const UNKNOWN_SERVICE = 'unknown_service';

/** Labels that tell the service, the best first. */
export const SERVICE_TELLERS: readonly string[] = [
  'service',
  'app',
  'application',
  'name',
  'app_kubernetes_io_name',
  'container',
  'container_name',
  'k8s_container_name',
  'component',
  'workload',
  'job',
  'k8s_job_name',
];

/** The service of a stream that does not name it; `unknown_service` where nothing tells it. */
export function discoverServiceName(labels: Labels): string {
  for (const teller of SERVICE_TELLERS) {
    const value = labelValue(labels, teller);
    if (value !== '') return value;
  }
  return UNKNOWN_SERVICE;
}

/** The labels with `service_name` among them: the very set where it is there already. */
export function withServiceName(labels: Labels): Labels {
  if (labelValue(labels, SERVICE_NAME) !== '') return labels;
  const pairs = new Map<string, string>([[SERVICE_NAME, discoverServiceName(labels)]]);
  for (let i = 0; i < labels.length; i += 2) pairs.set(labels[i] as string, labels[i + 1] as string);
  return labelsOf(pairs);
}

/** The labels without `service_name`. */
export function withoutServiceName(labels: Labels): Labels {
  return labels.filter((_, i) => labels[i - (i % 2)] !== SERVICE_NAME);
}
