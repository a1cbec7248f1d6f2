/** Asks one source what it knows of one date. `ingest` and the handler of due fetches ask by this alone. */
import type { Archive } from '../../shared/domain/archive.ts';
import { gameDateOf, type GameDate } from '../../shared/domain/game-date.ts';
import { seasonOf, type Season } from '../../shared/domain/season.ts';
import { isAnswered } from '../../shared/domain/source-state.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import { archivesOf } from '../../shared/state/archives.ts';
import { archivedParts } from '../ingest/archived-lines.ts';
import type { ScheduledGame } from '../ingest/schedule.ts';
import { RAW_LOADS } from '../processors/loads.ts';
import type { Ask, Asked } from '../sources/ask.ts';
import type { Endpoint, Source, Target } from '../sources/source.ts';
import type { SourceFile } from './archive-files.ts';
import { gamesOfDate, isOfSchedule, type ReadGames } from './archived-schedule.ts';
import { confirmSeason } from './confirmed-season.ts';
import { CLOSING_MINUTES, closingsOf, HOURS_OF_GAME, tipoffsOf } from './due.ts';
import type { Errand } from './fetch-plan.ts';
import { judgedByGames, judgedBySeason } from './judged-answers.ts';
import { answerStands } from './standing-answers.ts';
import { ABOUT, isWanted, knownGames, mayBeOver, subjectsOf } from './subjects.ts';

/**
 * Hours from tip-off after which a wave of box scores asks for a game without a score. The wave has read the schedule before, so that
 * a game which is over has one.
 */
const HOURS_WITHOUT_SCORE = 3;
/** Minutes before their tip-off from which games are asked about by a reading ten minutes before another tip-off. */
const CLOSING_LINES_MINUTES = 30;
/** Seconds that one source may keep a date waiting. */
const BUDGET_SECONDS = 120;
const MINUTE = 60_000;

export interface SeeingPorts {
  readonly store: StateStore;
  readonly archive: ArchiveStore;
}

/** What a source is asked about. */
export interface Errands {
  readonly date: GameDate;
  readonly errand: Errand;
  readonly targets: readonly Target[];
  /** The business time: which games may be over. */
  readonly now: Date;
  /** A clock of the machine, for the budget of waiting. */
  readonly clock: () => Date;
  /** Credits that the readings of the date should cost at most; by default those that the source declares. */
  readonly creditsADay?: number | undefined;
}

/** What a source has told. */
export interface SourceAnswers {
  readonly asked: readonly Asked[];
  /** Sound answers that fill raw tables. */
  readonly files: readonly SourceFile[];
  /** What was wanted and not told. */
  readonly failed: readonly Target[];
  /** What the source does not tell of the date at all. */
  readonly uncovered: readonly Target[];
  /** Games of the date, and those of them that cannot be over yet and so were not asked for. */
  readonly games: number;
  readonly notDue: number;
  /** Whether an answer is not there yet. */
  readonly isNotYet: boolean;
}

/**
 * Asks a source about a date and keeps in the archive what fills no table. An answer that fills tables is returned.
 * @param onAsked told of every question when it was answered
 */
