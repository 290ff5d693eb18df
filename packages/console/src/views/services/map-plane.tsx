/** What lies on the map's plane: nodes as buttons, edges as lines with their numbers. Drawn anew only when the graph or the choice changes. */

import { memo, useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { type GraphEdge, type GraphNode, gravity, type ServiceGraph } from '../../data/services/graph.ts';
import type { Layout, Point } from '../../data/services/layout.ts';
import { SeverityIcon } from '../../parts/severity.tsx';
import classes from './map.module.css';
import { NodeMark } from './node-mark.tsx';
import { useRedText } from './red-text.ts';

/** Sizes of the map's nodes, and the room for the numbers between them. */
export const NODE_SIZES = { width: 176, height: 60, gapX: 128, gapY: 34 } as const;

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
  // Numbers stand where edges are apart: near the called of many, near the callers of one.
  const shareOf = ({ from, to }: GraphEdge) => {
    const out = graph.edges.filter((edge) => edge.from === from).length;
    const into = graph.edges.filter((edge) => edge.to === to).length;
    return out > into ? 0.6 : out < into ? 0.4 : 0.5;
  };
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
              share={shareOf(edge)}
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
  const line = text.line(node);
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
      aria-label={[node.name, t(`services.kind.${node.kind}`), line].filter(Boolean).join(', ')}
      style={{ left: point.x, top: point.y, width: NODE_SIZES.width, height: NODE_SIZES.height }}
      onClick={() => onNode(node.id)}
      onFocus={() => onFocus({ x: point.x + NODE_SIZES.width / 2, y: point.y + NODE_SIZES.height / 2 })}
    >
      <span className={classes['nodeHead']}>
        <NodeMark kind={node.kind} />
        <span className={classes['nodeName']}>{node.name}</span>
        {grave === undefined ? null : <SeverityIcon severity={grave} size={15} />}
      </span>
      <span className={classes['nodeText']}>{shown === '' ? t(`services.kind.${node.kind}`) : shown}</span>
    </button>
  );
}

interface EdgeLineProps {
  readonly edge: GraphEdge;
  readonly points: readonly Point[];
  /** 0…1, where on its last curve the numbers stand. */
  readonly share: number;
  /** 0…1, how much of the traffic of the busiest edge. */
  readonly weight: number;
  readonly dimmed: boolean;
  readonly chosen: boolean;
  onEdge(edge: GraphEdge): void;
}

function EdgeLine({ edge, points, share, weight, dimmed, chosen, onEdge }: EdgeLineProps) {
  const { t } = useTranslation();
  const text = useRedText();
  const grave = gravity(edge.errors);
  const path = pathOf(points, edge.from === edge.to);
  const middle = onCurve(points.at(-2) as Point, points.at(-1) as Point, share);
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
      <text className={classes['numbers']} x={middle.x} y={middle.y - 5}>
        {text.short(edge)}
        {grave === undefined ? null : (
          <tspan x={middle.x} dy={17}>
            {t('services.failing', { share: text.errors(edge) })}
          </tspan>
        )}
      </text>
    </g>
  );
}

/** Curves between the layers, straight lines through them. */
function pathOf(points: readonly Point[], loop: boolean): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  if (loop) {
    const end = rest[0] as Point;
    return `M${first.x} ${first.y} C${first.x} ${first.y - 34} ${end.x + 34} ${end.y - 30} ${end.x} ${end.y}`;
  }
  let before = first;
  let path = `M${first.x} ${first.y}`;
  for (const [index, point] of rest.entries()) {
    if (index % 2 === 0) {
      const bend = (point.x - before.x) / 2;
      path += ` C${before.x + bend} ${before.y} ${point.x - bend} ${point.y} ${point.x} ${point.y}`;
    } else path += ` L${point.x} ${point.y}`;
    before = point;
  }
  return path;
}

/** A point of the curve between two points, as {@link pathOf} draws it; `t` is 0…1. */
function onCurve(a: Point, b: Point, t: number): Point {
  const [near, middle, far] = [(1 - t) ** 3, 1.5 * (1 - t) * t, t ** 3];
  const bent = 3 * (1 - t) * t ** 2 + far;
  return { x: a.x * (near + middle) + b.x * (far + middle), y: a.y * (1 - bent) + b.y * bent };
}
