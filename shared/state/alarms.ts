/** The one reader and writer of `alarms/{key}`: since when an incident lasts, and until when a person does not want to hear of it. */
import * as z from 'zod';
import type { GameDate } from '../domain/game-date.ts';
import type { Ports } from '../ports/index.ts';
import { gameDateField, paths } from './documents.ts';
import { readerOf } from './stored.ts';

const muteField = z
  .object({
    /** The first date, US Eastern, on which it is heard again. */
    until: gameDateField,
    reason: z.string(),
    by: z.string().nullable(),
    /** ISO, UTC. */
    at: z.string(),
  })
  .readonly();
export type Mute = z.infer<typeof muteField>;

const alarmDocument = z
  .object({
    key: z.string(),
    /** When a look first found it (ISO, UTC); null while none has. */
    since: z.string().nullable(),
    /** When it was told; null while it was not, because it is muted. */
    toldAt: z.string().nullable(),
    mute: muteField.nullable(),
  })
  .readonly();
/** What is remembered of an incident that lasts, or that is muted. */
export type AlarmMemory = z.infer<typeof alarmDocument>;

const alarms = readerOf(alarmDocument);

/** By key. */
export async function alarmMemories({
  store,
}: Pick<Ports, 'store'>): Promise<ReadonlyMap<string, AlarmMemory>> {
  return new Map(alarms.readAll(await store.list('alarms')).map((memory) => [memory.key, memory]));
}

/** Whether a person does not want to hear of it on a date. */
export function isMuted(memory: AlarmMemory | undefined, today: GameDate): boolean {
  return memory?.mute != null && today < memory.mute.until;
}

/** Silences an incident until a date. An earlier word about it is replaced. */
export async function muteAlarm({ store }: Pick<Ports, 'store'>, key: string, mute: Mute): Promise<void> {
  const path = paths.alarm(key);
  await store.transaction(async (tx) => {
    const before = alarms.read(path, await tx.get(path));
    tx.set(path, { key, since: before?.since ?? null, toldAt: before?.toldAt ?? null, mute });
  });
}

/** Writes down that a look has found an incident, and whether it was told. */
export async function noteAlarm(
  { store }: Pick<Ports, 'store'>,
  key: string,
  now: string,
  isTold: boolean,
): Promise<void> {
  const path = paths.alarm(key);
  await store.transaction(async (tx) => {
    const before = alarms.read(path, await tx.get(path));
    tx.set(path, {
      key,
      since: before?.since ?? now,
      toldAt: isTold ? now : (before?.toldAt ?? null),
      mute: before?.mute ?? null,
    });
  });
}

/** Forgets an incident that is over. What a person has said of it stays until its date, in case it comes back. */
export async function endAlarm({ store }: Pick<Ports, 'store'>, key: string, today: GameDate): Promise<void> {
  const path = paths.alarm(key);
  await store.transaction(async (tx) => {
    const before = alarms.read(path, await tx.get(path));
    if (before === undefined) return;
    if (isMuted(before, today)) tx.set(path, { ...before, since: null, toldAt: null });
    else tx.delete(path);
  });
}
