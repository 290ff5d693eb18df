/** How finely the explorer's graph asks; explaining asks the same, so that it explains what is on show. */

/** About so many points over the range. */
export const GRAPH_POINTS = 480;
