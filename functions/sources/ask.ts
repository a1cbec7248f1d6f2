/**
 * Asks live sources, politely: one question after another for each source, with a pause between two about the same kind of
 * thing, a second try only where it can help, and no more questions to a source that is silent or refuses. How a source has answered
 * is kept in its state, so that the next command and another process know it, too.
 */
import type { SourceAccess } from '../../shared/config.ts';
import {
  askedAgainAt,
  breakerOf,
  type AskedStatus,
  type KeptAnswer,
  type SourceState,
  type Validators,
} from '../../shared/domain/source-state.ts';
import type { Http, HttpAnswer } from '../../shared/ports/http.ts';
import type { Clock } from '../../shared/ports/index.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import { claimTrial, noteAnswer, sourceState } from '../../shared/state/source-states.ts';
import { judged } from './judge.ts';
import { lookInto } from './payload-files.ts';
import { secretsOf, withoutSecrets } from './secrets.ts';
import type { Endpoint, Source } from './source.ts';

export type { AskedStatus };

/** A question, and what became of it. */
export interface Asked {
  /** The name of the answer as a file: `nba_cdn.boxscore.0022300645.json`. */
  readonly name: string;
  readonly status: AskedStatus;
  /** Why there is no answer, as a predicate that follows the name; null when there is one. */
  readonly detail: string | null;
  /** The answer as it came, when it is sound or cannot be read; else undefined. */
  readonly bytes: Uint8Array | undefined;
  /** The PDF of which `bytes` are the text, to be kept beside them; absent for other answers. */
  readonly original?: { readonly name: string; readonly bytes: Uint8Array } | undefined;
  /** Events that are asked about next. */
  readonly leads: readonly string[];
  /** When the games of these events begin, where the answer says it. */
  readonly starts: ReadonlyMap<string, Date>;
  /** By which the source can say later that this answer has not changed; undefined where it gives nothing of the kind. */
  readonly validators: Validators | undefined;
  /** Questions that may still be asked for what has been paid; null where the source does not say. */
  readonly credits: number | null;
  /** How often it was asked. */
  readonly tries: number;
  /** Seconds that the source took. */
  readonly seconds: number;
}

export interface AskingPorts {
  readonly http: Http;
  /** Waits some milliseconds. */
  readonly wait: (ms: number) => Promise<void>;
  /** A number from 0 to 1, for pauses that do not fall together. */
  readonly random: () => number;
  /** What counts as now. */
  readonly now: Date;
  /** The clock of the machine, for the pauses. */
  readonly clock: Clock;
  readonly store: StateStore;
  /** Whether the archive still speaks by an answer that it was given; by default every question asks for a whole answer. */
  readonly isHeld?: (name: string, kept: KeptAnswer) => Promise<boolean>;
}

/** How the operator lets a source be reached. */
export interface Reaching extends SourceAccess {
  /** His key; it is a secret. */
  readonly key?: string | undefined;
}

/**
 * Asks a source about a subject.
 * @param start when the game begins that it is about, or the next one of them, where the answers before have not said it
 */
export type Ask = (endpoint: string, subject: string, start?: Date) => Promise<Asked>;

const TRIES = 3;
/** Pages of one answer at most, the last one not counted. */
const MOST_PAGES = 20;
/** Milliseconds before the second try; twice as long before the third. */
const PAUSE_MS = 500;
/** The longest pause that a source may ask for, in seconds. */
const LONGEST_PAUSE = 10;
/** Minutes before tip-off in which lines are asked for with the credits that are kept for them. */
const LAST_MINUTES = 45;
/** Characters of a validator that are kept. */
const LONGEST_VALIDATOR = 200;

