/** The map: a plane of nodes and edges that is moved and zoomed; what is chosen stands out with its neighbours. */

import { ActionIcon, Tooltip } from '@mantine/core';
import { IconFocusCentered, IconMinus, IconPlus } from '@tabler/icons-react';
import { useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';

import { type GraphEdge, litBy, type ServiceGraph } from '../../data/services/graph.ts';
import { layoutGraph, type Point } from '../../data/services/layout.ts';
import classes from './map.module.css';
import { MapPlane, NODE_SIZES } from './map-plane.tsx';
import type { ServicesState } from './use-services.ts';
import { useViewport } from './use-viewport.ts';

const ZOOM = 1.25;
const PAN = 60;

/** The map. */
export function ServiceMap({ graph, state }: { graph: ServiceGraph; state: ServicesState }) {
  const { t } = useTranslation();
  const { chosen, find, chooseNode, chooseEdge, chooseNothing } = state;
  // By names only: numbers that change must not move anything.
  const shape = JSON.stringify([graph.nodes.map(({ id }) => id), graph.edges.map(({ id, from, to }) => [id, from, to])]);
  const layout = useMemo(() => {
    const [nodes, edges] = JSON.parse(shape) as [string[], [id: string, from: string, to: string][]];
    return layoutGraph({ nodes, edges: edges.map(([id, from, to]) => ({ id, from, to })) }, NODE_SIZES);
  }, [shape]);
  const { stage, plane, zoomBy, panBy, fit, show } = useViewport(layout);
  const chosenId = chosen === undefined ? undefined : chosen.kind === 'node' ? chosen.node.id : chosen.edge.id;
  const lit = useMemo(() => litBy(graph, chosenId, find), [graph, chosenId, find]);

  // What is sought comes into sight.
  const sought = find === '' ? undefined : graph.nodes.find(({ id }) => lit?.has(id) === true)?.id;
  useEffect(() => {
    const point = sought === undefined ? undefined : layout.nodes.get(sought);
    if (point !== undefined) show(point.x + NODE_SIZES.width / 2, point.y + NODE_SIZES.height / 2);
  }, [sought, layout, show]);

  // The plane is drawn anew only for what it shows: its callbacks keep their identity.
  const latest = useRef({ chooseNode, chooseEdge, chooseNothing });
  useEffect(() => {
    latest.current = { chooseNode, chooseEdge, chooseNothing };
  });
  const acts = useMemo(
    () => ({
      onNode: (id: string) => latest.current.chooseNode(id),
      onEdge: (edge: GraphEdge) => latest.current.chooseEdge(edge),
      onFocus: ({ x, y }: Point) => show(x, y),
    }),
    [show],
  );

  useEffect(() => {
    const element = stage.current;
    const onKey = (event: KeyboardEvent) => {
      const moves: Record<string, () => void> = {
        ArrowLeft: () => panBy(PAN, 0),
        ArrowRight: () => panBy(-PAN, 0),
        ArrowUp: () => panBy(0, PAN),
        ArrowDown: () => panBy(0, -PAN),
        '+': () => zoomBy(ZOOM),
        '-': () => zoomBy(1 / ZOOM),
        '0': () => fit(),
        Escape: () => latest.current.chooseNothing(),
      };
      const move = moves[event.key];
      if (move === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      move();
    };
    element?.addEventListener('keydown', onKey);
    return () => element?.removeEventListener('keydown', onKey);
  }, [stage, panBy, zoomBy, fit]);

  const buttons = [
    { label: t('services.zoomIn'), icon: IconPlus, act: () => zoomBy(ZOOM) },
    { label: t('services.zoomOut'), icon: IconMinus, act: () => zoomBy(1 / ZOOM) },
    { label: t('services.fit'), icon: IconFocusCentered, act: () => fit() },
  ];
  return (
    <div className={classes['frame']}>
      <div ref={stage} className={classes['stage']} role="group" aria-label={t('services.map')} tabIndex={0}>
        <div ref={plane} className={classes['plane']}>
          <MapPlane graph={graph} layout={layout} lit={lit} chosen={chosenId} {...acts} />
        </div>
      </div>
      <div className={classes['buttons']}>
        {buttons.map(({ label, icon: Icon, act }) => (
          <Tooltip key={label} label={label} position="left">
            <ActionIcon variant="default" size={32} aria-label={label} onClick={act}>
              <Icon size={16} />
            </ActionIcon>
          </Tooltip>
        ))}
      </div>
    </div>
  );
}
