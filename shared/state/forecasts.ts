/** The one reader and writer of `forecasts/backfills`: what runs of earlier backfills have taken, and how far forecasts were off. */
import * as z from 'zod';
import {
  NOTHING_MEASURED,
  withMeasured,
  type Measured,
  type MeasuredRun,
  type Pace,
  type PastForecast,
} from '../domain/forecast.ts';
import type { DocumentPorts } from '../ports/index.ts';
import type { Transaction } from '../ports/state-store.ts';
import { paths } from './documents.ts';
import { objectOf, readerOf } from './stored.ts';

const measuredDocument: z.ZodType<Measured> = z
  .object({
    paces: objectOf<Pace>(),
    past: z.array(z.object({ work: z.number(), seconds: z.number() }).readonly()).readonly(),
  })
  .readonly();

const documents = readerOf(measuredDocument);

/** What is known of earlier backfills of this target. */
export async function readMeasured({ store }: Pick<DocumentPorts, 'store'>): Promise<Measured> {
  return documents.read(paths.forecasts, await store.get(paths.forecasts)) ?? NOTHING_MEASURED;
}

/**
 * Reads what is known, for a transaction that ends a backfill.
 * @returns writes it down with the runs of the backfill added
 */
export async function measuring(
  tx: Transaction,
): Promise<(runs: ReadonlyMap<string, readonly MeasuredRun[]>, past: PastForecast | undefined) => void> {
  const known = documents.read(paths.forecasts, await tx.get(paths.forecasts)) ?? NOTHING_MEASURED;
  return (runs, past) => tx.set(paths.forecasts, withMeasured(known, runs, past));
}
