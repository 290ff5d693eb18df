/** The colours of a trace's services: by the order in which they appear, so that the first are the furthest apart. */

import { useComputedColorScheme } from '@mantine/core';
import { useMemo } from 'react';

import { lineStyle } from '../../../chart/palette.ts';

/** Gives each service its colour. */
export function useServiceColours(services: readonly { readonly service: string }[]): (service: string) => string {
  const scheme = useComputedColorScheme('light');
  return useMemo(() => {
    const colours = new Map(services.map(({ service }, index) => [service, lineStyle(index, scheme).colour]));
    return (service: string) => colours.get(service) ?? 'var(--at-muted)';
  }, [services, scheme]);
}