/** Makes what asks one source, for as long as a command runs. */
export function askerOf(ports: AskingPorts, source: Source, reaching: Reaching): Ask {
  const { http, wait, random, now } = ports;
  const { address = source.address, headers = {}, key } = reaching;
  const host = { source: source.name, address };
  const secrets = secretsOf(reaching);
  let isRefused = false;
  const asked = new Set<string>();
  /** When the games of events begin, as the answers that led to them say. */
  const starts = new Map<string, Date>();

  return async (endpoint, subject, start) => {
    const name = `${source.name}.${endpoint}.${subject}.json`;
    const declared = source.endpoints[endpoint];
    if (declared === undefined) throw new Error(`${source.name} has no ${endpoint}`);
    const nothing = { bytes: undefined, validators: undefined, credits: null, tries: 0, seconds: 0 };
    const came = { name, leads: [], starts: new Map<string, Date>(), ...nothing };
    const left = (detail: string): Asked => ({ ...came, status: 'left', detail });
    const state = await sourceState(ports, host);
    const breaker = breakerOf(state, now);
    if (isRefused) return left('is not asked for: the source refuses us');
    if (breaker === 'open' || (breaker === 'half_open' && !(await claimTrial(ports, host, now))))
      return left(silentText(await sourceState(ports, host), now));
    const lack = creditsLack(source, declared, reaching, state, { start: starts.get(subject) ?? start, now });
    if (lack !== undefined) return left(lack);
    const kept = await heldAnswer(ports, declared, name, state);
    const mostTries = breaker === 'half_open' ? 1 : TRIES;
    let [tries, triesOfPage, seconds, isTooFast, page] = [0, 0, 0, false, ''];
    const before: Uint8Array[] = [];
    const others = declared.otherPath === undefined ? [] : [declared.otherPath(subject)];
    let path = declared.path(subject);
    let askedAt = ports.clock();
    for (;;) {
      const pause = state.endpoints[endpoint]?.pause ?? source.secondsBetween;
      const rest = asked.has(endpoint) ? pause : restOf(pause, state, endpoint, askedAt);
      if (rest > 0) await wait(rest * 1000);
      asked.add(endpoint);
      askedAt = ports.clock();
      const answer = withoutSecrets(
        await http.ask({
          url: withKey(withParameter(`${address}${path}`, page), source, key),
          headers: { ...withKeyHeader(headers, source, key), ...conditionsOf(kept) },
        }),
        secrets,
        source,
      );
      tries += 1;
      triesOfPage += 1;
      seconds += answer.seconds;
      const next = before.length < MOST_PAGES ? nextPageOf(answer, declared) : undefined;
      if (next !== undefined && answer.kind === 'answer') {
        before.push(answer.body);
        [page, triesOfPage] = [next, 0];
        continue;
      }
      const credits = source.key === undefined ? null : creditsIn(answer);
      const question = { source, endpoint: declared, name, subject, now, kept };
      const found = await judged(withPages(before, answer), question);
      const other = found.status === 'not_yet' ? others.shift() : undefined;
      if (other !== undefined) {
        path = other;
        continue;
      }
      isTooFast ||= found.status === 'throttled' || found.status === 'hung';
      const again =
        triesOfPage < mostTries ? pauseBefore(answer, found.status, triesOfPage, random) : undefined;
      if (again === undefined) {
        isRefused = found.status === 'refused';
        for (const [event, start] of found.starts ?? []) starts.set(event, start);
        await noteAnswer(ports, host, {
          ...{ endpoint, askedAt, isTooFast, credits, at: now, between: source.secondsBetween },
          ...{ status: found.status, detail: found.detail, seconds: answer.seconds },
        });
        const validators =
          found.status === 'fetched' && before.length === 0 ? validatorsIn(answer) : undefined;
        return { ...came, tries, seconds, credits, validators, ...found };
      }
      await wait(again);
    }
  };
}

/** Seconds that are left of the pause since another process has asked. */
function restOf(pause: number, { endpoints }: SourceState, endpoint: string, at: Date): number {
  const before = endpoints[endpoint]?.askedAt;
  const since = before === undefined ? pause : (at.getTime() - Date.parse(before)) / 1000;
  return since < 0 ? 0 : Math.max(0, pause - since);
}

function silentText(state: SourceState, now: Date): string {
  const again = askedAgainAt(state, now);
  return `is not asked for: the source does not answer${again === null ? '' : `; it is asked again from ${again.slice(0, 16)}Z on`}`;
}

/** Why a question is not asked with the credits that are left; undefined when it may be. */
function creditsLack(
  { name, creditsFloor = 0 }: Source,
  { credits: cost = 0 }: Endpoint,
  { floor = creditsFloor }: Reaching,
  { credits }: SourceState,
  { start, now }: { readonly start: Date | undefined; readonly now: Date },
): string | undefined {
  if (cost === 0 || credits === null || credits.left - cost >= floor) return undefined;
  const minutes = start === undefined ? Infinity : (start.getTime() - now.getTime()) / 60_000;
  if (credits.left >= cost && minutes >= 0 && minutes <= LAST_MINUTES) return undefined;
  return `is not asked for: ${credits.left} credits are left, and ${floor} are kept for the last ${LAST_MINUTES} minutes before a tip-off (FULLCOURT_SOURCE_${name.toUpperCase()}_FLOOR)`;
}