export async function askSource(
  ports: SeeingPorts,
  source: Source,
  ask: Ask,
  { date, errand, targets, now, clock, creditsADay = source.creditsADay ?? Infinity }: Errands,
  onAsked: (asked: Asked) => void = () => undefined,
): Promise<SourceAnswers> {
  const gamesOf = gamesReader(ports);
  const games = await gamesOf(date);
  const over = games.filter((game) => mayBeOver(game, now, hoursUntilOver(errand)));
  const isKnown = await knownGames(ports, date, errand);
  const asked: Asked[] = [];
  const files: SourceFile[] = [];
  const failed = new Set<Target>();
  const until = clock().getTime() + BUDGET_SECONDS * 1000;
  const season = await confirmSeason(ports, source, ask, { date, errand, targets, games, gamesOf, now });
  const leads: string[] = [];
  /** Kinds of questions of which one was answered. */
  const answered = new Set<string>();
  const uncovered = new Set<Target>();
  const told = new Set<Target>();
  const targetsIn = (endpoint: Endpoint): Target[] =>
    targets.filter((target) => endpoint.targets[target] !== undefined);
  /** What the season has told, so that its date need not be asked about; and what it has not told, which no date makes up for. */
  const [toldOfSeason, lackingOfSeason] = [new Set<Target>(), new Set<Target>()];
  const fail = (endpoint: Endpoint, known: readonly Target[] = []): void => {
    for (const target of targetsIn(endpoint)) {
      if (known.includes(target)) continue;
      failed.add(target);
      if (endpoint.about === 'season') lackingOfSeason.add(target);
    }
  };
  /** What another question about the whole date has told, such as the log of the play-offs beside that of the season. */
  const toldOfDate = new Set<Target>();
  for (const about of ABOUT)
    for (const [name, endpoint] of Object.entries<Endpoint>(source.endpoints)) {
      if (endpoint.about !== about || !isWanted(endpoint, errand, targets)) continue;
      if (about === 'date' && targetsIn(endpoint).every((target) => toldOfSeason.has(target))) continue;
      if (about === 'season' && season.isConfirmed && endpoint.confirmedBy !== undefined) continue;
      if (errand !== 'everything' && (await answerStands(ports, endpoint, { date, games, now }))) continue;
      const { after } = endpoint;
      if (after !== undefined && answered.has(after.endpoint) !== after.isAnswered) continue;
      const subjects = subjectsOf(endpoint, { date, games, over, leads, now }, isKnown);
      const covered = subjects.filter((subject) => endpoint.covers(subject, gameDateOf(now)));
      const isCovered = covered.length > 0 || subjects.length === 0;
      if (endpoint.rhythm !== 'led')
        for (const target of targetsIn(endpoint)) (isCovered ? told : uncovered).add(target);
      // What stands in for another question tells what that one has not told.
      if (after?.isAnswered === false && covered.length > 0)
        for (const target of targetsIn(endpoint)) if (!lackingOfSeason.has(target)) failed.delete(target);
      for (const subject of covered) {
        if (clock().getTime() > until) {
          fail(endpoint);
          const left = leftBehind(`${source.name}.${name}.${subject}.json`);
          asked.push(left);
          onAsked(left);
          continue;
        }
        const answer =
          name === season.asked?.endpoint
            ? season.asked.answer
            : await ask(name, subject, about === 'moment' ? nextTipoff(games, now) : undefined);
        const found =
          about === 'season'
            ? await judgedBySeason(ports, answer, endpoint, subject)
            : judgedByGames(answer, endpoint, subject, { games, over, now });
        asked.push(found.answer);
        onAsked(found.answer);
        leads.push(...leadsOf(found.answer, source, { date, errand, games, now, creditsADay }));
        if (isAnswered(found.answer.status)) answered.add(name);
        if (found.isLacking) fail(endpoint, found.told);
        else if (about === 'season' || (about === 'date' && endpoint.fills.length > 0))
          for (const target of targetsIn(endpoint))
            (about === 'season' ? toldOfSeason : toldOfDate).add(target);
        const { name: file, bytes, status, original } = found.answer;
        if (original !== undefined) await ports.archive.put(original.name, original.bytes);
        if (bytes === undefined) continue;
        if (status === 'fetched' && endpoint.fills.length > 0) files.push({ name: file, bytes: () => bytes });
        // What only leads to other questions, and what cannot be read, is kept for whoever looks at it.
        else await ports.archive.put(file, bytes);
      }
    }
  // What was asked in vain in the place of the season is told, too.
  if (season.asked !== undefined && !asked.includes(season.asked.answer)) {
    asked.push(season.asked.answer);
    onAsked(season.asked.answer);
  }
  const notDue = games.length - over.length;
  for (const target of toldOfDate) if (!lackingOfSeason.has(target)) failed.delete(target);
  return {
    ...{ asked, files, failed: [...failed].sort(), games: games.length, notDue },
    uncovered: [...uncovered].filter((target) => !told.has(target) && !failed.has(target)).sort(),
    isNotYet: asked.some(({ status }) => status === 'not_yet'),
  };
}

/** Whether a game of a date is not over, on an errand to which that matters. */
export async function isBeingPlayed(
  ports: SeeingPorts,
  { date, errand, now }: Pick<Errands, 'date' | 'errand' | 'now'>,
): Promise<boolean> {
  if (BEFORE_GAMES.includes(errand)) return false;
  return (await gamesOn(ports, date)).some((game) => !mayBeOver(game, now, hoursUntilOver(errand)));
}

/** Hours from tip-off after which an errand takes a game without a score to be over. */
function hoursUntilOver(errand: Errand): number {
  return errand === 'box_scores' ? HOURS_WITHOUT_SCORE : HOURS_OF_GAME;
}

function nextTipoff(games: readonly ScheduledGame[], now: Date): Date | undefined {
  const ahead = games
    .flatMap(({ tipoffAt }) => (tipoffAt === null ? [] : Date.parse(tipoffAt)))
    .filter((at) => at > now.getTime());
  return ahead.length === 0 ? undefined : new Date(Math.min(...ahead));
}

/** Errands to which it does not matter whether games are over. */
const BEFORE_GAMES: readonly Errand[] = ['morning', 'lines', 'hourly'];

