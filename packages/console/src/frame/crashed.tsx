/** What a page shows that could not be drawn: a fault of ours, said openly. */

import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import { SeverityIcon } from '../parts/severity.tsx';
import { Empty } from '../parts/states.tsx';

/** The fault, and the way back. */
export function Crashed({ error }: { error: unknown }) {
  const { t } = useTranslation();
  return (
    <div role="alert">
      <Empty icon={<SeverityIcon severity="critical" size={28} />} title={t('failure.crashed.title')} height={360}>
        <code className="at-break">{error instanceof Error ? error.message : String(error)}</code>
        <Button variant="default" onClick={() => location.reload()}>
          {t('failure.crashed.reload')}
        </Button>
      </Empty>
    </div>
  );
}
