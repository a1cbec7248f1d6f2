/** How many dates one run of a table builds where DuckDB computes them in this process. */
import type { BatchSize } from '../../../shared/domain/plan.ts';
import { isRaw } from '../../../shared/domain/table.ts';

/** The first batch of a season has so few dates that its end shows early that work goes on. */
const FIRST_DATES = 15;
/** As many dates as a message may name, more than any season has. */
const SEASON_DATES = 250;

/**
 * The first batch of a season is small, and the next one takes the rest of the season. A query reads the season from its opening
 * night for every batch, so two batches need less work than five. Raw tables read files, each date for itself, and
 * begin with a large batch.
 */
export const embeddedBatchSize: BatchSize = ({ definition }, earlier) =>
  !isRaw(definition) && earlier === 0 ? FIRST_DATES : SEASON_DATES;