/**
 * What an answer leads to, where each question is paid for. The reading of lines just before tip-offs is the last one of the games
 * that begin then: only these are asked about. Any reading before is a first look: it asks about the games only when the readings of
 * the whole date stay within `creditsADay`.
 */
function leadsOf(
  { leads, starts }: Asked,
  source: Source,
  { date, errand, games, now, creditsADay }: LeadingTo,
): readonly string[] {
  if (errand !== 'lines' || starts.size === 0) return leads;
  const minutesUntil = (at: number): number => (at - now.getTime()) / MINUTE;
  const closings = closingsOf(tipoffsOf({ date, games }));
  const closing = closings.find(({ at, tips: [first = at] }) => at <= now.getTime() && now.getTime() < first);
  if (closing !== undefined) {
    const until = minutesUntil(closing.tips.at(-1) ?? closing.at) + CLOSING_LINES_MINUTES - CLOSING_MINUTES;
    return leads.filter((lead) => {
      const start = starts.get(lead);
      return start === undefined || minutesUntil(start.getTime()) <= Math.max(until, CLOSING_LINES_MINUTES);
    });
  }
  const endpoints = Object.values<Endpoint>(source.endpoints).filter(
    ({ after }) => after?.isAnswered !== false,
  );
  const costOf = (about: Endpoint['about'], isAsked: (endpoint: Endpoint) => boolean): number =>
    endpoints
      .filter((endpoint) => endpoint.about === about && isAsked(endpoint))
      .reduce((sum, { credits = 0 }) => sum + credits, 0);
  const ofReading = costOf('moment', ({ rhythm }) => rhythm === 'lines');
  const today = gameDateOf(now);
  const ofGame = costOf('event', ({ covers }) => leads.some((lead) => covers(lead, today)));
  // One reading now and those before the tip-offs, each game twice.
  const cost = ofReading * (1 + closings.length) + 2 * ofGame * games.length;
  return cost <= creditsADay ? leads : [];
}

type LeadingTo = Pick<Errands, 'date' | 'errand' | 'now'> & {
  readonly games: readonly ScheduledGame[];
  readonly creditsADay: number;
};

function leftBehind(name: string): Asked {
  const detail = `is not asked for: the source has taken ${BUDGET_SECONDS} s`;
  const nothing = { bytes: undefined, validators: undefined, leads: [], starts: new Map(), credits: null };
  return { name, status: 'left', detail, ...nothing, tries: 0, seconds: 0 };
}

/** The games of a date as the archived schedule has them. */
export function gamesOn(ports: SeeingPorts, date: GameDate): Promise<ScheduledGame[]> {
  return gamesReader(ports)(date);
}

/** Makes what reads the games of dates as the archived schedule has them now. The schedule of a season is read once. */
export function gamesReader(ports: SeeingPorts): (date: GameDate) => Promise<ScheduledGame[]> {
  const tables = RAW_LOADS.all.map(({ definition }) => definition.name).filter(isOfSchedule);
  const parts = archivedParts(ports.archive);
  const archivesOfSeason = new Map<Season, Promise<readonly (Archive | undefined)[]>>();
  const read: ReadGames = new Map();
  return async (date) => {
    const season = seasonOf(date);
    const reading = archivesOfSeason.get(season) ?? archivesOf(ports, tables, season);
    archivesOfSeason.set(season, reading);
    const games = await gamesOfDate({ season, archives: await reading, parts }, date, [], read);
    return [...games.values()].filter((game) => game.date === date);
  };
}

/** Questions that may still be asked for what has been paid, as the last answer says; null where none says so. */
export function creditsOf(asked: readonly Asked[]): number | null {
  return asked.flatMap(({ credits }) => credits ?? []).at(-1) ?? null;
}

/** One line for each question without a sound answer. */
export function detailsOf(asked: readonly Asked[]): string[] {
  return asked.flatMap(({ name, detail }) => (detail === null ? [] : [`${name} ${detail}`]));
}

/**
 * The name of the one answer that a source is asked for, where it is about a whole season; undefined where anything else is asked for, too.
 */
export function seasonAnswerOf(
  source: Source,
  { date, errand, targets, now }: Pick<Errands, 'date' | 'errand' | 'targets' | 'now'>,
): string | undefined {
  const wanted = Object.entries<Endpoint>(source.endpoints).filter(([, each]) =>
    isWanted(each, errand, targets),
  );
  const [name, endpoint] = wanted.length === 1 ? (wanted[0] ?? []) : [];
  const season = seasonOf(date);
  return endpoint?.about === 'season' && endpoint.covers(season, gameDateOf(now))
    ? `${source.name}.${name}.${season}.json`
    : undefined;
}
