/** The one writer of the states of sources: what is remembered of a live source between questions, commands and processes. */
import * as z from 'zod';
import {
  breakerOf,
  seasonTurn,
  stateAt,
  withAnswer,
  withKept,
  withSeasonTold,
  withTrial,
  type CanaryState,
  type KeptAnswer,
  type NotedAnswer,
  type SourceState,
} from '../domain/source-state.ts';
import type { StateStore } from '../ports/state-store.ts';
import { paths } from './documents.ts';
import { readerOf } from './stored.ts';

const text = z.string();
const seconds = z.number().nonnegative();
const count = z.int().nonnegative();

/** `sources/{name}`. */
const sourceDocument: z.ZodType<SourceState> = z
  .object({
    source: text,
    address: text,
    endpoints: z
      .record(
        text,
        z
          .object({
            lastGood: text.nullable(),
            askedAt: text,
            status: z.enum([
              ...(['fetched', 'unchanged', 'not_yet', 'refused', 'throttled'] as const),
              ...(['unreachable', 'hung', 'failed', 'misread', 'left'] as const),
            ]),
            detail: text.nullable(),
            seconds,
            pause: seconds,
            refusals: count,
          })
          .readonly(),
      )
      .readonly(),
    silence: z.object({ inARow: count, openedAt: text.nullable() }).readonly(),
    credits: z.object({ left: z.number(), at: text }).readonly().nullable(),
    answers: z
      .record(
        text,
        z
          .object({
            etag: text.exactOptional(),
            modified: text.exactOptional(),
            sha256: text,
            subjects: count,
            at: text,
          })
          .readonly(),
      )
      .readonly(),
    canary: z
      .object({
        status: z.enum(['same', 'changed', 'unknown']),
        subject: text,
        hash: text.nullable(),
        columns: z.record(text, text).readonly(),
        at: text,
        detail: text.nullable(),
      })
      .readonly()
      .nullable(),
    seasons: z
      .record(text, z.object({ toldAt: text.nullable(), askedUntil: text.nullable() }).readonly())
      .readonly()
      .exactOptional(),
  })
  .readonly();

const documents = readerOf<SourceState>(sourceDocument);

interface StatePorts {
  readonly store: StateStore;
}

/** A source at the host where it is asked. */
export interface AskedHost {
  readonly source: string;
  /** Scheme and host. */
  readonly address: string;
}

/** What is remembered of a source, at whichever host it was asked; undefined when it was never asked. */
export async function storedSource({ store }: StatePorts, source: string): Promise<SourceState | undefined> {
  const path = paths.source(source);
  return readable(path, await store.get(path));
}

/** What is remembered of every source that was ever asked. */
export async function storedSources({ store }: StatePorts): Promise<SourceState[]> {
  return documents.readAll(await store.list('sources'));
}

/** What is remembered of a source at a host. */
export async function sourceState(ports: StatePorts, { source, address }: AskedHost): Promise<SourceState> {
  return stateAt(await storedSource(ports, source), source, address);
}

/**
 * Asks for the one question that a half-open breaker lets through.
 * @returns whether the caller may ask; of several callers one may
 */
export async function claimTrial(ports: StatePorts, host: AskedHost, now: Date): Promise<boolean> {
  let mayAsk = false;
  await update(ports, host, (state) => {
    const breaker = breakerOf(state, now);
    mayAsk = breaker !== 'open';
    return breaker === 'half_open' ? withTrial(state, now) : state;
  });
  return mayAsk;
}

/** Notes what became of a question. @returns the state after it */
export async function noteAnswer(
  ports: StatePorts,
  host: AskedHost,
  noted: NotedAnswer,
): Promise<SourceState> {
  return update(ports, host, (state) => withAnswer(state, noted));
}

/** Notes that the archive has an answer, which is asked for with its validators from now on. */
export async function noteKept(
  ports: StatePorts,
  host: AskedHost,
  name: string,
  kept: KeptAnswer,
): Promise<void> {
  await update(ports, host, (state) => withKept(state, name, kept));
}

/** Takes the turn to ask for an answer about a season, of which one caller gets `ask`; see {@link seasonTurn}. */
export async function takeSeasonTurn(
  ports: StatePorts,
  host: AskedHost,
  name: string,
  times: { readonly now: Date; readonly machine: Date },
): Promise<'told' | 'wait' | 'ask'> {
  let taken: 'told' | 'wait' | 'ask' = 'wait';
  await update(ports, host, (state) => {
    const { turn, state: after } = seasonTurn(state, name, times);
    taken = turn;
    return after;
  });
  return taken;
}

/** Ends the turn of who has asked for it. @param toldAt when its answer was archived; undefined when it was not */
export async function endSeasonTurn(
  ports: StatePorts,
  host: AskedHost,
  name: string,
  toldAt: Date | undefined,
): Promise<void> {
  await update(ports, host, (state) => withSeasonTold(state, name, toldAt?.toISOString() ?? null));
}

/** Notes what became of the question about the known game of a source. */
export async function noteCanary(ports: StatePorts, host: AskedHost, canary: CanaryState): Promise<void> {
  await update(ports, host, (state) => ({ ...state, canary }));
}

async function update(
  { store }: StatePorts,
  { source, address }: AskedHost,
  change: (state: SourceState) => SourceState,
): Promise<SourceState> {
  const path = paths.source(source);
  return store.transaction(async (tx) => {
    const before = stateAt(readable(path, await tx.get(path)), source, address);
    const after = change(before);
    if (after !== before) tx.set(path, documents.made(after));
    return after;
  });
}

/** What a person or another version has written is forgotten: a source is asked all the same. */
function readable(path: string, stored: object | undefined): SourceState | undefined {
  return stored === undefined || documents.problemOf(stored) !== undefined
    ? undefined
    : documents.read(path, stored);
}
