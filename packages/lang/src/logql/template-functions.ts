/** The names that templates of `line_format` and `label_format` may call besides Go's own, as Loki documents them. */

const NAMES = `
  __line__ __timestamp__
  ToLower ToUpper Replace Trim TrimLeft TrimRight TrimPrefix TrimSuffix TrimSpace
  lower upper title trunc substr contains hasPrefix hasSuffix indent nindent replace repeat trim trimAll trimPrefix trimSuffix
  alignLeft alignRight count regexReplaceAll regexReplaceAllLiteral urlencode urldecode b64enc b64dec fromJson default
  int float64 add sub mul div mod addf subf mulf divf max min maxf minf ceil floor round bytes duration duration_seconds
  now date toDate toDateInZone unixToTime unixEpoch unixEpochMillis unixEpochNanos
`;

/** The names of these functions. */
export const LOGQL_TEMPLATE_FUNCTIONS: ReadonlySet<string> = new Set(NAMES.trim().split(/\s+/));
