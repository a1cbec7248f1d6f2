/** Asks one source within a fetch, keeps what it answers and asks for the loads of it. */
import type { SourceSettings } from '../../shared/config.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import { businessNow } from '../../shared/ports/index.ts';
import type { FetchRequested } from '../../shared/messages/schemas.ts';
import type { FetchAsk, FetchDocument } from '../../shared/state/fetches.ts';
import { endSeasonTurn, takeSeasonTurn, type AskedHost } from '../../shared/state/source-states.ts';
import { isAnswered, worstOf } from '../../shared/domain/source-state.ts';
import { askSource, creditsOf, detailsOf, isBeingPlayed, seasonAnswerOf } from '../control/asking.ts';
import { heldAnswersOf, rememberAnswers } from '../control/held-answers.ts';
import { claimOrigin } from '../control/origins.ts';
import { askOnce } from '../control/told-answers.ts';
import { askerOf } from '../sources/ask.ts';
import { hostOf, isOn, reachingOf } from '../sources/access.ts';
import { askCanary } from '../sources/canary.ts';
import { SOURCES } from '../sources/index.ts';
import type { HandlerContext, LiveSources } from './context.ts';
import { keepAnswers, requestLoads } from './fetched-loads.ts';

/** Most lines about questions without an answer that a fetch keeps of one source. */
const MAX_DETAILS = 20;

/** The names of the sources that may be asked. */
export function sourcesOn(settings: SourceSettings): string[] {
  return SOURCES.filter((source) => isOn(settings, source)).map(({ name }) => name);
}

/** What became of the questions to a source. */
export type Found = Omit<
  FetchAsk,
  'askId' | 'source' | 'targets' | 'fallbackFor' | 'askedAt' | 'finishedAt'
> & {
  readonly isWaiting: boolean;
};

/** Asks a source, keeps its answers and asks for their loads. */
export async function answersOf(
  context: HandlerContext,
  live: LiveSources,
  { date, occasion, backfillId }: FetchDocument,
  { source: name, targets }: FetchAsk,
  { eventId, correlationId }: Pick<FetchRequested, 'eventId' | 'correlationId'>,
): Promise<Found> {
  const { ports, archive } = context;
  const now = businessNow(ports);
  const settings = await live.settings();
  const source = SOURCES.find((each) => each.name === name);
  if (source === undefined || !isOn(settings, source)) return inVain(targets, `${name} is off`);
  try {
    await claimOrigin(
      { ...ports, archive, config: live.config },
      { origin: { kind: 'files' }, command: 'fetch' },
    );
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    return inVain(targets, error.message);
  }
  const errands = { date, errand: occasion, targets, now };
  const host = hostOf(settings, source);
  const season = backfillId === undefined ? seasonAnswerOf(source, errands) : undefined;
  if (season !== undefined && !(await isOurTurn(context, live, host, season))) {
    const isWaiting = await isBeingPlayed({ ...ports, archive }, errands);
    return { ...inVain([], null), status: 'unchanged', isWaiting };
  }
  const reaching = reachingOf(settings, source);
  const asking = { ...ports, ...live, now };
  // Once a day, before anything is believed that the source says of today.
  if (occasion === 'morning') await askCanary({ ...asking, archive }, source, reaching);
  const asker = askerOf({ ...asking, isHeld: heldAnswersOf({ ...ports, archive }) }, source, reaching);
  const ask = backfillId === undefined ? asker : askOnce(archive, source, asker, now);
  const answers = await askSource({ ...ports, archive }, source, ask, {
    ...{ ...errands, clock: ports.clock },
    creditsADay: reaching.day,
  });
  const { asked, files, failed, uncovered, isNotYet } = answers;
  const { told, refused } = await keepAnswers(context, files, now.toISOString());
  if (refused.length === 0) await rememberAnswers(ports, host, asked, now);
  if (season !== undefined) {
    const isTold = refused.length === 0 && asked.some(({ status }) => isAnswered(status));
    await endSeasonTurn(ports, host, season, isTold ? now : undefined);
  }
  // What a backfill has asked for, its own runs load.
  if (backfillId === undefined) await requestLoads(context, told, correlationId, eventId);
  return {
    status: worstOf(asked.map(({ status }) => status)) ?? null,
    failed: refused.length > 0 ? targets : failed,
    uncovered: refused.length > 0 ? [] : uncovered,
    entries: refused.length > 0 ? 0 : asked.filter(({ status }) => isAnswered(status)).length,
    seconds: asked.reduce((sum, { seconds }) => sum + seconds, 0),
    credits: creditsOf(asked),
    details: [...refused, ...detailsOf(asked)].slice(0, MAX_DETAILS),
    // The answer may have been the schedule, which says how games ended.
    isWaiting: isNotYet || (await isBeingPlayed({ ...ports, archive }, errands)),
  };
}

/** Milliseconds between two looks at whether another fetch has been told of a season. */
const LOOK_MS = 1000;

/**
 * Waits for whoever asks for the same answer about a season: fetches of several dates fall due together, and one answer tells them all.
 * @returns false when it has just come
 */
async function isOurTurn(
  { ports }: HandlerContext,
  { wait }: LiveSources,
  host: AskedHost,
  season: string,
): Promise<boolean> {
  for (;;) {
    const times = { now: businessNow(ports), machine: ports.clock() };
    const turn = await takeSeasonTurn(ports, host, season, times);
    if (turn !== 'wait') return turn === 'ask';
    await wait(LOOK_MS);
  }
}

function inVain(targets: FetchAsk['targets'], detail: string | null): Found {
  return {
    ...{ status: 'off', failed: targets, uncovered: [], entries: 0, seconds: 0, credits: null },
    ...{ details: detail === null ? [] : [detail], isWaiting: false },
  };
}
