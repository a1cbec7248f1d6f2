/**
 * Which source is asked for what of a date, and which is asked in its place when it fails. All of it follows from the sources that
 * are on and from what was asked so far, so that a second look at the same facts plans the same.
 */
import type { Occasion } from '../../shared/domain/fetch.ts';
import { SOURCES } from '../sources/index.ts';
import type { Endpoint, Source, Target } from '../sources/source.ts';

/** Why a date is asked about: an occasion of the schedule of fetches, or a person who wants everything. */
export type Errand = Occasion | 'everything';

/** For each thing that is wanted, the sources in the order in which they are asked for it. */
export type Orders = Readonly<Partial<Record<Target, readonly string[]>>>;

/** A question to one source about one date, for one thing or several. */
export interface PlannedAsk {
  readonly source: string;
  readonly targets: readonly Target[];
  /** The first source in the order of these targets, when this one is asked in its place; else null. */
  readonly fallbackFor: string | null;
}

/** What became of it. */
export interface AnsweredAsk extends PlannedAsk {
  /** What the source has not told although it should have. */
  readonly failed: readonly Target[];
  /** What it does not tell of this date at all, such as the lines on games that were played. */
  readonly uncovered: readonly Target[];
}

/** Whether a source is asked a kind of question on an errand. The schedule goes before everything that needs to know the games. */
export function belongsTo(
  errand: Errand,
  { rhythm, targets, isScheduledOnly, oncePerDay }: Endpoint,
): boolean {
  // Of the past, only what covers a past date is asked, whatever its rhythm.
  if (errand === 'history' || rhythm === 'led') return true;
  if (errand === 'everything') return rhythm !== 'history' && isScheduledOnly !== true;
  // The schedule tells which games are over, and how they ended.
  const isSchedule = targets.schedule !== undefined && oncePerDay !== true;
  if (errand === 'corrections') return rhythm === 'box_scores' || rhythm === 'overnight' || isSchedule;
  if (errand === 'box_scores' || errand === 'overnight') return rhythm === errand || isSchedule;
  return rhythm === errand;
}

/**
 * For each target of an errand, the names of its sources, the first to be asked first. Sources that are off are among them: the
 * next is then asked in their place.
 * @param sources those that may be named
 */
export function ordersOf(errand: Errand, sources: readonly Source[] = SOURCES): Orders {
  const places = new Map<Target, { name: string; place: number }[]>();
  for (const { name, endpoints } of sources) {
    const own = new Map<Target, number>();
    for (const endpoint of Object.values<Endpoint>(endpoints)) {
      if (endpoint.rhythm === 'led' || !belongsTo(errand, endpoint)) continue;
      for (const [target, place] of Object.entries(endpoint.targets) as [Target, number][])
        if (wants(errand, target, endpoint)) own.set(target, Math.min(place, own.get(target) ?? place));
    }
    for (const [target, place] of own) places.set(target, [...(places.get(target) ?? []), { name, place }]);
  }
  return Object.fromEntries(
    [...places].map(([target, named]) => [
      target,
      named.toSorted((a, b) => a.place - b.place || (a.name < b.name ? -1 : 1)).map(({ name }) => name),
    ]),
  );
}

/** Whether an endpoint is asked for a target: one that only tells how games ended is asked after them for the schedule alone. */
function wants(errand: Errand, target: Target, { rhythm }: Endpoint): boolean {
  const isAfter = errand === 'box_scores' || errand === 'overnight';
  if (isAfter && rhythm !== errand) return target === 'schedule';
  const isBefore = target === 'roster' || target === 'injuries' || target.endsWith('_lines');
  return !isBefore || errand !== 'corrections';
}

/** Whether one answer of a source tells the schedule and a target: which games are over, and who played in them. */
function tellsWithSchedule(name: string, target: Target): boolean {
  const { endpoints = {} } = SOURCES.find((source) => source.name === name) ?? {};
  return Object.values<Endpoint>(endpoints).some(
    ({ targets }) => targets.schedule !== undefined && targets[target] !== undefined,
  );
}

/**
 * The questions that are due now. While the schedule is among what is wanted and not settled, nothing else is asked but what one
 * answer tells together with it, because the games say what else there is to ask.
 * @param isOn whether a source may be asked
 * @param underWay questions that have no answer yet; nothing that they are about is asked again
 * @param isTogether whether one answer of a source tells the schedule and a target
 */
export function nextAsks(
  orders: Orders,
  isOn: (source: string) => boolean,
  done: readonly AnsweredAsk[],
  underWay: readonly PlannedAsk[] = [],
  isTogether: (source: string, target: Target) => boolean = tellsWithSchedule,
): PlannedAsk[] {
  const states = targetsOf(orders).map((target) => [target, stateOf(target, orders, isOn, done)] as const);
  const schedule = states.find(([target]) => target === 'schedule')?.[1];
  const isFirst = (target: Target, source: string): boolean =>
    schedule?.kind !== 'open' ||
    target === 'schedule' ||
    (schedule.source === source &&
      orders.schedule?.[0] === orders[target]?.[0] &&
      isTogether(source, target));
  const asks = new Map<string, { source: string; targets: Target[]; fallbackFor: string | null }>();
  for (const [target, state] of states) {
    if (state.kind !== 'open' || !isFirst(target, state.source)) continue;
    if (underWay.some(({ targets }) => targets.includes(target))) continue;
    const first = orders[target]?.[0];
    const fallbackFor = first === state.source ? null : (first ?? null);
    const key = `${state.source} ${fallbackFor}`;
    const known = asks.get(key);
    if (known === undefined) asks.set(key, { source: state.source, targets: [target], fallbackFor });
    else known.targets.push(target);
  }
  return [...asks.values()];
}

/** Whether everything was told for which a source is on that tells it of this date; false when nobody was asked. */
export function isAnswered(
  orders: Orders,
  isOn: (source: string) => boolean,
  done: readonly AnsweredAsk[],
): boolean {
  return done.length > 0 && unansweredOf(orders, isOn, done).length === 0;
}

/** What of an errand nobody has told, although a source that is on tells such things. */
export function unansweredOf(
  orders: Orders,
  isOn: (source: string) => boolean,
  done: readonly AnsweredAsk[],
): Target[] {
  return targetsOf(orders).filter((target) => {
    const { kind } = stateOf(target, orders, isOn, done);
    return kind === 'failed' || kind === 'open';
  });
}

type State =
  | { readonly kind: 'answered' | 'failed' | 'not covered' | 'off' }
  | { readonly kind: 'open'; readonly source: string };

function stateOf(
  target: Target,
  orders: Orders,
  isOn: (source: string) => boolean,
  done: readonly AnsweredAsk[],
): State {
  const asked = done.filter(({ targets }) => targets.includes(target));
  if (asked.some(({ failed, uncovered }) => !failed.includes(target) && !uncovered.includes(target)))
    return { kind: 'answered' };
  const next = (orders[target] ?? []).find(
    (name) => isOn(name) && !asked.some(({ source }) => source === name),
  );
  if (next !== undefined) return { kind: 'open', source: next };
  if (asked.some(({ failed }) => failed.includes(target))) return { kind: 'failed' };
  return { kind: asked.length > 0 ? 'not covered' : 'off' };
}

function targetsOf(orders: Orders): Target[] {
  return (Object.keys(orders) as Target[]).sort();
}
