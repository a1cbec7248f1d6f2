/**
 * Asks live sources, politely: one question after another for each source, with a pause between two about the same kind of
 * thing, a second try only where it can help, and no more questions to a source that is silent or refuses.
 */
import type { SourceAccess } from '../../shared/config.ts';
import type { Http, HttpAnswer } from '../../shared/ports/http.ts';
import { lookInto } from './payload-files.ts';
import type { Endpoint, Source } from './source.ts';

/**
 * What became of a question. `fetched`: the answer is sound. `not_yet`: what was asked for is not known yet. `refused`: the
 * source does not answer us. `throttled`: it asks for a longer pause. `unreachable`: no connection. `hung`: no answer in time.
 * `failed`: an error of the source. `misread`: an answer that is not what it should be. `left`: not asked, because the
 * questions before it had no answer or were refused.
 */
export type AskedStatus =
  'fetched' | 'not_yet' | 'refused' | 'throttled' | 'unreachable' | 'hung' | 'failed' | 'misread' | 'left';

/** A question, and what became of it. */
export interface Asked {
  /** The name of the answer as a file: `nba_cdn.boxscore.0022300645.json`. */
  readonly name: string;
  readonly status: AskedStatus;
  /** Why there is no answer, as a predicate that follows the name; null when there is one. */
  readonly detail: string | null;
  /** The answer as it came, when it is sound or cannot be read; else undefined. */
  readonly bytes: Uint8Array | undefined;
  /** Events that are asked about next. */
  readonly leads: readonly string[];
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
}

/** How the operator lets a source be reached. */
export interface Reaching extends SourceAccess {
  /** His key; it is a secret. */
  readonly key?: string | undefined;
}

/** Asks a source about a subject. */
export type Ask = (endpoint: string, subject: string) => Promise<Asked>;

const TRIES = 3;
/** Milliseconds before the second try; twice as long before the third. */
const PAUSE_MS = 500;
/** The longest pause that a source may ask for, in seconds. */
const LONGEST_PAUSE = 10;
/** After so many questions in a row that hung, or found no connection, no other is asked. */
const SILENT = 2;

/** Makes what asks one source, for as long as a command runs. */
export function askerOf(
  { http, wait, random, now }: AskingPorts,
  source: Source,
  { address = source.address, headers = {}, key }: Reaching,
): Ask {
  let silent = 0;
  let isRefused = false;
  /** The slower a source is, the longer are the pauses. */
  let pause = source.secondsBetween;
  const asked = new Set<string>();

  return async (endpoint, subject) => {
    const name = `${source.name}.${endpoint}.${subject}.json`;
    const declared = source.endpoints[endpoint];
    if (declared === undefined) throw new Error(`${source.name} has no ${endpoint}`);
    const came = { name, bytes: undefined, leads: [], credits: null, tries: 0, seconds: 0 };
    if (isRefused) return { ...came, status: 'left', detail: 'is not asked for: the source refuses us' };
    if (silent >= SILENT)
      return { ...came, status: 'left', detail: 'is not asked for: the source does not answer' };
    let [tries, seconds] = [0, 0];
    for (;;) {
      if (asked.has(endpoint)) await wait(pause * 1000);
      asked.add(endpoint);
      const answer = await http.ask({
        url: withKey(`${address}${declared.path(subject)}`, source, key),
        headers,
      });
      tries += 1;
      seconds += answer.seconds;
      pause = Math.max(source.secondsBetween, Math.min(answer.seconds, LONGEST_PAUSE));
      const found = {
        ...{ ...came, tries, seconds, credits: source.key === undefined ? null : creditsIn(answer) },
        ...judged(answer, declared, subject, now),
      };
      const again = tries < TRIES ? pauseBefore(answer, found.status, tries, random) : undefined;
      if (again === undefined) {
        silent = found.status === 'hung' || found.status === 'unreachable' ? silent + 1 : 0;
        isRefused = found.status === 'refused';
        return found;
      }
      await wait(again);
    }
  };
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

/** The address with the key of the operator. */
function withKey(url: string, { key: declared }: Source, key: string | undefined): string {
  if (declared === undefined || key === undefined) return url;
  return `${url}${url.includes('?') ? '&' : '?'}${declared.parameter}=${encodeURIComponent(key)}`;
}

/** As The Odds API says it. */
function creditsIn(answer: HttpAnswer): number | null {
  const text = answer.kind === 'answer' ? answer.headers['x-requests-remaining'] : undefined;
  const credits = Number(text);
  return text === undefined || Number.isNaN(credits) ? null : credits;
}

type Judged = Pick<Asked, 'status' | 'detail'> & Partial<Pick<Asked, 'bytes' | 'leads'>>;

function judged(answer: HttpAnswer, endpoint: Endpoint, subject: string, now: Date): Judged {
  if (answer.kind === 'nothing') return NOTHING[answer.why];
  const { status, body } = answer;
  if (status === 200 || status === 203) return read(body, endpoint, subject, now);
  if (status === 404) return { status: 'not_yet', detail: 'is not there yet (404)' };
  if (status === 429) return { status: 'throttled', detail: 'was asked for too often (429)' };
  if (status === 401) return { status: 'refused', detail: 'is refused: the key is not accepted (401)' };
  if (status === 403) return forbidden(new TextDecoder().decode(body.subarray(0, 500)));
  return { status: 'failed', detail: `was not answered (${status})` };
}

const NOTHING: Readonly<Record<Extract<HttpAnswer, { kind: 'nothing' }>['why'], Judged>> = {
  unreachable: { status: 'unreachable', detail: 'cannot be asked for: no connection' },
  hung: { status: 'hung', detail: 'was not answered in time' },
  broken: { status: 'failed', detail: 'broke off' },
  too_large: { status: 'misread', detail: 'is larger than any answer may be' },
};

/** A store of files answers 403 for a file that it does not have; a page says that we are not let in. */
function forbidden(text: string): Judged {
  return /<Code>AccessDenied<\/Code>/.test(text)
    ? { status: 'not_yet', detail: 'is not there yet (403, no such file)' }
    : { status: 'refused', detail: 'is refused (403)' };
}

/** Looks whether an answer can be read, and where it leads. */
function read(body: Uint8Array, endpoint: Endpoint, subject: string, now: Date): Judged {
  let json: string;
  try {
    json = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return { status: 'misread', detail: 'is not UTF-8 text', bytes: body };
  }
  const looked = lookInto(json, (document) => {
    endpoint.read(document, subject);
    return endpoint.leadsTo?.(document, subject, now) ?? [];
  });
  if (looked.fault === undefined)
    return { status: 'fetched', detail: null, bytes: body, leads: looked.found };
  const { fault: detail, notYet } = looked;
  return notYet ? { status: 'not_yet', detail } : { status: 'misread', detail, bytes: body };
}
