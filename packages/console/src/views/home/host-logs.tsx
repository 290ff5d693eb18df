/** The way from this host to its own logs, where some are known under its name. */

import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { placeOfLogs } from '../../data/links/addresses.ts';
import { resolvedQuery } from '../../data/links/resolve.ts';
import { useRange } from '../../live/range.tsx';
import { PlaceLink } from '../../parts/place-link.tsx';

/** The link. */
export default function HostLogs({ host }: { host: string }) {
  const { t } = useTranslation();
  const { range } = useRange();
  const { data } = useQuery(resolvedQuery({ host }, range, Date.now));
  const found = data?.logs.find(({ about }) => about === 'host');
  return found === undefined ? null : <PlaceLink place={placeOfLogs(found.query)}>{t('home.logs.ofHost')}</PlaceLink>;
}
