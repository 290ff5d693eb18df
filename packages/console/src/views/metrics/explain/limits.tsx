/** How much of each limit the query used. */

import type { Explanation } from '@atalaya/model';
import { useTranslation } from 'react-i18next';

import { useFormat } from '../../../format/use-format.ts';
import { Meter } from '../../../parts/meter.tsx';
import classes from './explain.module.css';

/** The limits as bars. */
export function Limits({ limits }: { limits: Explanation['limits'] }) {
  const { t } = useTranslation();
  const formats = useFormat();
  const written = (setting: string, value: number): string => {
    if (setting.endsWith('timeout')) return formats.value(value / 1000, 'seconds');
    if (/memory|bytes/.test(setting)) return formats.value(value, 'bytes');
    return formats.value(value, 'count');
  };
  return (
    <section className={classes['limits']} aria-label={t('explain.limits')}>
      <h3>{t('explain.limits')}</h3>
      <ul>
        {limits.map(({ setting, used, limit }) => {
          const text = t('home.usedOf', { used: written(setting, used), total: written(setting, limit) });
          return (
            <li key={setting}>
              <code>{setting}</code>
              <Meter share={limit === 0 ? 0 : used / limit} label={setting} text={text} />
              <span className="at-figures">{text}</span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
