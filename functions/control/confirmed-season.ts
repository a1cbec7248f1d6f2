/** Whether the last answer about a whole season still stands: then a small answer about one date is enough in the morning. */
import type { Archive, ArchivedEntry } from '../../shared/domain/archive.ts';
import { addDays, gameDateOf, type GameDate } from '../../shared/domain/game-date.ts';
import { seasonOf } from '../../shared/domain/season.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import type { ScheduledGame } from '../ingest/schedule.ts';
import type { Ask, Asked } from '../sources/ask.ts';
import { lookInto, payloadFileOf } from '../sources/payload-files.ts';
import type { Endpoint, PlannedGame, Source, Target } from '../sources/source.ts';
import type { Errand } from './fetch-plan.ts';
import { archivesToldBy, playedOnDates } from './season-games.ts';
import { hoursSince, isWanted } from './subjects.ts';

interface Morning {
  readonly date: GameDate;
  readonly errand: Errand;
  readonly targets: readonly Target[];
  /** The games of the date as the archive has them. */
  readonly games: readonly ScheduledGame[];
  readonly gamesOf: (date: GameDate) => Promise<readonly ScheduledGame[]>;
  readonly now: Date;
}

/** What was asked to find it out: absent where nothing was. */
export interface Confirmation {
  readonly isConfirmed: boolean;
  readonly asked?: { readonly endpoint: string; readonly answer: Asked };
}

/**
 * Asks about the games of a date in the place of the whole season. The season stands when it was told within `confirmedBy.days` with
 * every game that was played before, every game since then that is over has its score, and the answer has the games of the date that the
 * archive has, at the same times. An answer that lacked a page so counts for one morning only.
 */
export async function confirmSeason(
  ports: { readonly store: StateStore },
  source: Source,
  ask: Ask,
  { date, errand, targets, games, gamesOf, now }: Morning,
): Promise<Confirmation> {
  const endpoint = Object.values<Endpoint>(source.endpoints).find(({ confirmedBy }) => confirmedBy);
  const { confirmedBy } = endpoint ?? {};
  if (endpoint === undefined || confirmedBy === undefined) return { isConfirmed: false };
  if (errand !== 'morning' || games.length === 0 || !isWanted(endpoint, errand, targets))
    return { isConfirmed: false };
  const archives = await archivesToldBy(ports, endpoint, seasonOf(date));
  const toldAt = lastTold(archives, endpoint);
  if (toldAt === undefined || hoursSince(toldAt, now) > confirmedBy.days * 24) return { isConfirmed: false };
  if (!hasPlayedGames(archives, endpoint, gameDateOf(new Date(toldAt)))) return { isConfirmed: false };
  for (let day = gameDateOf(new Date(toldAt)); day < date; day = addDays(day, 1))
    if ((await gamesOf(day)).some(({ score }) => score === null)) return { isConfirmed: false };
  const answer = await ask(confirmedBy.endpoint, date);
  const asked = { endpoint: confirmedBy.endpoint, answer };
  if (answer.status !== 'fetched' || answer.bytes === undefined) return { isConfirmed: false, asked };
  const found = lookInto(new TextDecoder().decode(answer.bytes), (document) =>
    confirmedBy.gamesIn(document, date),
  );
  return { isConfirmed: found.fault === undefined && textOf(found.found) === textOf(games), asked };
}

function isOf(endpoint: Endpoint, entry: ArchivedEntry | undefined): boolean {
  return entry !== undefined && payloadFileOf(entry.name)?.endpoint === endpoint;
}

/** When an answer of an endpoint was learned last (ISO, UTC); undefined when none is archived. */
function lastTold(archives: readonly Archive[], endpoint: Endpoint): string | undefined {
  return archives
    .flatMap(({ entries }) => Object.values(entries))
    .filter((entry) => isOf(endpoint, entry))
    .map(({ observedAt }) => observedAt)
    .sort()
    .at(-1);
}

/** Whether answers of an endpoint have as many games as were played, by whatever source, on each date before `until`. */
function hasPlayedGames(archives: readonly Archive[], endpoint: Endpoint, until: GameDate): boolean {
  return [...playedOnDates(archives)].every(([date, played]) => {
    if (date >= until) return true;
    const told = archives.flatMap(({ slices, entries }) =>
      (slices[date] ?? []).flatMap(({ entry, subjects }) => (isOf(endpoint, entries[entry]) ? subjects : [])),
    );
    return new Set(told).size >= played.size;
  });
}

function textOf(games: readonly PlannedGame[]): string {
  return games
    .map(({ home, away, tipoffAt }) => `${away}@${home} ${tipoffAt === null ? '' : Date.parse(tipoffAt)}`)
    .sort()
    .join('\n');
}
