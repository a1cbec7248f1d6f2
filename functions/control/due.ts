/**
 * When the live sources are asked about a game date by themselves. Times of day are US Eastern. Nothing here reads a clock: what is
 * due follows from the games of the date, from the slots that were used before, and from the time that is given.
 */
import { addDays, type GameDate } from '../../shared/domain/game-date.ts';
import { OCCASIONS, TARGETS, type Occasion, type Target } from '../../shared/domain/fetch.ts';
import { toldInstead, type FetchDocument, type Told } from '../../shared/state/fetches.ts';
import { easternToUtc } from '../../shared/domain/eastern-time.ts';

/** A game as far as it decides when something is asked about its date. */
export interface DueGame {
  /** ISO UTC; null when unknown. */
  readonly tipoffAt: string | null;
  /** The final score; null or absent when nobody has told it. */
  readonly score?: object | null;
}

/** A date, as far as it decides when something is asked about it. */
export interface DueDay {
  readonly date: GameDate;
  /** Empty for a date without games. */
  readonly games: readonly DueGame[];
  /** The last game date of its season that is known, and how many game dates of the season are before this one. */
  readonly season: { readonly lastDate: GameDate; readonly datesBefore: number } | null;
}

/** A time at which a date is asked about. */
export interface Slot {
  readonly date: GameDate;
  readonly occasion: Occasion;
  readonly at: Date;
  /** From here on it is too late for it: the next slot of the occasion has come, or what it asks about is over. */
  readonly until: Date;
  /** It is needed only while no slot of its occasion from this time on has brought everything; null for one that is always needed. */
  readonly retryFrom: Date | null;
}

/** A slot that was used: when it was due, and whether everything it asked about was answered. */
export interface UsedSlot {
  readonly occasion: Occasion;
  readonly at: Date;
  readonly isAnswered: boolean;
}

/** The same with what it has brought. */
export interface ToldSlot extends UsedSlot {
  /** What nobody has told; null while it is being asked for. */
  readonly unanswered: readonly Target[] | null;
  /** What another source has told in the place of the first ones, each with that source. */
  readonly instead: Told;
}

