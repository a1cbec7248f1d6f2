/** The hourly injury report becomes what teams said of their players at its time. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { halfHourBefore, halfHoursAbout } from '../../functions/sources/eastern-hours.ts';
import { askerOf } from '../../functions/sources/ask.ts';
import nbaInjuries from '../../functions/sources/nba_injuries/source.ts';
import { readReport } from '../../functions/sources/nba_injuries/report.ts';
import { pdfTextOf } from '../../functions/sources/pdf-text.ts';
import type { SourceLine } from '../../functions/sources/source.ts';
import { memoryStore } from '../../functions/targets/simulated/memory-store.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import type { Row } from '../../shared/ports/warehouse.ts';
import { archiveHome } from '../support/archive-home.ts';
import { dataFolder } from '../support/homes.ts';
import { injuryReportPdf, type ReportRow } from '../support/injury-report-pdf.ts';
import { sourceFile } from '../support/source-file.ts';
import { boxLine, csv, game } from '../support/source-lines.ts';
import { tinyPdf } from '../support/tiny-pdf.ts';

const TITLE = '10/24/23 05:30 PM';
const SUBJECT = '2023-10-24-1730';
const LAL: ReportRow = { date: '10/24/2023', matchup: 'LAL@DEN', team: 'Los Angeles Lakers' };
const JAMES: ReportRow = {
  ...LAL,
  ...{ player: 'James, LeBron', status: 'Questionable', reason: ['Injury/Illness - Left Foot;', 'Soreness'] },
};
const REAVES: ReportRow = { player: 'Reaves, Austin', status: 'Out', reason: ['Rest'] };
const DENVER: ReportRow = { team: 'Denver Nuggets', reason: ['NOT YET SUBMITTED'] };

const linesIn = async (pdf: Uint8Array, subject = SUBJECT): Promise<readonly SourceLine[]> =>
  readReport(await pdfTextOf(pdf), subject)[0]?.lines ?? [];
const shown = (lines: readonly SourceLine[]) =>
  lines.map((line) => [line['team'], line['player_name'], line['status'], line['reason']]);

describe('a report', () => {
  it('has each player with his team, and reasons that go over lines and pages; who has not submitted names nobody', async () => {
    const pdf = injuryReportPdf(
      TITLE,
      [
        [JAMES, REAVES, DENVER],
        [
          {
            matchup: 'PHX@GSW',
            team: 'Phoenix Suns',
            player: 'Beal, Bradley',
            status: 'Out',
            reason: ['Trade'],
          },
          {
            player: 'Holland II, Ronald',
            status: 'Available',
            reason: ['Injury/Illness - Right', 'High', 'Ankle'],
          },
          { player: 'Towns, Karl-Anthony', status: 'Doubtful', reason: ['Left Foot; Surgery Two-', 'Way -'] },
        ],
        [{ team: 'Golden State Warriors', player: 'Payton II, Gary', status: 'Probable', reason: [] }],
      ],
      [undefined, undefined, 'Jones Fracture'],
    );
    expect(shown(await linesIn(pdf))).toEqual([
      ['LAL', 'LeBron James', 'Questionable', 'Injury/Illness - Left Foot; Soreness'],
      ['LAL', 'Austin Reaves', 'Out', 'Rest'],
      ['PHX', 'Bradley Beal', 'Out', 'Trade'],
      ['PHX', 'Ronald Holland II', 'Available', 'Injury/Illness - Right High Ankle'],
      ['PHX', 'Karl-Anthony Towns', 'Doubtful', 'Left Foot; Surgery Two-Way - Jones Fracture'],
      ['GSW', 'Gary Payton II', 'Probable', null],
    ]);
    expect(await linesIn(pdf)).toContainEqual({
      ...{ snapshot: SUBJECT, game_date: '2023-10-24', home_team: 'DEN', visitor_team: 'LAL', team: 'LAL' },
      ...{ player_name: 'Austin Reaves', status: 'Out', reason: 'Rest', report_utc: '2023-10-24T21:30:00Z' },
    });
  });

  it.each<[string, Uint8Array, string]>([
    [
      'of another time',
      injuryReportPdf('10/24/23 06:30 PM', [[JAMES]]),
      'is the report of 2023-10-24, 06:30 PM',
    ],
    [
      'of the morning',
      injuryReportPdf('10/24/23 05:30 AM', [[JAMES]]),
      'is the report of 2023-10-24, 05:30 AM',
    ],
    [
      'that no team has submitted',
      injuryReportPdf(TITLE, [[{ ...LAL, ...DENVER }]]),
      'no team has submitted',
    ],
    [
      'of a team in another game',
      injuryReportPdf(TITLE, [[{ ...JAMES, matchup: 'PHX@DEN' }]]),
      'has LAL in PHX@DEN',
    ],
    [
      'of a team that is none',
      injuryReportPdf(TITLE, [[{ ...JAMES, team: 'Real Madrid' }]]),
      '"Real Madrid", which is no',
    ],
    [
      'of a game that is none',
      injuryReportPdf(TITLE, [[{ ...JAMES, matchup: 'LAL vs DEN' }]]),
      '"LAL vs DEN" where a game',
    ],
    [
      'with another kind of date',
      injuryReportPdf(TITLE, [[{ ...JAMES, date: '24 Oct' }]]),
      '"24 Oct" where a date',
    ],
    [
      'with a player without a status',
      injuryReportPdf(TITLE, [[{ ...LAL, player: 'James, LeBron' }]]),
      'without a player or his status',
    ],
    ['with a player of no team', injuryReportPdf(TITLE, [[REAVES]]), 'names Reaves, Austin before a date'],
    ['with a status of nobody', injuryReportPdf(TITLE, [[JAMES, { status: 'Out' }]]), 'has "Out" in no row'],
    [
      'with a text before the first row',
      injuryReportPdf(TITLE, [[JAMES]], ['Fracture']),
      'has "Fracture" in no row',
    ],
    ['without a header', tinyPdf([[[289, 533, `Injury Report: ${TITLE}`]]]), 'has no header'],
    ['that is another PDF', tinyPdf([[[289, 533, 'Menu of the day']]]), 'is no injury report'],
  ])('%s is refused', async (_, pdf, fault) => {
    await expect(linesIn(pdf)).rejects.toThrow(fault);
  });

  it('that lacks its last page is refused', async () => {
    const { pages } = await pdfTextOf(injuryReportPdf(TITLE, [[JAMES], [REAVES]]));
    expect(() => readReport({ pages: pages.slice(0, 1) }, SUBJECT)).toThrow('lacks page 1 or the foot of it');
  });
});

describe('reports of a day', () => {
  /** The rows after these reports were imported, each a subject with its rows. */
  async function rowsOf(...reports: readonly (readonly [string, readonly ReportRow[]])[]): Promise<Row[]> {
    const home = archiveHome('2023-10-25T12:00:00Z');
    const files = [csv('schedule_2023-24.csv', [game]), csv('player_box_2023-24.csv', [boxLine])];
    await home.importFiles(files.map(({ name, text }) => sourceFile(name, text)));
    for (const [hour, rows] of reports) {
      const title = `10/24/23 ${String(Number(hour) % 12).padStart(2, '0')}:30 ${Number(hour) < 12 ? 'AM' : 'PM'}`;
      const text = await pdfTextOf(injuryReportPdf(title, [rows]));
      const name = `nba_injuries.report.2023-10-24-${hour}30.json`;
      await home.importFiles([{ name, bytes: () => Buffer.from(JSON.stringify(text)) }]);
    }
    return [...(await home.rowsOf('nbac_injury_report', [gameDate('2023-10-24')]))];
  }

  it('stand one beside the other, with the player found by his name', async () => {
    const rows = await rowsOf(['11', [JAMES]], ['17', [{ ...JAMES, status: 'Available' }]]);
    expect(rows).toMatchObject([
      { report_at: '2023-10-24T15:30:00Z', injury_status: 'questionable', nba_player_id: 2544 },
      { report_at: '2023-10-24T21:30:00Z', injury_status: 'available', nba_player_id: 2544 },
    ]);
    for (const row of rows) expect(row).toMatchObject({ team_abbr: 'LAL', is_whole_report: true });
  });

  it('take nothing from each other when one was made after the tip-off', async () => {
    const rows = await rowsOf(['17', [JAMES]], ['22', [{ ...JAMES, status: 'Out' }]]);
    expect(rows).toMatchObject([{ injury_status: 'questionable', report_at: '2023-10-24T21:30:00Z' }]);
  });

  it('name a status that is none as unread, so that nobody of the team passes for available', async () => {
    const rows = await rowsOf(['17', [{ ...JAMES, status: 'Perhaps' }]]);
    expect(rows).toMatchObject([{ injury_status: null, team_abbr: 'LAL' }]);
  });
});

