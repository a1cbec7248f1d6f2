/**
 * What is remembered of a live source between questions: how it has answered, whether it is asked at all, and how long the pauses
 * are. Times of answers are those of the business clock, so a day that is played again behaves as the day itself.
 */

/**
 * What became of a question. `fetched`: the answer is sound. `unchanged`: the source says that the answer is still the one that the
 * archive has. `not_yet`: what was asked for is not known yet. `refused`: the source does not answer us. `throttled`: it asks for a
 * longer pause. `unreachable`: no connection. `hung`: no answer in time. `failed`: an error of the source. `misread`: an answer that
 * is not what it should be. `left`: not asked, because the source refuses us, does not answer, or has too few credits left.
 */
export type AskedStatus =
  | 'fetched'
  | 'unchanged'
  | 'not_yet'
  | 'refused'
  | 'throttled'
  | 'unreachable'
  | 'hung'
  | 'failed'
  | 'misread'
  | 'left';

/** From the best that can become of a question to the worst. */
const FROM_BEST: readonly AskedStatus[] = [
  ...(['fetched', 'unchanged', 'not_yet', 'left', 'throttled'] as const),
  ...(['unreachable', 'hung', 'failed', 'misread', 'refused'] as const),
];

/** The worst that became of some questions; undefined when there are none. */
export function worstOf(statuses: readonly AskedStatus[]): AskedStatus | undefined {
  return FROM_BEST[Math.max(...statuses.map((status) => FROM_BEST.indexOf(status)))];
}

/** Whether a question has its answer. */
export function isAnswered(status: AskedStatus): boolean {
  return status === 'fetched' || status === 'unchanged';
}

/** How the questions of one kind went, such as those for box scores. */
export interface EndpointState {
  /** When it last had a sound answer (ISO, UTC); null when it never had. */
  readonly lastGood: string | null;
  /** When it was last asked, by the clock of the machine (ISO, UTC). */
  readonly askedAt: string;
  readonly status: AskedStatus;
  /** Why the last question had no answer, as a predicate that follows its name; null when it had one. */
  readonly detail: string | null;
  /** Seconds until an answer: a mean in which the last answer counts a fifth. */
  readonly seconds: number;
  /** Seconds between two questions. */
  readonly pause: number;
  /** Questions that were refused since the last sound answer. */
  readonly refusals: number;
}

/** By which the source can say that an answer has not changed. */
export interface Validators {
  readonly etag?: string;
  /** As the source has written it in `Last-Modified`. */
  readonly modified?: string;
}

/** An answer that the archive has, and that need not be sent again. */
export interface KeptAnswer extends Validators {
  /** Hash of its bytes, as the archive has them. */
  readonly sha256: string;
  /** How many games, teams and lines the archive had from it when it was loaded. */
  readonly subjects: number;
  /** When it was asked for (ISO, UTC). */
  readonly at: string;
}

/**
 * What became of the question about a known finished game. `same`: the answer says what it said before. `changed`: it has another
 * shape, or says something else. `unknown`: there was no answer.
 */
export interface CanaryState {
  readonly status: 'same' | 'changed' | 'unknown';
  readonly subject: string;
  /** Hash of the lines that were last read from an answer; null when there was never one. */
  readonly hash: string | null;
  /** Hash of each of their columns, such as `player_box.pts`. */
  readonly columns: Readonly<Record<string, string>>;
  /** When it was asked (ISO, UTC). */
  readonly at: string;
  /** What differs, or why there is no answer; null when it is the same. */
  readonly detail: string | null;
}

/** The state of a source at one host. */
export interface SourceState {
  readonly source: string;
  /** Scheme and host that were asked. What one host did says nothing of another. */
  readonly address: string;
  /** By the name of the kind of question. */
  readonly endpoints: Readonly<Record<string, EndpointState>>;
  /** How many questions in a row hung or found no connection, and when the breaker opened (ISO, UTC); null while it is closed. */
  readonly silence: { readonly inARow: number; readonly openedAt: string | null };
  /** Questions that may still be asked for what has been paid, as the source last said; null when it never said. */
  readonly credits: { readonly left: number; readonly at: string } | null;
  /** By the name of the question; only the newest are kept. */
  readonly answers: Readonly<Record<string, KeptAnswer>>;
  readonly canary: CanaryState | null;
  /** Answers about whole seasons, by the name of the question; absent while nobody has asked for one. */
  readonly seasons?: Readonly<Record<string, SeasonAnswer>>;
}

/** An answer about a whole season, for which the fetches of several dates come at the same time. */
export interface SeasonAnswer {
  /** When it was last archived (ISO, UTC); null when never. */
  readonly toldAt: string | null;
  /** Until when somebody may be asking for it, by the clock of the machine (ISO, UTC); null while nobody does. */
  readonly askedUntil: string | null;
}

/** Minutes for which an answer about a season is not asked for again. */
const SEASON_MINUTES = 3;
/** Seconds for which everybody else waits for who asks for it. */
const SEASON_SECONDS = 60;

/**
 * Who asks for an answer about a season: `told`: nobody, it has just come; `wait`: somebody else; `ask`: the caller, and the state says so.
 * @param machine the clock of the machine
 */
export function seasonTurn(
  state: SourceState,
  name: string,
  { now, machine }: { readonly now: Date; readonly machine: Date },
): { readonly turn: 'told' | 'wait' | 'ask'; readonly state: SourceState } {
  const { toldAt = null, askedUntil = null } = state.seasons?.[name] ?? {};
  const since = toldAt === null ? NaN : now.getTime() - Date.parse(toldAt);
  if (since >= 0 && since < SEASON_MINUTES * 60_000) return { turn: 'told', state };
  if (askedUntil !== null && new Date(askedUntil) > machine) return { turn: 'wait', state };
  const until = new Date(machine.getTime() + SEASON_SECONDS * 1000).toISOString();
  return { turn: 'ask', state: withSeason(state, name, { toldAt, askedUntil: until }) };
}

