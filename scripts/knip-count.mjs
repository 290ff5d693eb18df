/** A reporter for knip that says how many files it looked at: a gate that saw nothing must not pass. */

/** @param {{ counters: { total: number } }} result */
export default function count({ counters }) {
  console.log(`knip: ${counters.total} files`);
}
