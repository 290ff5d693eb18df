/** A link to a place that the links module made. */

import { Link } from '@tanstack/react-router';
import type { ComponentProps, ReactNode } from 'react';

import type { Place } from '../data/links/place.ts';

interface PlaceLinkProps extends Pick<ComponentProps<'a'>, 'className' | 'title' | 'aria-label' | 'style' | 'tabIndex'> {
  readonly place: Place;
  readonly children: ReactNode;
}

/** What a router's link needs to lead there, for components that are links themselves. */
export function linkTo({ to, params, search }: Place): object {
  return { to, search, ...(params === undefined ? {} : { params }) };
}

/** The link. */
export function PlaceLink({ place, children, ...rest }: PlaceLinkProps) {
  return (
    <Link {...rest} {...(linkTo(place) as { to: '/' })}>
      {children}
    </Link>
  );
}
