/** Asks the live sources about a game date, archives what they answer, and loads it. */
import { RequestError } from '../../shared/domain/failure.ts';
import { gameDateOf, type GameDate } from '../../shared/domain/game-date.ts';
import { seasonOf } from '../../shared/domain/season.ts';
import { isAnswered, worstOf } from '../../shared/domain/source-state.ts';
import type { SourceSettings } from '../../shared/config.ts';
import { archivesOf } from '../../shared/state/archives.ts';
import { archivedParts } from '../ingest/archived-lines.ts';
import type { ScheduledGame } from '../ingest/schedule.ts';
import { RAW_LOADS } from '../processors/loads.ts';
import { hostOf, howToSwitchOn, isOn, reachingOf } from '../sources/access.ts';
import { askerOf, type Asked, type AskedStatus, type AskingPorts } from '../sources/ask.ts';
import { halfHoursAbout } from '../sources/eastern-hours.ts';
import { SOURCES } from '../sources/index.ts';
import type { Endpoint, Source } from '../sources/source.ts';
import type { SourceFile } from './archive-files.ts';
import { heldAnswersOf, rememberAnswers } from './held-answers.ts';
import { gamesOfDate, isOfSchedule } from './archived-schedule.ts';
import { loadFiles, type ImportOptions, type ImportPorts, type LoadResult } from './imports.ts';

/** Hours from tip-off after which a game may be over. */
const HOURS_OF_GAME = 2;

/** What became of the questions to one source. */
export interface Fetch {
  readonly source: string;
  /** The worst that became of one of its questions; `off` for a source that is not asked. */
  readonly status: AskedStatus | 'off' | 'nothing_due';
  /** Answers that are archived. */
  readonly entries: number;
  /** Rows of raw tables that were loaded from them. */
  readonly rows: number;
  /** Seconds that the source took to answer. */
  readonly seconds: number;
  /** Questions that may still be asked for what has been paid; null where the source does not say. */
  readonly credits: number | null;
  /** The source in whose place it was asked; null when it was asked for itself. */
  readonly fallbackFor: string | null;
  /** One line for each question without a sound answer. */
  readonly details: readonly string[];
}

export interface Ingested {
  readonly date: GameDate;
  readonly fetches: readonly Fetch[];
  /** Games of the date that cannot be over yet, and so were not asked for. */
  readonly notDue: number;
  /** Whether every question has its answer and every game of the date was due. */
  readonly complete: boolean;
  /** Rows of raw tables that were added, changed and removed, ordered by table and date. */
  readonly changes: LoadResult['changes'];
  /** What loads could not do, one line each. */
  readonly failed: readonly string[];
  /** The command that follows; null when nothing is to be done. */
  readonly next: string | null;
}

export interface IngestOptions {
  /** Only these sources; by default all that are on. */
  readonly sources?: readonly string[] | undefined;
  /** What counts as now: which games may be over, and when an answer was learned. */
  readonly now: Date;
  readonly worker?: ImportOptions['worker'];
  readonly onProgress?: ImportOptions['onProgress'];
  /** Told of every question when it was answered. */
  readonly onAsked?: (asked: Asked) => void;
}

export interface IngestPorts extends ImportPorts, Omit<AskingPorts, 'now' | 'isHeld'> {
  readonly settings: SourceSettings;
}

/**
 * Asks every source that is on about the season of the date, then for the rosters of its teams, the lines on its games, the reports
 * about its players, and the box scores of those that may be over.
 * @throws RequestError when a source is named that does not exist, or is off
 */
