/**
 * What a backfill asks live sources: what the archive has never been told of past dates, for which a source is on that tells it. Each
 * question has its price. All of it follows from the archive and from the settings, so that a second look plans what is still lacking.
 */
import type { SourceSettings } from '../../shared/config.ts';
import type { Archive } from '../../shared/domain/archive.ts';
import type { Target } from '../../shared/domain/fetch.ts';
import { gameDateOf, type GameDate } from '../../shared/domain/game-date.ts';
import { seasonOf, type Season } from '../../shared/domain/season.ts';
import { archivesOf } from '../../shared/state/archives.ts';
import type { FetchItem, FetchLeftOut, FetchPlan, FetchPrice } from '../../shared/state/backfill-fetches.ts';
import { sourceState } from '../../shared/state/source-states.ts';
import type { ScheduledGame } from '../ingest/schedule.ts';
import { hostOf, howToSwitchOn, isOn, reachingOf } from '../sources/access.ts';
import { SOURCES } from '../sources/index.ts';
import type { Endpoint, Source } from '../sources/source.ts';
import { gamesReader, type SeeingPorts } from './asking.ts';
import { ordersOf } from './fetch-plan.ts';
import { isWanted, knownGames, mayBeOver, subjectsOf } from './subjects.ts';
import { FILLED, targetsFilling } from './target-tables.ts';

const TABLES = [...new Set(Object.values(FILLED).flat())];
/** Kinds of answers that speak of single games at single times: the first part of a subject is the game. */
const AT_TIMES: ReadonlySet<string> = new Set(['event_lines', 'event_props']);

export interface HistoryAsked {
  /** Dates that are not past are passed over. */
  readonly dates: readonly GameDate[];
  /** The raw tables that are to be filled. */
  readonly tables: readonly string[];
  readonly now: Date;
}

/** Plans what is asked about past dates. Writes nothing, and asks nobody. */
export async function planFetches(
  ports: SeeingPorts,
  settings: SourceSettings,
  { dates, tables, now }: HistoryAsked,
): Promise<Omit<FetchPlan, 'stage'>> {
  const today = gameDateOf(now);
  const targets = targetsFilling(tables);
  const orders = ordersOf('history');
  const gamesOf = gamesReader(ports);
  const credits = await creditsOf(ports, settings);
  const archives = new Map<Season, readonly (Archive | undefined)[]>();
  const items: FetchItem[] = [];
  const prices = new Map<string, FetchPrice>();
  const leftOut = new Map<string, FetchLeftOut>();
  for (const date of dates) {
    if (date >= today) continue;
    const season = seasonOf(date);
    const ofSeason = archives.get(season) ?? (await archivesOf(ports, TABLES, season));
    archives.set(season, ofSeason);
    const games = await gamesOf(date);
    const over = games.filter((game) => mayBeOver(game, now));
    const lacking = targets.filter((target) => isLacking(target, date, over, ofSeason));
    if (over.length === 0 || lacking.length === 0) continue;
    const isKnown = await knownGames(ports, date, 'history');
    const asked = new Map<Source, Target[]>();
    for (const target of lacking) {
      let why: Pick<FetchLeftOut, 'reason' | 'source' | 'detail'> | undefined;
      let chosen: Source | undefined;
      for (const name of orders[target] ?? []) {
        const source = SOURCES.find((each) => each.name === name);
        if (source === undefined) continue;
        const about = { date, games, over, leads: [], now };
        const cost = questionsOf(source, [target], about, isKnown);
        if (cost.requests === 0) continue;
        if (!isOn(settings, source)) {
          why ??= { reason: 'off', source: name, detail: howToSwitchOn(settings, source) };
          continue;
        }
        const purse = credits.get(name);
        const others = questionsOf(source, asked.get(source) ?? [], about, isKnown).credits;
        const total = questionsOf(source, [...(asked.get(source) ?? []), target], about, isKnown).credits;
        if (purse !== undefined && purse.left !== null && purse.left - (total - others) < purse.kept) {
          why ??= {
            reason: 'floor',
            source: name,
            detail: `${purse.kept} credits are kept (FULLCOURT_SOURCE_${name.toUpperCase()}_FLOOR)`,
          };
          continue;
        }
        if (purse !== undefined && purse.left !== null) purse.left -= total - others;
        chosen = source;
        break;
      }
      if (chosen !== undefined) asked.set(chosen, [...(asked.get(chosen) ?? []), target]);
      else if (why !== undefined) {
        const key = `${target} ${why.reason} ${why.source}`;
        const known = leftOut.get(key);
        leftOut.set(key, { target, ...why, dates: [...(known?.dates ?? []), date] });
      }
    }
    if (asked.size === 0) continue;
    items.push({ date, targets: [...asked.values()].flat().sort() });
    for (const [source, of] of asked) {
      const cost = questionsOf(source, of, { date, games, over, leads: [], now }, isKnown);
      const { before = null, kept = 0 } = credits.get(source.name) ?? {};
      const known = prices.get(source.name);
      prices.set(source.name, {
        source: source.name,
        host: hostOf(settings, source).address,
        targets: [...new Set([...(known?.targets ?? []), ...of])].sort(),
        dates: (known?.dates ?? 0) + 1,
        requests: (known?.requests ?? 0) + cost.requests,
        credits: (known?.credits ?? 0) + cost.credits,
        creditsLeft: before,
        creditsKept: kept,
        seconds: Math.round(((known?.seconds ?? 0) + cost.requests * source.secondsBetween) * 10) / 10,
      });
    }
  }
  return { items, prices: [...prices.values()], leftOut: [...leftOut.values()], problem: null };
}

