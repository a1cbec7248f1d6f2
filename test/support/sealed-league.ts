/** The small league with a season of predictions that were made and sealed before their games, by a model and by rules. */
import { cpSync } from 'node:fs';
import { promoteModel } from '../../functions/control/models.ts';
import { requestOf } from '../../functions/control/predictions.ts';
import { trainModel } from '../../functions/control/train-model.ts';
import { runBackfill } from '../../functions/control/watch.ts';
import type { Worker } from '../../functions/targets/client.ts';
import { openClient, openWorker, type EmbeddedClient } from '../../functions/targets/embedded/client.ts';
import { movableClock, type MovableClock } from '../../scripts/cli/start-slate.ts';
import { readConfig } from '../../shared/config.ts';
import { gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import { knownCalendars } from '../../shared/state/views.ts';
import { ownCopyOf } from './homes.ts';
import { onceInARun } from './once-in-a-run.ts';
import { cliJson } from './run-cli.ts';
import { builtLeague, importInto, SEASON, tinyFiles } from './tiny-league.ts';

/** A range of dates. */
interface Dates {
  readonly first: GameDate;
  readonly last: GameDate;
}

/** The dates that the champion of {@link sealedLeague} has learned from; the rest of the season it has not seen. */
const LEARNED: Dates = { first: gameDate('2021-11-02'), last: gameDate('2021-12-10') };

/** All dates of the first season that have features: what the champion of {@link sealedSecondSeason} has learned from. */
const FIRST_SEASON: Dates = { first: gameDate('2021-11-02'), last: gameDate('2022-06-30') };

const SECOND_SEASON = '2022-23';

/** A home that is open, with a clock that can be moved. */
export interface ClockedHome {
  readonly client: EmbeddedClient;
  readonly worker: Worker;
  readonly clock: MovableClock;
}

/** Opens the home for `work` and closes it however that ends. */
export async function atClockedHome<T>(home: string, work: (opened: ClockedHome) => Promise<T>): Promise<T> {
  const clock = movableClock(0);
  const client = openClient({ ...readConfig({}), home }, { businessClock: clock.read });
  try {
    const worker = await openWorker(client, 'test');
    if (worker === undefined) throw new Error(`${home} is in use`);
    try {
      worker.dispatcher.start();
      return await work({ client, worker, clock });
    } finally {
      await worker.close();
    }
  } finally {
    client.close();
  }
}

/** Predicts a date as of a time (ISO, UTC). */
export async function predictAt(
  { client, worker, clock }: ClockedHome,
  date: string,
  time: string,
): Promise<void> {
  const request = requestOf('predictions', gameDate(date));
  const { backfill } = await clock.at(new Date(time), () => runBackfill(client, request, { worker }));
  if (backfill.state !== 'done') throw new Error(`The predictions of ${date} are ${backfill.state}`);
}

/** Trains a linear model on a range of dates and makes it the champion. @returns its id */
async function crown({ client, worker }: ClockedHome, learned: Dates): Promise<string> {
  const ports = { ...client, warehouse: worker.context.ports.warehouse };
  const { modelId } = await trainModel(
    ports,
    { ...learned, algorithm: 'lad', without: [], dryRun: false },
    () => undefined,
  );
  if (modelId === null) throw new Error('Nothing was learned');
  const asked = { model: modelId, alias: 'champion', force: true, reason: 'for tests', by: 'tests' } as const;
  await promoteModel(ports, asked);
  return modelId;
}

/** Predicts each night of a season at noon before its games, by a linear model that has learned from `learned`, and by the rules. */
async function sealSeason(home: string, season: string, learned: Dates): Promise<void> {
  await atClockedHome(home, async (opened) => {
    await crown(opened, learned);
    const calendar = (await knownCalendars(opened.client)).find((each) => each.season === season);
    if (calendar === undefined) throw new Error(`${home} has no season ${season}`);
    for (const date of calendar.dates) await predictAt(opened, date, `${date}T16:00:00Z`);
  });
}

/**
 * A home in which each night of the season was predicted at noon before its games, by a linear model and by the rules. Its clock is
 * that of the machine again, so that every prediction is sealed. Other tests of this process read it, too: to change it, take a
 * `copyOf`.
 */
export async function sealedLeague(): Promise<string> {
  return ownCopyOf(
    await onceInARun('tiny-sealed', async (home) => {
      cpSync((await builtLeague()).folder, home, { recursive: true });
      await sealSeason(home, SEASON, LEARNED);
    }),
  );
}

/** The same for the second season of a league of two, by a model of the first one, which was built and not predicted. */
export async function sealedSecondSeason(): Promise<string> {
  const shared = await onceInARun('tiny-sealed-second', async (home) => {
    await importInto(home, tinyFiles({ seasons: 2 }));
    for (const season of [SEASON, SECOND_SEASON]) {
      const { code, stderr } = await cliJson(home, 'backfill', '--season', season, '--through', 'phase4');
      if (code !== 0) throw new Error(stderr);
    }
    await sealSeason(home, SECOND_SEASON, FIRST_SEASON);
  });
  return ownCopyOf(shared);
}
