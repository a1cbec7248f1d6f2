/** Reads the games of a date that bookmakers quote, and names what is asked about each: the game and the time of the question. */
import { z } from 'zod';
import { addDays, gameDate, gameDateOf } from '../../../shared/domain/game-date.ts';
import { compact, instantIn } from '../moments.ts';
import { shaped } from '../shape.ts';
import { PayloadFault } from '../source.ts';

const events = z.array(
  z.object({ id: z.string().regex(/^[0-9a-f]{32}$/), commence_time: z.iso.datetime({ offset: true }) }),
);

const snapshot = z.object({ timestamp: z.iso.datetime({ offset: true }), data: z.unknown() });

/**
 * Minutes before a tip-off at which its past lines are read: those of live days are read then, too. So the lines of a past season
 * are as old at the tip-off as those of a live one.
 */
const CLOSING_MINUTES = 10;

/** The part of a question that names a date: from its noon to the noon after, in UTC, which has every game of it. */
export function questionAbout(date: string): string {
  const after = addDays(gameDate(date), 1);
  return `commenceTimeFrom=${date}T12:00:00Z&commenceTimeTo=${after}T12:00:00Z`;
}

/**
 * What is asked about next: the games of {@link startsOfEvents}.
 * @throws PayloadFault when the answer has another shape
 */
export function eventsOf(document: unknown, date: string, now: Date): string[] {
  return [...startsOfEvents(document, date, now).keys()];
}

/**
 * What is asked about next, and when each of these games begins: each game of the date that has not begun, with the time of the
 * question, such as `f54c4a22568ce9dc33fb410d1b0e75e9-20240222T235500Z`.
 * @throws PayloadFault when the answer has another shape
 */
export function startsOfEvents(document: unknown, date: string, now: Date): Map<string, Date> {
  return new Map(
    shaped(events, document)
      .map(({ id, commence_time }) => [`${id}-${compact(now)}`, new Date(commence_time)] as const)
      .filter(([, start]) => start > now && gameDateOf(start) === date),
  );
}

/**
 * What is asked about the past next: each game of the date, with the time of its last reading before the tip-off.
 * @throws PayloadFault when the answer has another shape
 */
export function pastEventsOf(document: unknown, date: string): string[] {
  return shaped(events, shaped(snapshot, document).data)
    .map(({ id, commence_time }) => ({ id, start: new Date(commence_time) }))
    .filter(({ start }) => gameDateOf(start) === date)
    .map(({ id, start }) => `${id}-${compact(new Date(start.getTime() - CLOSING_MINUTES * 60_000))}`);
}

/**
 * What a past answer has, and the time at which it was so.
 * @param at the time that was asked about
 * @throws PayloadFault when it has another shape, or is of a later time
 */
export function pastAnswer(document: unknown, at: Date): { readonly data: unknown; readonly at: Date } {
  const { timestamp, data } = shaped(snapshot, document);
  const seen = new Date(timestamp);
  if (seen > at) throw new PayloadFault(`is of ${timestamp}, which is after the time that was asked about`);
  return { data, at: seen };
}

/** An instant as a question names it: `2024-02-22T23:55:00Z`. */
export function asked(at: Date): string {
  return at.toISOString().replace(/\.\d+/, '');
}

/** The game and the instant in a subject such as `f54c4a22568ce9dc33fb410d1b0e75e9-20240222T235500Z`; undefined when it has none. */
export function eventIn(subject: string): { readonly event: string; readonly at: Date } | undefined {
  const [, event = '', at = ''] = /^([0-9a-f]{32})-(\w+)$/.exec(subject) ?? [];
  const found = instantIn(at);
  return found === undefined ? undefined : { event, at: found };
}
