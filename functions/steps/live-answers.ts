/** Asks one source within a fetch, keeps what it answers and asks for the loads of it. */
import type { SourceSettings } from '../../shared/config.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import { businessNow } from '../../shared/ports/index.ts';
import type { FetchRequested } from '../../shared/messages/schemas.ts';
import type { FetchAsk, FetchDocument } from '../../shared/state/fetches.ts';
import { isAnswered, worstOf } from '../../shared/domain/source-state.ts';
import { askSource, creditsOf, detailsOf } from '../control/asking.ts';
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
  const reaching = reachingOf(settings, source);
  const asking = { ...ports, ...live, now };
  // Once a day, before anything is believed that the source says of today.
  if (occasion === 'morning') await askCanary({ ...asking, archive }, source, reaching);
  const asker = askerOf({ ...asking, isHeld: heldAnswersOf({ ...ports, archive }) }, source, reaching);
  const ask = backfillId === undefined ? asker : askOnce(archive, source, asker, now);
  const answers = await askSource({ ...ports, archive }, source, ask, {
    ...{ date, errand: occasion, targets, now, clock: ports.clock },
    creditsADay: reaching.day,
  });
  const { asked, files, failed, uncovered, isWaiting } = answers;
  const { told, refused } = await keepAnswers(context, files, now.toISOString());
  if (refused.length === 0) await rememberAnswers(ports, hostOf(settings, source), asked, now);
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
    isWaiting,
  };
}

function inVain(targets: FetchAsk['targets'], detail: string): Found {
  return {
    ...{ status: 'off', failed: targets, uncovered: [], entries: 0, seconds: 0, credits: null },
    ...{ details: [detail], isWaiting: false },
  };
}