/**
 * The answer that the archive has, where it need not be sent again. An answer that leads to others, or that has pages, is always asked
 * for whole.
 */
async function heldAnswer(
  { isHeld }: AskingPorts,
  { fills, leadsTo, nextPage }: Endpoint,
  name: string,
  { answers }: SourceState,
): Promise<KeptAnswer | undefined> {
  const kept = answers[name];
  if (kept === undefined || isHeld === undefined || fills.length === 0) return undefined;
  if (leadsTo !== undefined || nextPage !== undefined) return undefined;
  return (await isHeld(name, kept)) ? kept : undefined;
}

function conditionsOf(kept: KeptAnswer | undefined): Readonly<Record<string, string>> {
  return {
    ...(kept?.etag === undefined ? {} : { 'if-none-match': kept.etag }),
    ...(kept?.modified === undefined ? {} : { 'if-modified-since': kept.modified }),
  };
}

function validatorsIn(answer: HttpAnswer): Validators | undefined {
  if (answer.kind === 'nothing') return undefined;
  const { etag, 'last-modified': modified } = answer.headers;
  const fits = (text: string | undefined): text is string =>
    text !== undefined && text !== '' && text.length <= LONGEST_VALIDATOR;
  if (!fits(etag) && !fits(modified)) return undefined;
  return { ...(fits(etag) ? { etag } : {}), ...(fits(modified) ? { modified } : {}) };
}

/** Milliseconds until the next try; undefined where another try does not help. */
function pauseBefore(
  answer: HttpAnswer,
  status: AskedStatus,
  tries: number,
  random: () => number,
): number | undefined {
  const usual = PAUSE_MS * 2 ** (tries - 1) * (0.5 + random());
  if (status === 'failed' || status === 'unreachable') return usual;
  if (status !== 'throttled') return undefined;
  const wanted = answer.kind === 'answer' ? Number(answer.headers['retry-after'] ?? 0) : 0;
  // An answer may name a date instead.
  if (Number.isNaN(wanted) || wanted > LONGEST_PAUSE) return undefined;
  return Math.max(usual, wanted * 1000);
}

/** The address with the key of the operator, where a parameter carries it. */
function withKey(url: string, { key: declared }: Source, key: string | undefined): string {
  if (declared?.parameter === undefined || key === undefined) return url;
  return withParameter(url, `${declared.parameter}=${encodeURIComponent(key)}`);
}

/** @param parameter such as `cursor=25`; nothing is added when it is empty */
function withParameter(url: string, parameter: string): string {
  return parameter === '' ? url : `${url}${url.includes('?') ? '&' : '?'}${parameter}`;
}

/** The headers with the key of the operator, where a header carries it. */
function withKeyHeader(
  headers: Readonly<Record<string, string>>,
  { key: declared }: Source,
  key: string | undefined,
): Readonly<Record<string, string>> {
  return declared?.header === undefined || key === undefined
    ? headers
    : { ...headers, [declared.header]: key };
}

/** What asks for the page after a sound one; undefined on the last page, and for an answer that is no page. */
function nextPageOf(answer: HttpAnswer, { nextPage }: Endpoint): string | undefined {
  if (nextPage === undefined || answer.kind !== 'answer' || answer.status !== 200) return undefined;
  const looked = lookInto(new TextDecoder().decode(answer.body), nextPage);
  return looked.fault === undefined ? looked.found : undefined;
}

/** An answer with the pages before it, each as it came: `{"pages":[...]}`. */
function withPages(before: readonly Uint8Array[], answer: HttpAnswer): HttpAnswer {
  if (before.length === 0 || answer.kind !== 'answer' || answer.status !== 200) return answer;
  const pages = [...before, answer.body].flatMap((page, i) => (i === 0 ? [page] : [Buffer.from(','), page]));
  return { ...answer, body: Buffer.concat([Buffer.from('{"pages":['), ...pages, Buffer.from(']}')]) };
}

/** As The Odds API says it. */
function creditsIn(answer: HttpAnswer): number | null {
  const text = answer.kind === 'answer' ? answer.headers['x-requests-remaining'] : undefined;
  const credits = Number(text);
  return text === undefined || Number.isNaN(credits) ? null : credits;
}
