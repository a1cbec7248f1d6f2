/** Asks the live sources about a game date, archives what they answer, and loads it. */
import type { SourceSettings } from '../../shared/config.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { isOptional } from '../../shared/domain/fetch.ts';
import { isAnswered, worstOf } from '../../shared/domain/source-state.ts';
import { hostOf, howToSwitchOn, isOn, reachingOf } from '../sources/access.ts';
import { askerOf, type Ask, type Asked, type AskedStatus, type AskingPorts } from '../sources/ask.ts';
import { SOURCES } from '../sources/index.ts';
import { payloadFileOf } from '../sources/payload-files.ts';
import type { Source, Target } from '../sources/source.ts';
import type { SourceFile } from './archive-files.ts';
import { askSource, creditsOf, detailsOf, gamesOn } from './asking.ts';
import { nextAsks, ordersOf, unansweredOf, type AnsweredAsk } from './fetch-plan.ts';
import { heldAnswersOf, rememberAnswers } from './held-answers.ts';
import { loadFiles, type ImportOptions, type ImportPorts, type LoadResult } from './imports.ts';
import { mayBeOver } from './subjects.ts';

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
  /** What no source has told that should have, also none of those that were asked in its place. */
  readonly unanswered: readonly Target[];
  /** What is not known yet and the date can do without, such as the play-by-play of its games. */
  readonly notYet: readonly Target[];
  /** Whether all was told that the date cannot do without, and every game of it was due. */
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
 * Asks about the season of the date, then for the rosters of its teams, the lines on its games, the reports about its players, and the
 * box scores of those that may be over. Each is asked of the first source in its order that is on; where that one fails, of the next.
 * @throws RequestError when a source is named that does not exist, or is off
 */
export async function ingestDate(
  ports: IngestPorts,
  date: GameDate,
  { sources, now, worker, onProgress, onAsked = () => undefined }: IngestOptions,
): Promise<Ingested> {
  const { settings } = ports;
  const chosen = chosenSources(settings, sources);
  const orders = ordersOf('everything', sources === undefined ? SOURCES : chosen);
  const isAsked = (name: string): boolean => chosen.some((source) => source.name === name);
  const asking = { ...ports, now, isHeld: heldAnswersOf(ports) };
  const askers = new Map<string, Ask>();
  const asked = new Map<string, Asked[]>(chosen.map(({ name }) => [name, []]));
  const done: AnsweredAsk[] = [];
  const results: LoadResult[] = [];
  for (let asks = nextAsks(orders, isAsked, done); asks.length > 0; asks = nextAsks(orders, isAsked, done)) {
    const files: SourceFile[] = [];
    const ofRound: (readonly [Source, readonly Asked[]])[] = [];
    for (const planned of asks) {
      const source = chosen.find(({ name }) => name === planned.source);
      if (source === undefined) continue;
      const ask = askers.get(source.name) ?? askerOf(asking, source, reachingOf(settings, source));
      askers.set(source.name, ask);
      const answers = await askSource(
        ports,
        source,
        ask,
        { date, errand: 'everything', targets: planned.targets, now, clock: ports.clock },
        onAsked,
      );
      asked.get(source.name)?.push(...answers.asked);
      files.push(...answers.files);
      ofRound.push([source, answers.asked]);
      done.push({ ...planned, failed: answers.failed, uncovered: answers.uncovered });
    }
    if (files.length === 0) continue;
    const observedAt = now.toISOString();
    const telling = onProgress === undefined ? {} : { onProgress };
    results.push(await loadFiles(ports, files, { observedAt, worker, ...telling }));
    const loaded = new Set(files.map(({ name }) => name));
    for (const [source, answers] of ofRound)
      await rememberAnswers(
        ports,
        hostOf(settings, source),
        answers.filter(({ name }) => loaded.has(name)),
        now,
      );
  }
  const games = await gamesOn(ports, date);
  const notDue = games.filter((game) => !mayBeOver(game, now)).length;
  const questions = [...asked.values()].flat();
  const lacking = unansweredOf(orders, isAsked, done);
  const notYet = lacking.filter((target) => isOptional(target) && isOnlyLate(target, questions));
  const unanswered = lacking.filter((target) => !notYet.includes(target));
  return {
    date,
    fetches: SOURCES.map((source) =>
      fetchOf(source, isOn(settings, source), asked.get(source.name), done, results),
    ),
    ...{ notDue, unanswered, notYet },
    complete:
      questions.some(({ status }) => isAnswered(status)) &&
      questions.every(
        ({ name, status }) => status !== 'not_yet' || targetsOfAnswer(name).every(isOptional),
      ) &&
      unanswered.every(isOptional) &&
      notDue === 0,
    changes: results.flatMap(({ changes }) => changes),
    failed: results.flatMap(({ failed }) => failed),
    next: results.at(-1)?.next ?? null,
  };
}

/** What the answer of this name helps to know. */
function targetsOfAnswer(name: string): Target[] {
  return Object.keys(payloadFileOf(name)?.endpoint.targets ?? {}) as Target[];
}

/** Whether every question about it was answered, or its answer is not there yet. */
function isOnlyLate(target: Target, questions: readonly Asked[]): boolean {
  const own = questions.filter(({ name }) => targetsOfAnswer(name).includes(target));
  return own.length > 0 && own.every(({ status }) => status === 'not_yet' || isAnswered(status));
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

function fetchOf(
  source: Source,
  isSourceOn: boolean,
  asked: readonly Asked[] | undefined,
  done: readonly AnsweredAsk[],
  results: readonly LoadResult[],
): Fetch {
  const answers = asked ?? [];
  const isOfSource = ({ file }: { readonly file: string }): boolean => file.startsWith(`${source.name}.`);
  const lines = results.flatMap((result) => result.lines.filter(isOfSource));
  const own = done.filter((ask) => ask.source === source.name);
  const isFallback = own.length > 0 && own.every(({ fallbackFor }) => fallbackFor !== null);
  return {
    source: source.name,
    status:
      asked === undefined || !isSourceOn
        ? 'off'
        : (worstOf(answers.map(({ status }) => status)) ?? 'nothing_due'),
    entries: answers.filter(({ status }) => status === 'fetched').length,
    rows: lines.reduce((sum, { loaded }) => sum + loaded, 0),
    seconds: answers.reduce((sum, { seconds }) => sum + seconds, 0),
    credits: creditsOf(answers),
    fallbackFor: isFallback ? (own[0]?.fallbackFor ?? null) : null,
    details: detailsOf(answers),
  };
}
