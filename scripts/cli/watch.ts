/** Waits for a backfill and shows its progress. */
import {
  runBackfill,
  watchBackfill,
  type Finished,
  type WatchOptions,
} from '../../functions/control/watch.ts';
import type { Client } from '../../functions/targets/client.ts';
import type { BackfillRequest } from '../../shared/messages/schemas.ts';
import type { FinishedBackfill } from '../../shared/state/backfills.ts';
import { isLogging } from './command.ts';
import { progressDisplay } from './progress.ts';

type ShowOptions = Pick<WatchOptions, 'worker'> & {
  /** The first words of each progress line where the output is not a terminal. */
  readonly title?: string;
};

/** Publishes the request and shows its progress until the backfill has ended. */
export function runAndShow(
  client: Client,
  request: BackfillRequest,
  options: ShowOptions = {},
): Promise<Finished> {
  return shown(options, (watching) => runBackfill(client, request, watching));
}

/** Shows the progress of a backfill until it has ended. */
export function watchAndShow(
  client: Client,
  id: string,
  options: ShowOptions = {},
): Promise<FinishedBackfill> {
  return shown(options, (watching) => watchBackfill(client, id, watching));
}

async function shown<T>(
  { worker, title }: ShowOptions,
  watch: (watching: WatchOptions) => Promise<T>,
): Promise<T> {
  const display = progressDisplay(process.stderr.isTTY && !isLogging() ? 'bars' : 'lines', title);
  try {
    return await watch({ worker, onLook: display.show });
  } finally {
    display.end();
  }
}
