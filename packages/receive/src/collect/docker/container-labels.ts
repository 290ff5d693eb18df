/** What is known of a container, as the meta labels of Prometheus' and Promtail's Docker discovery. */

import type { ListedContainer } from './docker-client.ts';

const PREFIX = '__meta_docker_';

/** Label names hold letters, digits and underscores. */
function labelName(name: string): string {
  return name.replaceAll(/[^a-zA-Z0-9_]/g, '_');
}

/** The meta labels of a container, without that of the output's stream. */
export function containerLabels({ Id, Names, Image, Labels, HostConfig, NetworkSettings }: ListedContainer): Map<string, string> {
  const labels = new Map<string, string>([
    [`${PREFIX}container_id`, Id],
    [`${PREFIX}container_name`, Names[0] ?? ''],
    [`${PREFIX}container_image`, Image],
    [`${PREFIX}container_network_mode`, HostConfig?.NetworkMode ?? ''],
  ]);
  for (const [name, value] of Object.entries(Labels ?? {})) labels.set(`${PREFIX}container_label_${labelName(name)}`, value);
  const [network] = Object.entries(NetworkSettings?.Networks ?? {});
  if (network !== undefined) {
    labels.set(`${PREFIX}network_name`, network[0]);
    labels.set(`${PREFIX}network_id`, network[1].NetworkID ?? '');
    labels.set(`${PREFIX}network_ip`, network[1].IPAddress ?? '');
  }
  return labels;
}

/** The label that tells a line's stream. */
export const LOG_STREAM = `${PREFIX}container_log_stream`;