/** What a slot asks about: absent for everything that belongs to its occasion. */
export interface AskedAgain {
  readonly targets?: readonly Target[];
  readonly before?: Told;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Eastern times from which the schedule and the rosters are asked for, until they are there. */
const MORNING = ['06:00', '08:00', '10:00', '12:00', '14:00', '16:00', '18:00'] as const;
/** Minutes before a tip-off at which its lines are read for the last time. The schedule of fetches looks every five minutes. */
export const CLOSING_MINUTES = 10;
/** Hours before the first tip-off at which lines are looked at first, and hours until that is tried again when it had no answer. */
const LINES = { from: 12, every: 2 } as const;
/** Readings of a date just before tip-offs, at most. */
const MOST_CLOSINGS = 6;
/** Tip-offs this many minutes apart, or less, may have one last reading, before the first of them. */
const TOGETHER_MINUTES = 30;
/** A try this many minutes before the last reading of a tip-off, or less, is left out. */
const NEAR_CLOSING_MINUTES = 30;
/** The Eastern time from which injury reports are read, every hour. They are published at half past. */
const FIRST_REPORT = '06:40';
/** Eastern times at which box scores are asked for: on the date, and on the day after it. */
const WAVES = [
  ['15:00', '18:00', '21:00', '22:00', '23:30'],
  ['01:00', '02:00', '04:00', '06:00', '08:00', '10:00', '12:00', '15:00', '18:00', '21:00'],
] as const;
/** Hours from tip-off after which a game may be over. */
export const HOURS_OF_GAME = 2;
/** Hours from tip-off after which a game without an overtime is over. */
const HOURS_UNTIL_OVER = 2.5;
/** Eastern times of the day after at which play-by-play and gamebooks are asked for, until they are there. */
const OVERNIGHT = ['04:00', '06:00', '08:00', '10:00'] as const;
/** Days after a date on which everything known of its games is read again. */
const CORRECTION_DAYS = [1, 3, 7, 30] as const;
/** Days after that day, and the Eastern times on them, at which it is tried until everything was read. */
const CORRECTION_TIMES = [
  [0, '11:00'],
  [0, '15:00'],
  [0, '19:00'],
  [1, '09:00'],
] as const;
/** The Eastern time of the day after it at which it is given up until the next one of these days. */
const CORRECTION_END = '11:00';
/** After the end of a season its dates are read again, spread over this many days from this many days after the last game. */
const SEASON_END = { after: 3, spread: 30 } as const;
/** The Eastern tip-off that a game without a known one is taken to have. */
const USUAL_TIPOFF = '19:00';

/** Every slot of a date, by occasion and ascending in time. */
export function slotsOf(day: DueDay): Slot[] {
  const morning = inTurn(
    day,
    'morning',
    MORNING.map((time) => eastern(day.date, time)),
    {
      end: eastern(addDays(day.date, 1), '00:00'),
      isRetry: true,
    },
  );
  if (day.games.length === 0) return morning;
  const tips = tipoffsOf(day);
  const last = tips.at(-1) ?? 0;
  return [
    ...morning,
    ...linesOf(day, tips),
    ...inTurn(day, 'hourly', hoursBetween(eastern(day.date, FIRST_REPORT), last), { end: last }),
    ...inTurn(
      day,
      'box_scores',
      wavesOf(
        WAVES.flatMap((times, i) => times.map((time) => eastern(addDays(day.date, i), time))),
        tips,
      ),
      { end: eastern(addDays(day.date, 2), '00:00'), isRetry: true },
    ),
    ...inTurn(
      day,
      'overnight',
      OVERNIGHT.map((time) => eastern(addDays(day.date, 1), time)),
      { end: eastern(addDays(day.date, 2), '00:00'), isRetry: true },
    ),
    ...correctionsOf(day),
  ];
}

/** The dates of which something may be due at a time on the Eastern date `today`. */
export function datesToLookAt(today: GameDate, season: readonly GameDate[]): GameDate[] {
  const near = [0, 1, ...CORRECTION_DAYS.flatMap((days) => [-days, -days - 1])];
  const last = season.at(-1);
  const again = season.filter((_, i) => {
    if (last === undefined) return false;
    const on = seasonEndDate(last, i);
    return on === today || addDays(on, 1) === today;
  });
  return [...new Set([...near.map((days) => addDays(today, days)), ...again])].sort();
}

/**
 * The slots of a date that are due: of each occasion at most the latest that has come, unless it was used. A slot that nobody
 * looked at in its time is not made up for.
 */
export function dueSlots(day: DueDay, now: Date, used: readonly UsedSlot[]): Slot[] {
  const slots = slotsOf(day);
  return OCCASIONS.flatMap((occasion) => {
    const come = slots.filter((slot) => slot.occasion === occasion && slot.at <= now && now < slot.until);
    const slot = come.at(-1);
    if (slot === undefined || !isNeeded(slot, used)) return [];
    return [slot];
  });
}

/** The next slot of an occasion after `now`; undefined when the date has none, or none that is needed. */
export function nextSlot(
  day: DueDay,
  occasion: Occasion,
  now: Date,
  used: readonly UsedSlot[],
): Slot | undefined {
  return slotsOf(day)
    .filter((slot) => slot.occasion === occasion && slot.at > now && isNeeded(slot, used))
    .toSorted((a, b) => a.at.getTime() - b.at.getTime())[0];
}

/**
 * A slot that was used for a fetch. In the morning it counts as answered only when the first sources have told everything: what another
 * one has told in their place is asked again of them. After games everything is read again in any case.
 */
export function toldSlotOf(fetch: FetchDocument): ToldSlot {
  const instead = fetch.occasion === 'morning' && fetch.finishedAt !== null ? toldInstead(fetch) : {};
  return {
    ...{ occasion: fetch.occasion, at: new Date(fetch.at), instead },
    isAnswered: fetch.isAnswered && Object.keys(instead).length === 0,
    unanswered: fetch.finishedAt === null ? null : fetch.unanswered,
  };
}

/**
 * What a slot asks about: in the morning, what the last slot before it has not brought, or has brought from another source than the first
 * ones; in the night after, everything but the schedule when it has the scores of all games of the date; else everything that belongs to
 * its occasion. After games the schedule goes on to change.
 */
export function lackingAt(slot: Slot, used: readonly ToldSlot[], games: readonly DueGame[] = []): AskedAgain {
  const isOver = games.length > 0 && games.every(({ score }) => score != null);
  if (slot.occasion === 'overnight' && isOver)
    return { targets: TARGETS.filter((target) => target !== 'schedule') };
  if (slot.occasion !== 'morning' || slot.retryFrom === null) return {};
  const from = slot.retryFrom;
  const last = used.findLast(({ occasion, at }) => occasion === slot.occasion && at >= from && at < slot.at);
  const { unanswered, instead = {} } = last ?? {};
  const lacking = unanswered ?? [];
  // Without a schedule nobody knew whom to ask about the rest.
  if (lacking.includes('schedule')) return {};
  const targets = [...new Set([...lacking, ...(Object.keys(instead) as Target[])])];
  if (targets.length === 0) return {};
  return Object.keys(instead).length === 0 ? { targets } : { targets, before: instead };
}

function isNeeded(slot: Slot, used: readonly UsedSlot[]): boolean {
  const same = used.filter(({ occasion }) => occasion === slot.occasion);
  if (same.some(({ at }) => at.getTime() === slot.at.getTime())) return false;
  const { at: until, retryFrom: from } = slot;
  return from === null || !same.some(({ at, isAnswered }) => isAnswered && at >= from && at < until);
}

/** The tip-offs of a date in milliseconds, ascending, each once. */
export function tipoffsOf({ date, games }: Pick<DueDay, 'date' | 'games'>): number[] {
  const times = games.map(({ tipoffAt }) =>
    tipoffAt === null ? eastern(date, USUAL_TIPOFF) : Date.parse(tipoffAt),
  );
  return [...new Set(times)].sort((a, b) => a - b);
}

/** The last reading of lines before some tip-offs. */
export interface Closing {
  /** Milliseconds. */
  readonly at: number;
  /** The tip-offs that it is the last reading of (ms), ascending; there is at least one. */
  readonly tips: readonly number[];
}

/**
 * The last readings before the tip-offs of a date, ascending: ten minutes before each. A date with more than six times of tip-offs has
 * fewer: those that are the nearest to each other, and at most half an hour apart, are read together, before the first of them.
 * @param tips milliseconds, ascending
 */
export function closingsOf(tips: readonly number[]): Closing[] {
  const groups = tips.map((tip) => [tip]);
  while (groups.length > MOST_CLOSINGS) {
    const spans = groups.slice(1).map((next, i) => (next.at(-1) ?? 0) - (groups[i]?.[0] ?? 0));
    const least = Math.min(...spans);
    if (least > TOGETHER_MINUTES * MINUTE) break;
    const first = spans.indexOf(least);
    groups.splice(first, 2, groups.slice(first, first + 2).flat());
  }
  return groups.map((group) => ({ at: (group[0] ?? 0) - CLOSING_MINUTES * MINUTE, tips: group }));
}

/**
 * A first look twelve hours before the first tip-off, tried again every two hours until it was answered, and a reading just before
 * the tip-offs. Questions about lines are paid for, so that there is none in between.
 */
function linesOf(day: DueDay, tips: readonly number[]): Slot[] {
  const first = tips[0] ?? 0;
  const last = tips.at(-1) ?? 0;
  const closing = closingsOf(tips).map(({ at }) => at);
  const readings: number[] = [];
  for (let at = first - LINES.from * HOUR; at < last; at += LINES.every * HOUR) {
    const isNear = closing.some((each) => at <= each && each - at <= NEAR_CLOSING_MINUTES * MINUTE);
    if (!isNear) readings.push(at);
  }
  const times = [...new Set([...readings, ...closing])].sort((a, b) => a - b);
  const [firstLook] = readings;
  return inTurn(day, 'lines', times, { end: last }).map((slot) =>
    closing.includes(slot.at.getTime()) || firstLook === undefined
      ? slot
      : { ...slot, retryFrom: new Date(firstLook) },
  );
}

/**
 * The times at which no game is being played and some are over: every one after the last game, and the first one in a pause before.
 * Whoever asks in between is told half of it, and asks again.
 * @param times ascending (ms)
 * @param tips the tip-offs, ascending (ms)
 */
function wavesOf(times: readonly number[], tips: readonly number[]): number[] {
  const lastBefore = (at: number): number | undefined => tips.findLast((tip) => tip <= at);
  return times.filter((at, i) => {
    const tip = lastBefore(at);
    if (tip === undefined || at < tip + HOURS_UNTIL_OVER * HOUR) return false;
    const isPause = tip !== tips.at(-1);
    return !isPause || (times[i - 1] ?? 0) < tip + HOURS_UNTIL_OVER * HOUR;
  });
}

function correctionsOf(day: DueDay): Slot[] {
  const { date, season } = day;
  const days = CORRECTION_DAYS.map((after) => addDays(date, after));
  const end = season === null ? [] : [seasonEndDate(season.lastDate, season.datesBefore)];
  return [...new Set([...days, ...end])].sort().flatMap((on) =>
    inTurn(
      day,
      'corrections',
      CORRECTION_TIMES.map(([after, time]) => eastern(addDays(on, after), time)),
      { end: eastern(addDays(on, 1), CORRECTION_END), isRetry: true },
    ),
  );
}

/** The day on which a date of a season is read again after the season's end. */
function seasonEndDate(lastDate: GameDate, datesBefore: number): GameDate {
  return addDays(lastDate, SEASON_END.after + (datesBefore % SEASON_END.spread));
}

/**
 * Slots of which each lasts until the next one.
 * @param isRetry whether the later ones are needed only while the earlier ones have not brought everything
 */
function inTurn(
  { date }: DueDay,
  occasion: Occasion,
  times: readonly number[],
  { end, isRetry = false }: { readonly end: number; readonly isRetry?: boolean },
): Slot[] {
  return times.flatMap((at, i): Slot[] => {
    const until = Math.min(times[i + 1] ?? end, end);
    const retryFrom = isRetry && times[0] !== undefined ? new Date(times[0]) : null;
    return at < until ? [{ date, occasion, at: new Date(at), until: new Date(until), retryFrom }] : [];
  });
}

function hoursBetween(from: number, to: number): number[] {
  const hours: number[] = [];
  for (let at = from; at < to; at += HOUR) hours.push(at);
  return hours;
}

/** Instants that were computed; a date has some fifty. */
const instants = new Map<string, number>();
const MAX_INSTANTS = 5000;

/** The instant at which clocks in New York show a time; where they skip it in March, an hour later. */
function eastern(date: GameDate, time: string): number {
  const key = `${date} ${time}`;
  const known = instants.get(key);
  if (known !== undefined) return known;
  const [hour = '0', minute = '00'] = time.split(':');
  const hourLater = `${date} ${String(Number(hour) + 1).padStart(2, '0')}:${minute}`;
  const found = Date.parse(easternToUtc(key) ?? easternToUtc(hourLater) ?? '');
  if (instants.size >= MAX_INSTANTS) instants.clear();
  instants.set(key, found);
  return found;
}
