/** Reads the games of a date that bookmakers quote, and names what is asked about each: the game and the time of the question. */
import { z } from 'zod';
import { addDays, gameDate, gameDateOf } from '../../../shared/domain/game-date.ts';
import { shaped } from '../shape.ts';

const events = z.array(
  z.object({ id: z.string().regex(/^[0-9a-f]{32}$/), commence_time: z.iso.datetime({ offset: true }) }),
);

/** The part of a question that names a date: from its noon to the noon after, in UTC, which has every game of it. */
export function questionAbout(date: string): string {
  const after = addDays(gameDate(date), 1);
  return `commenceTimeFrom=${date}T12:00:00Z&commenceTimeTo=${after}T12:00:00Z`;
}

/**
 * What is asked about next: each game of the date that has not begun, with the time of the question, such as
 * `f54c4a22568ce9dc33fb410d1b0e75e9-20240222T235500Z`.
 * @throws PayloadFault when the answer has another shape
 */
export function eventsOf(document: unknown, date: string, now: Date): string[] {
  return [...startsOfEvents(document, date, now).keys()];
}

/**
 * What is asked about next, and when each of these games begins.
 * @throws PayloadFault when the answer has another shape
 */
export function startsOfEvents(document: unknown, date: string, now: Date): Map<string, Date> {
  const at = now.toISOString().replace(/\.\d+/, '').replaceAll(/[-:]/g, '');
  return new Map(
    shaped(events, document)
      .map(({ id, commence_time }) => [`${id}-${at}`, new Date(commence_time)] as const)
      .filter(([, start]) => start > now && gameDateOf(start) === date),
  );
}

/** The instant in a subject such as `f54c4a22568ce9dc33fb410d1b0e75e9-20240222T235500Z`; undefined when it has none. */
export function snapshotIn(subject: string): Date | undefined {
  const [, year, month, day, hour, minute, second] =
    /^[0-9a-f]{32}-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(subject) ?? [];
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(at.getTime()) ? undefined : at;
}
