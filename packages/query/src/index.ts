/** Room `query`: answers questions over stored data. Knows the languages, not where samples live. */

export type { LabelReader, LabelRequest, SampleReader, SelectLimits, SelectRequest, SeriesSet } from './reader.ts';
