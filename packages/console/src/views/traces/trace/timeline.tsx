/** The timeline: the whole trace small, the tools, and the spans over time with the details of one of them. */

import { Drawer } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';

import layout from '../../../parts/layout.module.css';
import { Overview } from './overview.tsx';
import { SpanDetails } from './span-details.tsx';
import classes from './trace.module.css';
import { TimelineTools } from './timeline-tools.tsx';
import type { TraceState } from './use-trace.ts';
import { Waterfall, type WaterfallHandle } from './waterfall.tsx';

interface TimelineProps {
  readonly state: TraceState;
  colourOf(service: string): string;
}

/** The view. */
export function Timeline({ state, colourOf }: TimelineProps) {
  const { t } = useTranslation();
  const wide = useMediaQuery('(min-width: 1100px)', true, { getInitialValueInEffect: false });
  const waterfall = useRef<WaterfallHandle>(null);
  const { chosen } = state;
  const goTo = (place: number) => {
    state.reveal(place);
    waterfall.current?.scrollTo(place);
  };
  const close = () => {
    state.choose(undefined);
    waterfall.current?.focus();
  };
  const details = chosen === undefined ? null : <SpanDetails key={chosen} state={state} place={chosen} colourOf={colourOf} onGo={goTo} />;
  return (
    <div className={classes['timeline']} data-details={(wide && details !== null) || undefined}>
      <section className={layout['panel']} aria-label={t('trace.timeline')}>
        <Overview state={state} colourOf={colourOf} />
        <TimelineTools state={state} onGo={goTo} />
        <Waterfall ref={waterfall} state={state} colourOf={colourOf} onClose={close} />
      </section>
      {details === null ? null : wide ? (
        <aside className={classes['details']} aria-label={t('trace.details')}>
          {details}
        </aside>
      ) : (
        <Drawer.Root opened position="bottom" size="72%" onClose={close}>
          <Drawer.Overlay backgroundOpacity={0.4} />
          <Drawer.Content aria-label={t('trace.details')}>
            <Drawer.Body p={0}>{details}</Drawer.Body>
          </Drawer.Content>
        </Drawer.Root>
      )}
    </div>
  );
}
