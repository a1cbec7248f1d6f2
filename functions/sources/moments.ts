/** Subjects of questions whose answers hold at the moment of the question: a game date and an instant. */
import { parseGameDate, type GameDate } from '../../shared/domain/game-date.ts';
import { seasonOf, type Season } from '../../shared/domain/season.ts';

/** What is asked about at a moment: a game date, and when it is asked. */
export interface Moment {
  readonly date: GameDate;
  readonly at: Date;
}

/** The subject of a question about a date that is asked at an instant, such as `2024-02-22-20240222T235000Z`. */
export function momentOf(date: GameDate, at: Date): string {
  return `${date}-${compact(at)}`;
}

/** The date and the instant in a subject such as `2024-02-22-20240222T235000Z`; undefined when it has none. */
export function momentIn(subject: string): Moment | undefined {
  const [, text = '', at = ''] = /^(\d{4}-\d\d-\d\d)-(\w+)$/.exec(subject) ?? [];
  const [date, found] = [parseGameDate(text), instantIn(at)];
  return date === undefined || found === undefined ? undefined : { date, at: found };
}

/** The season of the date in such a subject. */
export function seasonOfMoment(subject: string): Season | undefined {
  const moment = momentIn(subject);
  return moment === undefined ? undefined : seasonOf(moment.date);
}

/** An instant as it stands at the end of a subject: `20240222T235500Z`. */
export function compact(at: Date): string {
  return at.toISOString().replace(/\.\d+/, '').replaceAll(/[-:]/g, '');
}

/** The instant in a text such as `20240222T235500Z`; undefined when it is none. */
export function instantIn(text: string): Date | undefined {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(at.getTime()) ? undefined : at;
}
