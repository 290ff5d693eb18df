/** Attributes: name, value with its type, and what can be done with each. */

import { ActionIcon, Tooltip } from '@mantine/core';
import { IconSearch, IconZoomIn } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { placeOfTraces } from '../../../data/links/addresses.ts';
import { prettyJson } from '../../../data/logs/line-text.ts';
import { attributeCondition, buildTraceql, EVERY_TRACE, withCondition } from '../../../data/traces/search.ts';
import type { SpanAttribute } from '../../../data/traces/span.ts';
import { useRange } from '../../../live/range.tsx';
import { CopyButton } from '../../../parts/copy.tsx';
import { linkTo } from '../../../parts/place-link.tsx';
import classes from './details.module.css';
import type { TraceState } from './use-trace.ts';

interface AttributeTableProps {
  readonly state: TraceState;
  /** As TraceQL calls it. */
  readonly scope: 'span' | 'resource' | 'event' | 'link' | 'instrumentation';
  readonly attributes: readonly SpanAttribute[];
}

/** The list, by name. */
export function AttributeTable({ state, scope, attributes }: AttributeTableProps) {
  const { t } = useTranslation();
  if (attributes.length === 0) return scope === 'span' ? <p className={classes['note']}>{t('trace.noAttributes')}</p> : null;
  return (
    <dl className={classes['attributes']}>
      {attributes
        .toSorted((a, b) => (a.key < b.key ? -1 : 1))
        .map((attribute, at) => (
          <AttributeRow key={`${attribute.key} ${at}`} state={state} scope={scope} attribute={attribute} />
        ))}
    </dl>
  );
}

function AttributeRow({ state, scope, attribute }: { state: TraceState; scope: AttributeTableProps['scope']; attribute: SpanAttribute }) {
  const { t } = useTranslation();
  const { range } = useRange();
  const { key, type, value } = attribute;
  const condition = attributeCondition(scope, key, type, value);
  const findTraces = t('trace.findValue', { name: key });
  const findHere = t('trace.findHere', { name: key });
  return (
    <div className={classes['attribute']}>
      <dt title={key}>{key}</dt>
      <dd>
        <span className={classes['value']} data-type={type} title={t(`trace.type.${type}`)}>
          {type === 'array' || type === 'map' ? (prettyJson(value) ?? value) : value === '' ? <em>{t('trace.type.empty')}</em> : value}
        </span>
        <span className={classes['acts']}>
          <CopyButton text={value} label={t('trace.copyValue', { name: key })} />
          <Tooltip label={findHere}>
            <ActionIcon size={26} aria-label={findHere} onClick={() => state.setFind(`${key}=${value}`)}>
              <IconSearch size={14} />
            </ActionIcon>
          </Tooltip>
          {condition === undefined ? null : (
            <Tooltip label={findTraces}>
              <ActionIcon
                size={26}
                component={Link}
                aria-label={findTraces}
                {...linkTo(placeOfTraces(buildTraceql(withCondition(EVERY_TRACE, condition)), range))}
              >
                <IconZoomIn size={15} />
              </ActionIcon>
            </Tooltip>
          )}
        </span>
      </dd>
    </div>
  );
}
