/** Waits for a backfill and shows its progress. */
import {
  runBackfill,
  watchBackfill,
  type Finished,
  type WatchOptions,
} from '../../functions/control/watch.ts';
import type { Client } from '../../functions/targets/client.ts';
import { counted, grouped } from '../../shared/domain/counted.ts';
import type { BackfillRequest } from '../../shared/messages/schemas.ts';
import { isFinished, type Backfill, type FinishedBackfill } from '../../shared/state/backfills.ts';
import { finishLoadsLeft } from './finish-loads.ts';
import { isLogging, tell } from './command.ts';
import { progressDisplay, totalsOf } from './progress.ts';
import { whenStopped } from './stopped.ts';

type ShowOptions = Pick<WatchOptions, 'worker'> & {
  /** The first words of each progress line where the output is not a terminal. */
  readonly title?: string;
};

/**
 * Publishes the request and shows its progress until the backfill has ended. What an import has archived and not loaded is loaded
 * first.
 */
export async function runAndShow(
  client: Client,
  request: BackfillRequest,
  options: ShowOptions = {},
): Promise<Finished> {
  await finishLoadsLeft(client, { worker: options.worker, onWait: tellWaiting });
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
  let last: Backfill | undefined;
  const takeBack = whenStopped(() => {
    display.end();
    return stoppedText(last);
  });
  try {
    return await watch({
      worker,
      onWait: tellWaiting,
      onLook: (backfill) => {
        last = backfill;
        display.show(backfill);
      },
    });
  } finally {
    takeBack();
    display.end();
  }
}

/** Says for whom a command waits. */
function tellWaiting(holder: string, isStill: boolean): void {
  tell(
    isStill
      ? `Nothing has moved for half a minute; ${holder} has the work of this home`
      : `${holder} does the work of this home; waiting for it`,
  );
}

/** What a person reads who has stopped a command that was waiting for a backfill. */
function stoppedText(last: Backfill | undefined): string {
  if (last === undefined) return 'Stopped. The request is published: fullcourt backfills watch last';
  if (isFinished(last)) return `Stopped. Backfill ${last.id} is ${last.state}`;
  const { planned, settled } = totalsOf(last);
  return [
    `Stopped. ${grouped(settled)} of ${counted(planned, 'partition')} of backfill ${last.id} are done, and they stay.`,
    `Go on:   fullcourt backfills watch ${last.id}`,
    `Give up: fullcourt backfills cancel ${last.id}`,
  ].join('\n');
}