/** The credits of a source: how many it had left before the plan, how many as far as the plan has come, and how many are kept. */
interface Purse {
  readonly before: number | null;
  left: number | null;
  readonly kept: number;
}

async function creditsOf(ports: SeeingPorts, settings: SourceSettings): Promise<ReadonlyMap<string, Purse>> {
  const found = new Map<string, Purse>();
  for (const source of SOURCES) {
    if (source.creditsFloor === undefined) continue;
    const state = await sourceState(ports, hostOf(settings, source));
    const { floor = source.creditsFloor } = reachingOf(settings, source);
    const before = state.credits?.left ?? null;
    found.set(source.name, { before, left: before, kept: floor });
  }
  return found;
}

/** How many questions a source is asked about some targets of a date, and their credits. */
function questionsOf(
  source: Source,
  targets: readonly Target[],
  about: Parameters<typeof subjectsOf>[1],
  isKnown: Parameters<typeof subjectsOf>[2],
): { readonly requests: number; readonly credits: number } {
  const today = gameDateOf(about.now);
  /** Path -> credits: two kinds of questions with one path are asked once. */
  const paths = new Map<string, number>();
  let [requests, credits] = [0, 0];
  for (const endpoint of Object.values<Endpoint>(source.endpoints)) {
    if (!isWanted(endpoint, 'history', targets)) continue;
    const { credits: each = 0, after } = endpoint;
    const before = after?.isAnswered === false ? source.endpoints[after.endpoint] : undefined;
    // What stands in for another question is seldom asked.
    if (before?.covers(about.date, today) === true && isWanted(before, 'history', targets)) continue;
    if (endpoint.about === 'event') {
      const questions = endpoint.usually?.(about.over.length, about.date, today) ?? 0;
      requests += questions;
      credits += questions * each;
    } else
      for (const subject of subjectsOf(endpoint, about, isKnown))
        if (endpoint.covers(subject, today)) paths.set(endpoint.path(subject), each);
  }
  for (const each of paths.values()) credits += each;
  return { requests: requests + paths.size, credits };
}

/** Whether the archive was never told a target of some game of a date that was played. */
function isLacking(
  target: Target,
  date: GameDate,
  over: readonly ScheduledGame[],
  archives: readonly (Archive | undefined)[],
): boolean {
  if (target === 'schedule') return over.some(({ score }) => score === null);
  const told = FILLED[target].flatMap((table) => {
    const archive = archives[TABLES.indexOf(table)];
    return (archive?.slices[date] ?? []).map(({ entry, subjects }) => ({
      kind: archive?.entries[entry]?.kind ?? '',
      subjects,
    }));
  });
  switch (target) {
    case 'roster':
      return false;
    case 'injuries':
      // A list of a second source is no report of a team.
      return told.every(({ kind }) => kind === 'injury_list');
    case 'game_lines':
    case 'player_lines': {
      // Files and lists of a whole date speak of all games that they know lines on.
      if (told.some(({ kind }) => !AT_TIMES.has(kind))) return false;
      const games = told.flatMap(({ subjects }) => subjects.map((subject) => subject.replace(/-.*/, '')));
      return new Set(games).size < over.length;
    }
    case 'player_box':
    case 'team_box':
    case 'gamebook':
    case 'play_by_play': {
      const games = new Set(told.flatMap(({ subjects }) => subjects));
      return over.some(({ nbaGameId, gameId }) => !games.has(nbaGameId) && !games.has(gameId));
    }
    default:
      return target satisfies never;
  }
}
