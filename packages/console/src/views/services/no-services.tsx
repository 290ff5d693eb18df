/** What the page of services says before there are any: how to get there, in the fewest steps. */

import { IconTopologyStar3 } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

import { Snippet } from '../../parts/copy.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Empty } from '../../parts/states.tsx';
import classes from './services.module.css';

/** The one setting that an OpenTelemetry SDK needs. */
const SETTINGS = (origin: string) => `export OTEL_EXPORTER_OTLP_ENDPOINT=${origin}
export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
export OTEL_SERVICE_NAME=my-service`;

/** The page. */
export function NoServices() {
  const { t } = useTranslation();
  return (
    <Panel title={t('services.title')}>
      <Empty icon={<IconTopologyStar3 size={30} stroke={1.5} aria-hidden />} title={t('services.none')}>
        <p>{t('services.noneText')}</p>
      </Empty>
      <div className={classes['never']}>
        <p>{t('services.noneSend')}</p>
        <Snippet text={SETTINGS(location.origin)} label={t('services.copySettings')} />
        <p>{t('services.noneRange')}</p>
      </div>
    </Panel>
  );
}