/** The state when nobody asks for an answer about a season any more. @param toldAt when it was archived (ISO, UTC); null when it was not */
export function withSeasonTold(state: SourceState, name: string, toldAt: string | null): SourceState {
  return withSeason(state, name, {
    toldAt: toldAt ?? state.seasons?.[name]?.toldAt ?? null,
    askedUntil: null,
  });
}

function withSeason(state: SourceState, name: string, answer: SeasonAnswer): SourceState {
  return { ...state, seasons: { ...state.seasons, [name]: answer } };
}

/** After so many questions in a row that hung, or found no connection, the breaker opens: the source is not asked. */
const SILENT = 2;
/** Minutes for which the breaker is open. Then one question is let through; when that has no answer, it opens again. */
const OPEN_MINUTES = 10;
/** Longest pause between two questions, in seconds. */
const LONGEST_PAUSE = 30;
/** The share of the last answer in the mean of the seconds, and how fast a pause becomes shorter again. */
const [SHARE, SHORTER] = [0.2, 0.7];
/** Answers that are kept in mind, and characters of a detail, so that the document stays small. */
const [MOST_ANSWERS, MOST_DETAIL] = [500, 300];

/** The state of a source of which nothing is known. */
function unknownSource(source: string, address: string): SourceState {
  const silence = { inARow: 0, openedAt: null };
  return { source, address, endpoints: {}, silence, credits: null, answers: {}, canary: null };
}

/** The state at a host: the stored one, or that of an unknown source when it is of another host. */
export function stateAt(stored: SourceState | undefined, source: string, address: string): SourceState {
  return stored?.address === address ? stored : unknownSource(source, address);
}

/**
 * Whether the source is asked: `closed` as usual, `open` not, `half_open` once. A clock that stands before the opening, as when a
 * past day is played again, closes the breaker.
 */
export function breakerOf({ silence }: SourceState, now: Date): 'closed' | 'open' | 'half_open' {
  if (silence.openedAt === null) return 'closed';
  const since = now.getTime() - Date.parse(silence.openedAt);
  if (since < 0) return 'closed';
  return since < OPEN_MINUTES * 60_000 ? 'open' : 'half_open';
}

/** When the source is asked again (ISO, UTC); null while the breaker is not open. */
export function askedAgainAt(state: SourceState, now: Date): string | null {
  if (breakerOf(state, now) !== 'open' || state.silence.openedAt === null) return null;
  return new Date(Date.parse(state.silence.openedAt) + OPEN_MINUTES * 60_000).toISOString();
}

/** The state while the one question of a half-open breaker is asked: nobody else asks. */
export function withTrial(state: SourceState, now: Date): SourceState {
  return { ...state, silence: { ...state.silence, openedAt: now.toISOString() } };
}

/** What is noted of a question that was asked. */
export interface NotedAnswer {
  readonly endpoint: string;
  readonly status: AskedStatus;
  readonly detail: string | null;
  /** Seconds until the answer, of the last try. */
  readonly seconds: number;
  /** Whether the source asked for a longer pause, or did not answer in time, in any try. */
  readonly isTooFast: boolean;
  /** What counted as now. */
  readonly at: Date;
  /** The clock of the machine when it was asked. */
  readonly askedAt: Date;
  /** Least seconds between two questions, as the source declares. */
  readonly between: number;
  /** Null when the answer does not say. */
  readonly credits: number | null;
}

/** The state after a question. */
export function withAnswer(state: SourceState, noted: NotedAnswer): SourceState {
  const { endpoint, status, seconds, between, credits } = noted;
  const before = state.endpoints[endpoint];
  const [at, isGood] = [noted.at.toISOString(), isAnswered(status)];
  const isSilent = status === 'hung' || status === 'unreachable';
  const inARow = isSilent ? state.silence.inARow + 1 : 0;
  const next: EndpointState = {
    lastGood: isGood ? at : (before?.lastGood ?? null),
    askedAt: noted.askedAt.toISOString(),
    status,
    detail: noted.detail?.slice(0, MOST_DETAIL) ?? null,
    seconds: rounded(before === undefined ? seconds : before.seconds + SHARE * (seconds - before.seconds)),
    pause: pauseAfter(before?.pause ?? between, noted),
    refusals: isGood ? 0 : (before?.refusals ?? 0) + (status === 'refused' ? 1 : 0),
  };
  return {
    ...state,
    endpoints: { ...state.endpoints, [endpoint]: next },
    silence: { inARow, openedAt: inARow >= SILENT ? at : null },
    credits: credits === null ? state.credits : { left: credits, at },
  };
}

/**
 * Seconds until the next question of the kind: at least what the source declares and as long as the answer took. Twice as long after
 * one that was throttled or did not come; shorter step by step while the source is quick.
 */
function pauseAfter(before: number, { seconds, between, isTooFast }: NotedAnswer): number {
  const least = Math.max(between, seconds);
  const wanted = isTooFast ? Math.max(2 * before, 1) : Math.max(least, before * SHORTER);
  return rounded(Math.min(wanted, LONGEST_PAUSE));
}

function rounded(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

/** The state with an answer that the archive has from now on; the oldest are forgotten. */
export function withKept(state: SourceState, name: string, kept: KeptAnswer): SourceState {
  const { [name]: _, ...others } = state.answers;
  const all = [...Object.entries(others), [name, kept] as const];
  const newest = all.toSorted(([, a], [, b]) => (a.at < b.at ? -1 : Number(a.at > b.at)));
  return { ...state, answers: Object.fromEntries(newest.slice(-MOST_ANSWERS)) };
}
