/** How many dates one run of a table builds where DuckDB computes them in this process. */
import type { BatchSize } from '../../../shared/domain/plan.ts';
import { isRaw } from '../../../shared/domain/table.ts';

/** A batch of so many dates is built well within a second: the first one of a season shows early that work goes on. */
const FIRST_DATES = 15;
/** As many dates as a message may name, more than any season has. */
const SEASON_DATES = 250;

/**
 * The first batch of a season is small, and the next one takes the rest of the season: a query reads the season from its opening
 * night for every batch, so that two batches cost half the time of five. Raw tables read files, each date for itself, and
 * begin with a large batch.
 */
export const embeddedBatchSize: BatchSize = ({ definition }, earlier) =>
  !isRaw(definition) && earlier === 0 ? FIRST_DATES : SEASON_DATES;