describe('the half hour of a question', () => {
  it.each([
    ['2026-02-08T23:36:00Z', '2026-02-08-1830'],
    ['2026-02-08T23:34:00Z', '2026-02-08-1730'],
    ['2026-02-09T05:10:00Z', '2026-02-08-2330'],
    ['2026-07-08T16:00:00Z', '2026-07-08-1130'],
    // There is no 2:30 when clocks go forward, and 1:30 comes twice when they go back.
    ['2026-03-08T07:20:00Z', '2026-03-08-0130'],
    ['2026-03-08T07:36:00Z', '2026-03-08-0330'],
    ['2025-11-02T05:36:00Z', '2025-11-02-0130'],
    ['2025-11-02T06:36:00Z', '2025-11-02-0130'],
    ['2025-11-02T07:36:00Z', '2025-11-02-0230'],
  ])('before %s is %s', (now, subject) => {
    expect(halfHourBefore(new Date(now))).toBe(subject);
  });

  it('is the latest one while a game has not begun, else the last one before each tip-off', () => {
    const tipoffs = ['2026-02-08T19:00:00Z', '2026-02-09T00:00:00Z', '2026-02-09T00:00:00Z'];
    expect(halfHoursAbout(tipoffs, new Date('2026-02-08T20:00:00Z'))).toEqual(['2026-02-08-1430']);
    expect(halfHoursAbout(tipoffs, new Date('2026-02-09T03:00:00Z'))).toEqual([
      '2026-02-08-1330',
      '2026-02-08-1830',
    ]);
    expect(halfHoursAbout([null], new Date('2026-02-09T03:00:00Z'))).toEqual(['2026-02-08-2130']);
    expect(halfHoursAbout([], new Date('2026-02-09T03:00:00Z'))).toEqual([]);
  });
});

