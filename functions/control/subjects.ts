/** What sources are asked about of a date: which questions there are, and which of them the archive has answers to already. */
import { gameDateOf, type GameDate } from '../../shared/domain/game-date.ts';
import { isStandInId } from '../../shared/domain/game-id.ts';
import { seasonOf } from '../../shared/domain/season.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import { archivesOf } from '../../shared/state/archives.ts';
import type { ScheduledGame } from '../ingest/schedule.ts';
import { RAW_LOADS } from '../processors/loads.ts';
import { halfHoursAbout } from '../sources/eastern-hours.ts';
import type { Endpoint, Target } from '../sources/source.ts';
import { HOURS_OF_GAME } from './due.ts';
import { belongsTo, type Errand } from './fetch-plan.ts';

const HOUR = 3_600_000;

/** Kinds of questions in the order in which they are asked: the answer to one may lead to the next. */
export const ABOUT = ['season', 'team', 'moment', 'date', 'hour', 'event', 'game', 'matchup'] as const;

/** Whether a kind of question belongs to an errand and helps to know one of the targets. */
export function isWanted(endpoint: Endpoint, errand: Errand, targets: readonly Target[]): boolean {
  return belongsTo(errand, endpoint) && targets.some((target) => endpoint.targets[target] !== undefined);
}

/** What decides about what a source is asked. */
export interface Subjects {
  readonly date: GameDate;
  readonly games: readonly ScheduledGame[];
  readonly over: readonly ScheduledGame[];
  readonly leads: readonly string[];
  readonly now: Date;
}

/** What a kind of question is asked about, such as the ids of games. */
export function subjectsOf(
  { about, fills, targets, subjectsAt, aboutTeams }: Endpoint,
  { date, games, over, leads, now }: Subjects,
  isKnown: (game: ScheduledGame, kinds: Endpoint['fills']) => boolean,
): readonly string[] {
  switch (about) {
    case 'season':
      return [seasonOf(date)];
    case 'team':
      return games.flatMap(({ away, home }) => [`${away}-${date}`, `${home}-${date}`]);
    case 'date':
      // Who tells the schedule is asked whether or not any game is known.
      if (games.length === 0 && targets.schedule === undefined) return [];
      return [
        aboutTeams?.(
          date,
          games.flatMap(({ away, home }) => [away, home]),
        ) ?? date,
      ];
    case 'hour': {
      const tipoffs = games.map(({ tipoffAt }) => tipoffAt);
      // Of a past date only the reports before known tip-offs are of any use.
      const isPast = date < gameDateOf(now);
      return halfHoursAbout(isPast ? tipoffs.filter((tipoff) => tipoff !== null) : tipoffs, now);
    }
    case 'moment':
      return games.length === 0 ? [] : (subjectsAt?.(date, now) ?? []);
    case 'event':
      return [...new Set(leads)];
    case 'game':
      // Who asks by the ids of the league cannot ask about a game that has none yet.
      return over
        .filter((game) => !isStandInId(game.nbaGameId) && !isKnown(game, fills))
        .map(({ nbaGameId }) => nbaGameId);
    case 'matchup':
      return over.filter((game) => !isKnown(game, fills)).map(({ gameId }) => gameId);
    default:
      return about satisfies never;
  }
}

/**
 * Which games of a date have archived answers of all these kinds already. Only a wave of box scores, the night after and a backfill
 * ask for what is lacking alone; every other errand reads all of them again.
 */
export async function knownGames(
  ports: { readonly store: StateStore },
  date: GameDate,
  errand: Errand,
): Promise<(game: ScheduledGame, kinds: Endpoint['fills']) => boolean> {
  if (errand !== 'box_scores' && errand !== 'overnight' && errand !== 'history') return () => false;
  const names = RAW_LOADS.all.map(({ definition }) => definition.name);
  const archives = await archivesOf(ports, names, seasonOf(date));
  const known = new Set(
    archives.flatMap((archive) =>
      (archive?.slices[date] ?? []).flatMap(({ entry, subjects }) =>
        subjects.map((subject) => `${archive?.entries[entry]?.kind ?? ''} ${subject}`),
      ),
    ),
  );
  return ({ nbaGameId, gameId }, kinds) =>
    kinds.every((kind) => known.has(`${kind} ${nbaGameId}`) || known.has(`${kind} ${gameId}`));
}

/**
 * A game with a score is over. One without a time of its own may be over when the day after its date has begun.
 * @param hours from tip-off after which a game may be over
 */
export function mayBeOver(
  { score, tipoffAt, date }: ScheduledGame,
  now: Date,
  hours: number = HOURS_OF_GAME,
): boolean {
  if (score !== null) return true;
  if (tipoffAt === null) return gameDateOf(now) > date;
  return hoursSince(tipoffAt, now) >= hours;
}

/** Hours from an instant (ISO, UTC) until `now`; not a number for one that is not known. */
export function hoursSince(instant: string | null, now: Date): number {
  return instant === null ? Number.NaN : (now.getTime() - Date.parse(instant)) / HOUR;
}
