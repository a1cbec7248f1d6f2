/** Every event that the pipeline tells of itself, one by one. */
import {
  backfillStarted,
  backfillExtended,
  backfillFinished,
  backfillOfOtherCode,
  backfillRefused,
  backfillDryRun,
} from './backfills.ts';
import {
  messageRetried,
  handlerError,
  pushRefused,
  pushFailed,
  deadLettered,
  unknownField,
  newerProducer,
  unknownTable,
} from './deliveries.ts';
import { fetchAsked, fetchFallback, fetchFinished, fetchRefused } from './fetches.ts';
import { alarmCleared, alarmRaised, probeAnswered, tracesLost } from './health.ts';
import { trainingFinished } from './models.ts';
import {
  partitionFailed,
  partitionReopened,
  gateClosed,
  completionRecorded,
  completionSuperseded,
  completionLost,
} from './partitions.ts';
import { runRequested, runStarted, runFinished, runFailed } from './runs.ts';
import { sweepFinished, sweepAskedAgain, reconcileFailed, gapsFound, gapsFailed } from './sweeps.ts';
import { rowsRejected, historyNotWritten, jobFinished } from './warehouse.ts';
import type { EventDeclaration } from './event.ts';

/** The order is that of the metrics in a deployment. */
const TELLERS = [
  backfillStarted,
  backfillExtended,
  backfillFinished,
  backfillOfOtherCode,
  backfillRefused,
  backfillDryRun,
  runRequested,
  runStarted,
  runFinished,
  runFailed,
  partitionFailed,
  partitionReopened,
  gateClosed,
  completionRecorded,
  completionSuperseded,
  completionLost,
  sweepFinished,
  sweepAskedAgain,
  reconcileFailed,
  gapsFound,
  gapsFailed,
  alarmRaised,
  alarmCleared,
  fetchAsked,
  fetchRefused,
  fetchFallback,
  fetchFinished,
  rowsRejected,
  historyNotWritten,
  messageRetried,
  handlerError,
  pushRefused,
  pushFailed,
  deadLettered,
  unknownField,
  newerProducer,
  unknownTable,
  trainingFinished,
  probeAnswered,
  jobFinished,
  tracesLost,
] as const;

/** What is known of every event; the metrics of a deployment are derived from it. */
export const EVENTS: readonly EventDeclaration[] = TELLERS.map(({ declaration }) => declaration);

/** Name of an event -> what makes its line for a person. */
export const TEXTS: ReadonlyMap<string, (fields: never) => string> = new Map(
  TELLERS.map(({ declaration, text }) => [declaration.name, text]),
);