const NOW = new Date('2023-10-24T22:00:00Z');

describe('a question', () => {
  /** Asks for a report of a server that has these files. */
  async function asking(subject: string, has: Readonly<Record<string, Uint8Array>>) {
    const paths: string[] = [];
    const ask = askerOf(
      {
        http: {
          ask: ({ url }) => {
            const path = new URL(url).pathname;
            paths.push(path.slice(path.lastIndexOf('/') + 1));
            const body = has[path.slice(path.lastIndexOf('/') + 1)];
            const seconds = 0;
            return Promise.resolve(
              body === undefined
                ? {
                    kind: 'answer',
                    status: 403,
                    headers: {},
                    body: Buffer.from('<html>Forbidden</html>'),
                    seconds,
                  }
                : { kind: 'answer', status: 200, headers: {}, body, seconds },
            );
          },
        },
        wait: () => Promise.resolve(),
        random: () => 0,
        store: memoryStore(),
        clock: () => NOW,
        now: NOW,
      },
      nbaInjuries,
      {},
    );
    return { paths, asked: await ask('report', subject) };
  }
  const pdf = injuryReportPdf(TITLE, [[JAMES]]);

  it('tries both names of a file, and 403 is not there yet', async () => {
    const { paths, asked } = await asking(SUBJECT, {});
    expect(paths).toEqual(['Injury-Report_2023-10-24_05PM.pdf', 'Injury-Report_2023-10-24_05_30PM.pdf']);
    expect(asked).toMatchObject({ status: 'not_yet', tries: 2 });
    const later = await asking('2026-02-08-0030', {});
    expect(later.paths).toEqual([
      'Injury-Report_2026-02-08_12_30AM.pdf',
      'Injury-Report_2026-02-08_12AM.pdf',
    ]);
  });

  it.each(['Injury-Report_2023-10-24_05PM.pdf', 'Injury-Report_2023-10-24_05_30PM.pdf'])(
    'finds the report under %s: its text is the answer, and the PDF is kept',
    async (file) => {
      const { asked } = await asking(SUBJECT, { [file]: pdf });
      expect(asked).toMatchObject({ status: 'fetched', name: `nba_injuries.report.${SUBJECT}.json` });
      expect(asked.original?.name).toBe(`nba_injuries.report.${SUBJECT}.pdf`);
      expect(Buffer.from(asked.original?.bytes ?? []).equals(Buffer.from(pdf))).toBe(true);
      expect(JSON.parse(Buffer.from(asked.bytes ?? []).toString())).toEqual(await pdfTextOf(pdf));
    },
  );

  it('has a damaged file kept and refused by name', async () => {
    const file = 'Injury-Report_2023-10-24_05PM.pdf';
    const { asked } = await asking(SUBJECT, { [file]: pdf.subarray(0, 400) });
    expect(asked).toMatchObject({ status: 'misread', name: `nba_injuries.report.${SUBJECT}.pdf` });
    expect(asked.detail).toContain('is a damaged PDF');
    expect(asked.bytes).toHaveLength(400);
  });
});

