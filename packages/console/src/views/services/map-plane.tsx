/** What lies on the map's plane: nodes as buttons, edges as lines with their numbers. Drawn anew only when the graph or the choice changes. */

import { memo, useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { type GraphEdge, type GraphNode, gravity, type ServiceGraph } from '../../data/services/graph.ts';
import { numberPlaces, pathOf } from '../../data/services/edge-shapes.ts';
import type { Layout, Point } from '../../data/services/layout.ts';
import { SeverityIcon } from '../../parts/severity.tsx';
import classes from './map.module.css';
import { NodeMark } from './node-mark.tsx';
import { useRedText } from './red-text.ts';

/** Sizes of the map's nodes, and the room for the numbers between them. */
export const NODE_SIZES = { width: 176, height: 60, gapX: 128, gapY: 34 } as const;

const ORIGIN: Point = { x: 0, y: 0 };

interface MapPlaneProps {
  readonly graph: ServiceGraph;
  readonly layout: Layout;
  /** Nodes and edges that stand out by their ids; all of them when there is no choice. */
  readonly lit: ReadonlySet<string> | undefined;
  readonly chosen: string | undefined;
  onNode(id: string): void;
  onEdge(edge: GraphEdge): void;
  onFocus(point: Point): void;
}

/** The plane's content. */
export const MapPlane = memo(function MapPlane({ graph, layout, lit, chosen, onNode, onEdge, onFocus }: MapPlaneProps) {
  const places = useMemo(() => numberPlaces(graph.edges, layout.edges), [graph, layout]);
  const busiest = useMemo(() => Math.max(...graph.edges.map(({ rate = 0 }) => rate), 1e-9), [graph]);
  return (
    <>
      <svg className={classes['edges']} width={layout.width} height={layout.height} aria-hidden>
        <defs>
          {['plain', 'warning', 'critical'].map((tone) => (
            <marker
              key={tone}
              id={`edge-${tone}`}
              data-tone={tone}
              viewBox="0 0 8 8"
              refX={7}
              refY={4}
              markerWidth={8}
              markerHeight={8}
              markerUnits="userSpaceOnUse"
              orient="auto"
            >
              <path d="M0 0.5 L8 4 L0 7.5 Z" />
            </marker>
          ))}
        </defs>
        {graph.edges.map((edge) => {
          const points = layout.edges.get(edge.id);
          return points === undefined ? null : (
            <EdgeLine
              key={edge.id}
              edge={edge}
              points={points}
              place={places.get(edge.id) ?? points[0] ?? ORIGIN}
              weight={Math.log1p((edge.rate ?? 0) / busiest) / Math.log(2)}
              dimmed={lit !== undefined && !lit.has(edge.id)}
              chosen={chosen === edge.id}
              onEdge={onEdge}
            />
          );
        })}
      </svg>
      {graph.nodes.map((node) => {
        const point = layout.nodes.get(node.id);
        return point === undefined ? null : (
          <NodeBox
            key={node.id}
            node={node}
            point={point}
            dimmed={lit !== undefined && !lit.has(node.id)}
            chosen={chosen === node.id}
            onNode={onNode}
            onFocus={onFocus}
          />
        );
      })}
    </>
  );
});

interface NodeBoxProps {
  readonly node: GraphNode;
  readonly point: Point;
  readonly dimmed: boolean;
  readonly chosen: boolean;
  onNode(id: string): void;
  onFocus(point: Point): void;
}

function NodeBox({ node, point, dimmed, chosen, onNode, onFocus }: NodeBoxProps) {
  const { t } = useTranslation();
  const text = useRedText();
  const grave = gravity(node.errors);
  // Failures too few to matter would only make the line too long.
  const shown = grave === undefined ? text.short(node) : text.compact(node);
  return (
    <button
      type="button"
      className={classes['node']}
      data-kind={node.kind}
      data-severity={grave}
      data-dimmed={dimmed || undefined}
      aria-pressed={chosen}
      style={{ left: point.x, top: point.y, width: NODE_SIZES.width, height: NODE_SIZES.height }}
      onClick={() => onNode(node.id)}
      onFocus={() => onFocus({ x: point.x + NODE_SIZES.width / 2, y: point.y + NODE_SIZES.height / 2 })}
    >
      <span className={classes['nodeHead']}>
        <NodeMark kind={node.kind} />
        <span className={classes['nodeName']}>{node.name}</span>
        <span className="at-hidden">{t(`services.kind.${node.kind}`)}</span>
        {grave === undefined ? null : <SeverityIcon severity={grave} size={15} />}
      </span>
      {/* Not seen from afar: what it is must be said by something else. */}
      <span className={classes['nodeText']} aria-hidden={shown === '' || undefined}>
        {shown === '' ? t(`services.kind.${node.kind}`) : shown}
      </span>
      {grave === undefined ? null : <span className="at-hidden">{t(`services.grave.${grave}`)}</span>}
    </button>
  );
}

interface EdgeLineProps {
  readonly edge: GraphEdge;
  readonly points: readonly Point[];
  /** Where the numbers stand. */
  readonly place: Point;
  /** 0…1, how much of the traffic of the busiest edge. */
  readonly weight: number;
  readonly dimmed: boolean;
  readonly chosen: boolean;
  onEdge(edge: GraphEdge): void;
}

function EdgeLine({ edge, points, place, weight, dimmed, chosen, onEdge }: EdgeLineProps) {
  const { t } = useTranslation();
  const text = useRedText();
  const grave = gravity(edge.errors);
  const path = pathOf(points, edge.from === edge.to);
  return (
    <g data-edge data-tone={grave} data-dimmed={dimmed || undefined} data-chosen={chosen || undefined} onClick={() => onEdge(edge)}>
      <path className={classes['reach']} d={path} />
      <path
        className={classes['line']}
        d={path}
        strokeWidth={1.2 + 2.2 * weight}
        markerEnd={`url(#edge-${grave ?? 'plain'})`}
        data-async={edge.connection === 'messaging_system' || undefined}
      />
      <text className={classes['numbers']} x={place.x} y={place.y - 5}>
        {text.short(edge)}
        {grave === undefined ? null : (
          <tspan x={place.x} dy={17}>
            {t('services.failing', { share: text.errors(edge) })}
          </tspan>
        )}
      </text>
    </g>
  );
}
