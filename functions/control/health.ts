/** Whether all is well: the incidents that last, and how much of each table the present week has. Reads documents alone. */
import {
  alarmsOf,
  endOfWeek,
  layersOf,
  wholeLedger,
  type Alarm,
  type Layer,
  type WatchedBackfill,
} from '../../shared/domain/alarms.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import { nearest } from '../../shared/domain/nearest.ts';
import { verdictOf, type Verdict } from '../../shared/domain/validation.ts';
import type { View } from '../../shared/domain/view.ts';
import {
  alarmMemories,
  endAlarm,
  isMuted,
  muteAlarm,
  noteAlarm,
  type AlarmMemory,
  type Mute,
} from '../../shared/state/alarms.ts';
import { activeBackfills, type ActiveBackfill } from '../../shared/state/backfills.ts';
import { deadLetters } from '../../shared/state/dead-letters.ts';
import { oldestIntent } from '../../shared/state/outbox.ts';
import { runningRuns } from '../../shared/state/runs.ts';
import { storedSources } from '../../shared/state/source-states.ts';
import { knownSeasons, loadView } from '../../shared/state/views.ts';
import type { ReadingPorts } from './ports.ts';

/** An incident as a person sees it. */
export interface SeenAlarm extends Alarm {
  /** When a look first found it (ISO, UTC); null when no look has been made since it began. */
  readonly since: string | null;
  /** What a person has said of it; null when nobody has, or when that is over. */
  readonly mute: Mute | null;
}

export interface Health {
  /** By the incidents that are not muted. */
  readonly verdict: Verdict;
  /** By table, in the order in which they are built. */
  readonly layers: readonly Layer[];
  /** Those that are not muted first, and of these the ones that fail. */
  readonly alarms: readonly SeenAlarm[];
}

/** Writes nothing. */
export async function health(ports: ReadingPorts): Promise<Health> {
  const { view, alarms, ledger } = await present(ports);
  const memories = await alarmMemories(ports);
  const seen = alarms.map((alarm) => seenOf(alarm, memories.get(alarm.key), view.today));
  const place = ({ mute, severity }: SeenAlarm): number =>
    (mute === null ? 0 : 2) + (severity === 'fail' ? 0 : 1);
  const heard = seen.filter(({ mute }) => mute === null);
  return {
    verdict: verdictOf(heard),
    layers: layersOf(view, ledger, endOfWeek(view)),
    alarms: seen.toSorted((a, b) => place(a) - place(b)),
  };
}

function seenOf(alarm: Alarm, memory: AlarmMemory | undefined, today: GameDate): SeenAlarm {
  return {
    ...alarm,
    since: memory?.since ?? null,
    mute: isMuted(memory, today) ? (memory?.mute ?? null) : null,
  };
}

/** The incidents of this moment, with what they were found from. */
async function present(ports: ReadingPorts): Promise<{
  readonly view: View;
  readonly ledger: ReturnType<typeof wholeLedger>;
  readonly alarms: readonly Alarm[];
}> {
  const view = await loadView(ports, ports.registry, await knownSeasons(ports), { gameHashes: false });
  const ledger = wholeLedger(view);
  const now = ports.clock().toISOString();
  const [oldestMessage, letters, backfills, sources] = await Promise.all([
    oldestIntent(ports),
    deadLetters(ports),
    watchedBackfills(ports, now),
    storedSources(ports),
  ]);
  return {
    view,
    ledger,
    alarms: alarmsOf(view, ledger, {
      ...{ now, oldestMessage, backfills, sources },
      letters: letters.flatMap(({ replayedAt, subscription }) => (replayedAt === null ? [subscription] : [])),
    }),
  };
}

/** Backfills that run, and of which no process holds a run at this moment. */
async function watchedBackfills(ports: ReadingPorts, now: string): Promise<WatchedBackfill[]> {
  const running = (await activeBackfills(ports)).filter(({ state }) => state === 'running');
  if (running.length === 0) return [];
  const held = new Set(
    (await runningRuns(ports)).flatMap(({ backfillId, lease }) =>
      lease.expiresAt > now ? [backfillId] : [],
    ),
  );
  return running.filter(({ id }) => !held.has(id)).map((backfill) => watchedOf(backfill));
}

function watchedOf({
  id,
  createdAt,
  updatedAt,
  progress,
  pausedSeconds = 0,
}: ActiveBackfill): WatchedBackfill {
  return {
    ...{ id, movedAt: updatedAt },
    done: progress.reduce((sum, { done }) => sum + done, 0),
    planned: progress.reduce((sum, { planned }) => sum + planned, 0),
    seconds: (Date.parse(updatedAt) - Date.parse(createdAt)) / 1000 - pausedSeconds,
  };
}

/** What a look has found that is new, and what is over. */
export interface Told {
  readonly raised: readonly Alarm[];
  readonly cleared: readonly string[];
}

/**
 * Looks for incidents and remembers them. An incident is raised once, however many looks find it; one that is muted is raised when its silence
 * ends while it lasts.
 */
export async function lookForAlarms(ports: ReadingPorts): Promise<Told> {
  const { view, alarms } = await present(ports);
  const memories = await alarmMemories(ports);
  const now = ports.clock().toISOString();
  const raised: Alarm[] = [];
  for (const alarm of alarms) {
    const memory = memories.get(alarm.key);
    const isTold = memory?.toldAt == null && !isMuted(memory, view.today);
    if (isTold) raised.push(alarm);
    if (isTold || memory?.since == null) await noteAlarm(ports, alarm.key, now, isTold);
  }
  const lasting = new Set(alarms.map(({ key }) => key));
  const cleared: string[] = [];
  for (const [key, { toldAt }] of memories) {
    if (lasting.has(key)) continue;
    if (toldAt !== null) cleared.push(key);
    await endAlarm(ports, key, view.today);
  }
  return { raised, cleared };
}

/**
 * Silences an incident that lasts, until a date, US Eastern, on which it is heard again.
 * @throws RequestError when there is no such incident, or the date is not after today
 */
export async function mute(
  ports: ReadingPorts,
  key: string,
  { until, reason, by }: Omit<Mute, 'at'>,
): Promise<SeenAlarm> {
  const { view, alarms } = await present(ports);
  const alarm = alarms.find((each) => each.key === key);
  if (alarm === undefined) {
    const keys = alarms.map((each) => each.key);
    const [like] = nearest(key, keys);
    throw new RequestError(
      `There is no alarm ${key} at this moment; ${like === undefined ? (keys.length === 0 ? 'there is none at all' : `there is: ${keys.slice(0, 5).join(', ')}`) : `did you mean ${like}?`}`,
    );
  }
  if (until <= view.today)
    throw new RequestError(
      `--until ${until} is not after today, ${view.today}: name the day on which the alarm is to be heard again`,
      { flag: '--until' },
    );
  const word: Mute = { until, reason, by, at: ports.clock().toISOString() };
  await muteAlarm(ports, key, word);
  return seenOf(alarm, { key, since: null, toldAt: null, mute: word }, view.today);
}