export async function ingestDate(
  ports: IngestPorts,
  date: GameDate,
  { sources, now, worker, onProgress, onAsked = () => undefined }: IngestOptions,
): Promise<Ingested> {
  const asked = new Map<Source, Asked[]>();
  const asking = { ...ports, now, isHeld: heldAnswersOf(ports) };
  const askers = new Map(
    chosenSources(ports.settings, sources).map((source) => {
      asked.set(source, []);
      return [source, askerOf(asking, source, reachingOf(ports.settings, source))] as const;
    }),
  );
  const results: LoadResult[] = [];
  const askAbout = async (
    about: Endpoint['about'],
    subjectsOf: (source: Source) => readonly string[],
  ): Promise<void> => {
    const files: SourceFile[] = [];
    for (const [source, ask] of askers)
      for (const [endpoint, declared] of Object.entries<Endpoint>(source.endpoints))
        for (const subject of declared.about === about ? subjectsOf(source) : []) {
          if (!declared.covers(subject, gameDateOf(now))) continue;
          const answer = await ask(endpoint, subject);
          asked.get(source)?.push(answer);
          onAsked(answer);
          const { name, bytes, status, original } = answer;
          if (original !== undefined) await ports.archive.put(original.name, original.bytes);
          if (bytes === undefined) continue;
          if (status === 'fetched' && declared.fills.length > 0) files.push({ name, bytes: () => bytes });
          // What only leads to other questions, and what cannot be read, is kept for whoever looks at it.
          else await ports.archive.put(name, bytes);
        }
    if (files.length === 0) return;
    results.push(
      await loadFiles(ports, files, {
        observedAt: now.toISOString(),
        worker,
        ...(onProgress === undefined ? {} : { onProgress }),
      }),
    );
    const loaded = new Set(files.map(({ name }) => name));
    for (const [source, answers] of asked) {
      const ofRound = answers.filter(({ name }) => loaded.has(name));
      await rememberAnswers(ports, hostOf(ports.settings, source), ofRound, now);
    }
  };
  await askAbout('season', () => [seasonOf(date)]);
  const games = await gamesOn(ports, date);
  const due = games.filter((game) => mayBeOver(game, now));
  await askAbout('team', () => games.flatMap(({ away, home }) => [`${away}-${date}`, `${home}-${date}`]));
  await askAbout('date', () => (games.length === 0 ? [] : [date]));
  await askAbout('hour', () =>
    halfHoursAbout(
      games.map(({ tipoffAt }) => tipoffAt),
      now,
    ),
  );
  await askAbout('event', (source) => asked.get(source)?.flatMap(({ leads }) => leads) ?? []);
  await askAbout('game', () => due.map(({ nbaGameId }) => nbaGameId));
  const fetches = SOURCES.map((source) => fetchOf(source, asked.get(source), results));
  const questions = [...asked.values()].flat();
  return {
    date,
    fetches,
    notDue: games.length - due.length,
    complete:
      questions.length > 0 &&
      questions.every(({ status }) => isAnswered(status)) &&
      due.length === games.length,
    changes: results.flatMap(({ changes }) => changes),
    failed: results.flatMap(({ failed }) => failed),
    next: results.at(-1)?.next ?? null,
  };
}

/** The sources that are asked. @throws RequestError */
function chosenSources(settings: SourceSettings, names: readonly string[] | undefined): Source[] {
  for (const name of [...Object.keys(settings.access), ...(names ?? [])])
    if (!SOURCES.some((source) => source.name === name))
      throw new RequestError(
        `there is no source ${name}; the sources are ${SOURCES.map((source) => source.name).join(', ')}`,
      );
  const chosen = SOURCES.filter(({ name }) => names === undefined || names.includes(name));
  const on = chosen.filter((source) => isOn(settings, source));
  const off = names === undefined && on.length > 0 ? [] : chosen.filter((source) => !on.includes(source));
  if (off.length > 0)
    throw new RequestError(
      `${off.map((source) => `the source ${source.name} is off: ${howToSwitchOn(settings, source)}`).join('; ')} (see docs/sources.md)`,
    );
  return on;
}

/** The games of a date as the archived schedule has them. */
async function gamesOn(ports: ImportPorts, date: GameDate): Promise<ScheduledGame[]> {
  const season = seasonOf(date);
  const tables = RAW_LOADS.all.map(({ definition }) => definition.name).filter(isOfSchedule);
  const archives = await archivesOf(ports, tables, season);
  const parts = archivedParts(ports.archive);
  const games = await gamesOfDate({ season, archives, parts }, date, [], new Map());
  return [...games.values()].filter((game) => game.date === date);
}

/** A game with a score is over. One without a time of its own may be over when the day after its date has begun. */
function mayBeOver({ score, tipoffAt, date }: ScheduledGame, now: Date): boolean {
  if (score !== null) return true;
  if (tipoffAt === null) return gameDateOf(now) > date;
  return now.getTime() >= new Date(tipoffAt).getTime() + HOURS_OF_GAME * 3_600_000;
}

function fetchOf(source: Source, asked: readonly Asked[] | undefined, results: readonly LoadResult[]): Fetch {
  const answers = asked ?? [];
  const isOfSource = ({ file }: { readonly file: string }): boolean => file.startsWith(`${source.name}.`);
  const lines = results.flatMap((result) => result.lines.filter(isOfSource));
  return {
    source: source.name,
    status: asked === undefined ? 'off' : (worstOf(answers.map(({ status }) => status)) ?? 'nothing_due'),
    entries: answers.filter(({ status }) => status === 'fetched').length,
    rows: lines.reduce((sum, { loaded }) => sum + loaded, 0),
    seconds: answers.reduce((sum, { seconds }) => sum + seconds, 0),
    credits: answers.flatMap(({ credits }) => credits ?? []).at(-1) ?? null,
    fallbackFor: null,
    details: answers.flatMap(({ name, detail }) => (detail === null ? [] : [`${name} ${detail}`])),
  };
}