const SAMPLES = join(dataFolder() ?? 'nowhere', 'api-samples');
const FOLDER = join(SAMPLES, 'injury_report');

describe.skipIf(!existsSync(FOLDER))('real reports', () => {
  it('of 2024-01-04 has the rows that another program read', async () => {
    const lines = await linesIn(
      readFileSync(join(FOLDER, 'injury_report_2024-01-04_1230PM.pdf')),
      '2024-01-04-1230',
    );
    const { records } = JSON.parse(
      readFileSync(join(SAMPLES, 'parsed_by_reference', 'injury_report_parsed.json'), 'utf8'),
    ) as { records: Record<'team' | 'player' | 'status' | 'reason', string>[] };
    expect(shown(lines)).toEqual(
      records.map(({ team, player, status, reason }) => [team, firstThenLast(player), status, reason]),
    );
  });

  it.each([
    ['03_30PM', '2026-02-08-1530', 61],
    ['06_30PM', '2026-02-08-1830', 114],
  ])(
    'of 2026-02-08, %s, has the players, teams and statuses that another program read',
    async (hour, subject, count) => {
      const lines = await linesIn(
        readFileSync(join(FOLDER, `Injury-Report_2026-02-08_${hour}.pdf`)),
        subject,
      );
      const [, ...rows] = readFileSync(
        join(FOLDER, `Injury-Report_2026-02-08_${hour}.as-extracted.csv`),
        'utf8',
      )
        .trim()
        .split(/\r?\n/);
      const read = rows.map((row) => {
        const [, , player = '', status] = /^[^,]*,([^,]*),"([^"]*)",([^,]*),/.exec(row) ?? [];
        return [firstThenLast(player), status];
      });
      expect(lines).toHaveLength(count);
      expect(lines.map((line) => [line['player_name'], line['status']])).toEqual(read);
    },
  );

  it('have reasons whole where they go over lines and pages', async () => {
    const lines = await linesIn(
      readFileSync(join(FOLDER, 'Injury-Report_2026-02-08_06_30PM.pdf')),
      '2026-02-08-1830',
    );
    const reasons = new Map(lines.map((line) => [line['player_name'], line['reason']]));
    expect(reasons.get('Obi Toppin')).toBe('Injury/Illness - Right Foot; Stress Fracture');
    expect(reasons.get('Max Strus')).toBe('Injury/Illness - Left Foot; Surgery - Jones Fracture');
    expect(reasons.get('Dyson Daniels')).toBe('Injury/Illness - Right Ankle; Inflammation');
    expect(reasons.get('Jakob Poeltl')).toBe('Return to Competition Reconditioning');
    const teams = new Set(lines.map((line) => line['team']));
    expect([teams.has('LAL'), teams.has('OKC'), teams.has('GSW')]).toEqual([true, false, false]);
  });
});

/** "Duke Jr., David" as "David Duke Jr.". */
function firstThenLast(name: string): string {
  const [last = '', first = ''] = name.split(', ');
  return `${first} ${last}`;
}
