/** The pages that exist: what the navigation, the palette and the document's title know of them. */

import {
  IconHeartbeat,
  IconHome2,
  IconLogs,
  IconTimeline,
  IconTarget,
  IconTimelineEventText,
  IconTopologyStar3,
} from '@tabler/icons-react';

/** All pages in the order of the navigation. */
export const PAGES = [
  { to: '/', label: 'page.home', icon: IconHome2 },
  { to: '/explore', label: 'page.metrics', icon: IconTimeline },
  { to: '/logs', label: 'page.logs', icon: IconLogs },
  { to: '/traces', label: 'page.traces', icon: IconTimelineEventText },
  { to: '/services', label: 'page.services', icon: IconTopologyStar3 },
  { to: '/targets', label: 'page.targets', icon: IconTarget },
  { to: '/status', label: 'page.status', icon: IconHeartbeat },
] as const;
