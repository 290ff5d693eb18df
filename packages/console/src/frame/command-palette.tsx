/** Ctrl-K: go to a page, a metric or a target by typing a few of its letters. */

import { Modal } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { metricNamesQuery, serviceNamesQuery } from '../data/labels.ts';
import { metadataQuery } from '../data/metadata.ts';
import { buildCommands, type Command, rankCommands } from '../data/commands.ts';
import { targetsQuery } from '../data/targets.ts';
import { useRange } from '../live/range.tsx';
import { PAGES } from './pages.ts';
import classes from './command-palette.module.css';

/** The palette; mounted only while it is open. */
export default function CommandPalette({ onClose }: { onClose(): void }) {
  const { t } = useTranslation();
  return (
    <Modal.Root
      opened
      onClose={onClose}
      size={620}
      yOffset="9vh"
      padding={0}
      classNames={{ content: classes['content'] as string }}
      transitionProps={{ duration: 0 }}
    >
      <Modal.Overlay backgroundOpacity={0.4} />
      <Modal.Content radius={10} aria-label={t('palette.open')}>
        <PaletteBody onClose={onClose} />
      </Modal.Content>
    </Modal.Root>
  );
}

function PaletteBody({ onClose }: { onClose(): void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { range, refresh } = useRange();
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  // At once, not after the trap's delay: people type on right after Ctrl-K.
  useLayoutEffect(() => field.current?.focus(), []);
  const names = useQuery(metricNamesQuery);
  const metadata = useQuery(metadataQuery);
  const targets = useQuery(targetsQuery);
  const services = useQuery(serviceNamesQuery);

  const commands = useMemo(
    () =>
      buildCommands(
        PAGES.map(({ to, label }) => ({ to, name: t(label) })),
        names.data ?? [],
        metadata.data ?? {},
        targets.data?.activeTargets ?? [],
        services.data ?? [],
      ),
    [names.data, metadata.data, targets.data, services.data, t],
  );
  const groups = useMemo(() => rankCommands(commands, text), [commands, text]);
  const flat = useMemo(() => groups.flatMap((group) => group.commands), [groups]);
  const chosen = flat[Math.min(active, flat.length - 1)];

  useEffect(() => {
    document.querySelector('[data-palette-active]')?.scrollIntoView({ block: 'nearest' });
  }, [active]);

  const run = (command: Command) => {
    onClose();
    const shared = { from: range.from, to: range.to, refresh };
    void navigate({ to: command.to, search: { ...shared, ...command.search } as never });
  };
  const onKey = (event: KeyboardEvent) => {
    const last = flat.length - 1;
    if (event.key === 'ArrowDown') setActive(active >= last ? 0 : active + 1);
    else if (event.key === 'ArrowUp') setActive(active <= 0 ? last : active - 1);
    else if (event.key === 'Enter' && chosen) run(chosen);
    else return;
    event.preventDefault();
  };
  return (
    <div>
      <div className={classes['field']}>
        <IconSearch size={17} aria-hidden />
        <input
          ref={field}
          data-autofocus
          role="combobox"
          aria-expanded
          aria-controls="palette-list"
          aria-activedescendant={chosen === undefined ? undefined : `palette-${chosen.id}`}
          aria-label={t('palette.open')}
          placeholder={t('palette.placeholder')}
          value={text}
          onKeyDown={onKey}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setActive(0);
          }}
        />
      </div>
      <div id="palette-list" role="listbox" aria-label={t('palette.results')} className={classes['list']}>
        {groups.map((group) => (
          <div key={group.kind} role="group" aria-label={t(`palette.kind.${group.kind}`)}>
            <div className={classes['kind']} aria-hidden>
              {t(`palette.kind.${group.kind}`)}
            </div>
            {group.commands.map((command) => (
              <button
                type="button"
                tabIndex={-1}
                key={command.id}
                id={`palette-${command.id}`}
                role="option"
                aria-selected={command === chosen}
                data-palette-active={command === chosen || undefined}
                className={classes['option']}
                onMouseMove={() => setActive(flat.indexOf(command))}
                onClick={() => run(command)}
              >
                <span className={command.kind === 'page' ? undefined : 'at-mono at-break'}>{command.name}</span>
                <span className={classes['detail']}>{command.detail}</span>
              </button>
            ))}
          </div>
        ))}
      </div>
      {flat.length === 0 ? <p className={classes['none']}>{t('palette.none')}</p> : null}
    </div>
  );
}
