/**
 * The slate that `start` shows. In a simulated league a linear model learns from the first part of the season and is promoted when it
 * is better on the games that follow. Then the clock of the home shows the noon before the last night of the regular season, for which
 * the champion predicts like for any night to come.
 */
import { promoteModel, type PromotingPorts } from '../../functions/control/models.ts';
import { lastDateWithRows } from '../../functions/control/date-range.ts';
import { requestOf, rowsOn } from '../../functions/control/predictions.ts';
import { trainModel } from '../../functions/control/train-model.ts';
import type { Client, Worker } from '../../functions/targets/client.ts';
import { easternToUtc } from '../../shared/domain/eastern-time.ts';
import { addDays, gameDateOf, type GameDate } from '../../shared/domain/game-date.ts';
import { servingNow, type ModelCheck } from '../../shared/domain/models.ts';
import type { Row } from '../../shared/domain/table-rows.ts';
import { businessNow, type Clock } from '../../shared/ports/index.ts';
import { aliasHistory } from '../../shared/state/models.ts';
import { knownCalendars } from '../../shared/state/views.ts';
import { slateText } from './predictions.ts';
import { checkLines } from './train.ts';
import { runAndShow } from './watch.ts';

/** Share of the dates of the last season until which the model learns. The dates after them are for the comparison. */
const LEARNED = 0.6;

/** A clock that shows another time while some work is done. */
export interface MovableClock {
  readonly read: Clock;
  /** Does the work while the clock, which goes on, shows `time` at its beginning. */
  readonly at: <T>(time: Date, work: () => Promise<T>) => Promise<T>;
}

/** A clock that is so many seconds ahead of that of the machine, until it is moved. */
export function movableClock(secondsAhead: number, clock: Clock = () => new Date()): MovableClock {
  let ahead = secondsAhead * 1000;
  return {
    read: () => new Date(clock().getTime() + ahead),
    at: async (time, work) => {
      const before = ahead;
      ahead = time.getTime() - clock().getTime();
      try {
        return await work();
      } finally {
        ahead = before;
      }
    },
  };
}

/** A slate, and the model behind it. */
export interface Slate {
  readonly date: GameDate;
  /** The champion; null while there is none. */
  readonly modelId: string | null;
  /** What the gate has said of a model that was trained for it; empty where one served already. */
  readonly gate: readonly ModelCheck[];
  readonly rows: readonly Row[];
  /** Why the night could not be predicted before its games; absent when it was. */
  readonly notPredicted?: string;
}

/** The slate of the last night of the regular season of a simulated league; undefined when there is none. */
export async function leagueSlate(
  client: Client,
  worker: Worker,
  clock: MovableClock,
): Promise<Slate | undefined> {
  const { warehouse } = worker.context.ports;
  const calendars = await knownCalendars(client);
  const facts = await warehouse.scheduleFacts(calendars.map(({ season }) => season));
  if (!facts.ok) throw new Error(facts.failure.detail);
  const dates = facts.value.flatMap(({ date, regularGames }) => (regularGames > 0 ? [date] : [])).sort();
  const lastSeason = dates.filter((date) => date >= (calendars.at(-1)?.openingNight ?? date));
  const [first, date] = [dates[0], lastSeason.at(-1)];
  const learned = lastSeason[Math.floor(LEARNED * lastSeason.length)];
  const noon = easternToUtc(`${date ?? ''}T12:00:00`);
  if (first === undefined || date === undefined || learned === undefined || noon === undefined)
    return undefined;
  const gate = await firstChampion({ ...client, warehouse }, { first, learned, before: date });
  const before = await rowsOn(warehouse, 'predictions', date);
  if (before.length > 0 && before.every((row) => row['origin'] === 'live'))
    return slateOn(client, worker, date, gate);
  // The backfill has built the date as one of the past. It is built again, with its features, as the night to come.
  const request = { ...requestOf('predictions', date), force: true };
  const { backfill } = await clock.at(new Date(noon), () =>
    runAndShow(client, request, { worker, title: '  predicting' }),
  );
  const slate = await slateOn(client, worker, date, gate);
  return backfill.state === 'done' ? slate : { ...slate, notPredicted: backfill.verdict };
}

/** The slate of the latest date that has predictions; undefined when none has. */
export async function latestSlate(client: Client, worker: Worker): Promise<Slate | undefined> {
  const date = await lastDateWithRows(client, 'player_prop_predictions');
  return date === undefined ? undefined : slateOn(client, worker, date, []);
}

async function slateOn(
  client: Client,
  worker: Worker,
  date: GameDate,
  gate: readonly ModelCheck[],
): Promise<Slate> {
  const rows = await rowsOn(worker.context.ports.warehouse, 'predictions', date);
  return { date, modelId: servingNow(await aliasHistory(client, 'champion')), gate, rows };
}

/** Until when the model of the slate learns, and on what it is compared. */
export interface ChampionDates {
  /** The first date that it learns from, and the last one. */
  readonly first: GameDate;
  readonly learned: GameDate;
  /** The night of the slate: the gate compares on the games after `learned` and before this date. */
  readonly before: GameDate;
}

/**
 * Trains a linear model and promotes it when the gate is open. Where a champion serves already, nothing is done.
 * @returns what the checks of the training or the gate have said; none where a champion serves already
 * @throws RequestError when the rows cannot be read
 */
export async function firstChampion(
  ports: PromotingPorts,
  { first, learned, before }: ChampionDates,
): Promise<readonly ModelCheck[]> {
  if (servingNow(await aliasHistory(ports, 'champion')) !== null) return [];
  const { modelId, checks } = await trainModel(
    ports,
    { first, last: learned, algorithm: 'lad', without: [], dryRun: false },
    () => undefined,
  );
  if (modelId === null) return checks;
  const { gate } = await promoteModel(ports, {
    ...{ model: modelId, alias: 'champion', force: false, by: 'fullcourt start' },
    ...{ first: addDays(learned, 1), last: addDays(before, -1) },
  });
  return gate;
}

/** The slate as text, within 80 columns, with the model behind it, or why there is none. */
export function startSlateText(client: Client, { date, rows, modelId, gate, notPredicted }: Slate): string {
  const isShut = modelId === null && gate.length > 0;
  return [
    ...(notPredicted === undefined
      ? []
      : [
          `The night was not predicted before its games: ${notPredicted}`,
          `What is here was made before. Try it with: fullcourt predict --date ${date}`,
        ]),
    ...(gate.length > 0 && modelId !== null
      ? [`A linear model of the first part of the season, ${modelId}, was promoted.`]
      : []),
    ...(isShut ? ['No model was promoted, so there are the rules alone:', ...checkLines(gate)] : []),
    slateText(date, gameDateOf(businessNow(client)), rows, true),
  ].join('\n');
}
