/** What the table of settings says of each. */

/**
 * How a setting is written: durations as `15d`, sizes as `4GiB`, ratios as `0.1`, lists comma-separated in the environment, rules of streams as
 * `{job="a"}=2d`, conditions on spans as `http.route=/health`.
 */
export type SettingType = 'text' | 'duration' | 'bytes' | 'count' | 'ratio' | 'switch' | 'list' | 'streams' | 'conditions';

/** What is known of one setting. */
export interface SettingEntry {
  readonly type: SettingType;
  readonly default: string;
  readonly help: string;
  /** Words that stand for a value of their own, such as `auto`. They read as -1. */
  readonly auto?: boolean;
  /** Whether the value is shown as `<secret>`. */
  readonly secret?: boolean;
  /** The only words that a list may hold. */
  readonly choices?: readonly string[];
}
