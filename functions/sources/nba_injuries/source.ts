/** The injury report of the league, a PDF that is published every hour. */
import { gameDate } from '../../../shared/domain/game-date.ts';
import { seasonOf } from '../../../shared/domain/season.ts';
import { halfHourIn } from '../eastern-hours.ts';
import type { Source } from '../source.ts';
import { readReport } from './report.ts';

const FOLDER = '/referee/injury/Injury-Report_';
/** From this date on the names of the files have minutes. */
const WITH_MINUTES = gameDate('2026-01-01');

/** The name with the hour alone, and the one with the minutes, too: `2026-02-08_06PM` and `2026-02-08_06_30PM`. */
function namesOf(subject: string): { readonly byHour: string; readonly byMinute: string } {
  const { date = '', hour = 0 } = halfHourIn(subject) ?? {};
  const [half, shown] = [hour < 12 ? 'AM' : 'PM', String(hour % 12 === 0 ? 12 : hour % 12).padStart(2, '0')];
  return {
    byHour: `${FOLDER}${date}_${shown}${half}.pdf`,
    byMinute: `${FOLDER}${date}_${shown}_30${half}.pdf`,
  };
}

const hasMinutes = (subject: string): boolean => (halfHourIn(subject)?.date ?? '') >= WITH_MINUTES;

export default {
  name: 'nba_injuries',
  proven: true,
  address: 'https://ak-static.cms.nba.com',
  secondsBetween: 0.7,
  isForbiddenNotYet: true,
  endpoints: {
    report: {
      about: 'hour',
      format: 'pdf',
      fills: ['timed_injury_report'],
      targets: { injuries: 1 },
      rhythm: 'hourly',
      path: (subject) => (hasMinutes(subject) ? namesOf(subject).byMinute : namesOf(subject).byHour),
      otherPath: (subject) => (hasMinutes(subject) ? namesOf(subject).byHour : namesOf(subject).byMinute),
      covers: (subject, today) => (halfHourIn(subject)?.date ?? '') <= today,
      seasonOf: (subject) => {
        const found = halfHourIn(subject);
        return found === undefined ? undefined : seasonOf(found.date);
      },
      read: readReport,
    },
  },
} as const satisfies Source;
