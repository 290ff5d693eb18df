/** Switches over the views of the queries: which of them, lines or stacked, the unit. All of it in the URL. */

import { Menu, SegmentedControl } from '@mantine/core';
import { IconChartAreaLine, IconChartLine, IconChevronDown, IconLink } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { guessUnit, type Unit, UNITS } from '../../format/number.ts';
import { CopyButton } from '../../parts/copy.tsx';
import classes from './metrics.module.css';
import type { AskedQuery } from './use-queries.ts';

const route = getRouteApi('/explore');

/** The unit in force: the chosen one, else a guess from the expressions; none when they do not agree. */
export function useUnit(asked: readonly AskedQuery[]): Unit {
  const { unit } = route.useSearch();
  const guessed = new Set(asked.map(({ expression }) => guessUnit(expression)));
  return UNITS.find((known) => known === unit) ?? (guessed.size === 1 ? ([...guessed][0] as Unit) : 'none');
}

/** The switches. */
export function ViewTools({ asked }: { asked: readonly AskedQuery[] }) {
  const { t } = useTranslation();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const write = (next: object) => void navigate({ search: (old) => ({ ...old, ...next }), replace: true });
  const view = search.tab ?? 'graph';
  return (
    <div className={classes['tools']}>
      <SegmentedControl
        size="xs"
        aria-label={t('metrics.view')}
        value={view}
        onChange={(value) => write({ tab: value === 'graph' ? undefined : value, explain: undefined })}
        data={[
          { value: 'graph', label: t('metrics.graph') },
          { value: 'table', label: t('metrics.table') },
          { value: 'explain', label: t('metrics.explain') },
        ]}
      />
      {view === 'graph' ? (
        <SegmentedControl
          size="xs"
          aria-label={t('metrics.lines')}
          value={search.stacked === true ? 'stacked' : 'lines'}
          onChange={(value) => write({ stacked: value === 'stacked' || undefined })}
          data={[
            { value: 'lines', label: <IconText icon={<IconChartLine size={15} aria-hidden />} text={t('metrics.asLines')} /> },
            { value: 'stacked', label: <IconText icon={<IconChartAreaLine size={15} aria-hidden />} text={t('metrics.asStack')} /> },
          ]}
        />
      ) : null}
      {view === 'explain' ? (
        <SegmentedControl
          size="xs"
          aria-label={t('explain.asked')}
          value={search.explain ?? 'range'}
          onChange={(value) => write({ explain: value === 'instant' ? 'instant' : undefined })}
          data={[
            { value: 'range', label: t('explain.asGraph') },
            { value: 'instant', label: t('explain.asTable') },
          ]}
        />
      ) : (
        <UnitMenu asked={asked} chosen={search.unit} onChoose={(unit) => write({ unit })} />
      )}
      <CopyButton text={location.href} label={t('metrics.share')} icon={IconLink} />
    </div>
  );
}

function IconText({ icon, text }: { icon: ReactNode; text: string }) {
  return (
    <span className={classes['iconText']}>
      {icon}
      {text}
    </span>
  );
}

interface UnitMenuProps {
  readonly asked: readonly AskedQuery[];
  readonly chosen: string | undefined;
  onChoose(unit: Unit | undefined): void;
}

const AUTOMATIC = 'auto';

function UnitMenu({ asked, chosen, onChoose }: UnitMenuProps) {
  const { t } = useTranslation();
  const unit = useUnit(asked);
  return (
    <Menu position="bottom-end" width={230}>
      <Menu.Target>
        <button type="button" className={classes['unit']}>
          {t('metrics.unit', { unit: t(`unit.${unit}`) })}
          <IconChevronDown size={14} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.RadioGroup value={chosen ?? AUTOMATIC} onChange={(name) => onChoose(UNITS.find((unit) => unit === name))}>
          <Menu.RadioItem value={AUTOMATIC}>{t('metrics.unitAuto')}</Menu.RadioItem>
          <Menu.Divider />
          {UNITS.map((name) => (
            <Menu.RadioItem key={name} value={name}>
              {t(`unit.${name}`)}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  );
}
