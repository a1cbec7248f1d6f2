/** A report that is a PDF flows from its source into the raw table; the PDF and its text are both kept. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Ingested } from '../../functions/control/ingest.ts';
import { halfHourBefore } from '../../functions/sources/eastern-hours.ts';
import nbaInjuries from '../../functions/sources/nba_injuries/source.ts';
import { fiveOf, gamebookPdf, GAMEBOOK_HEADER, totalsOf } from '../support/gamebook-pdf.ts';
import { newFolder, removeFolders } from '../support/homes.ts';
import { injuryReportPdf } from '../support/injury-report-pdf.ts';
import { CDN_PATHS, cdnAnswers, SEASON, simulatedTexts } from '../support/nba-cdn-answers.ts';
import { recordedServer } from '../support/recorded-server.ts';
import { cliWith } from '../support/run-cli.ts';

const textOf = simulatedTexts(4);
const answers = cdnAnswers(textOf);
const DATE = answers.games.map(answers.dateOf).sort()[0] ?? expect.fail();
const [GAME = ''] = answers.gamesOn(DATE);

interface Team {
  readonly teamTricode: string;
  readonly players: readonly { readonly name: string }[];
}
interface Game {
  readonly game: Readonly<Record<'homeTeam' | 'awayTeam', Team>>;
}
const { homeTeam, awayTeam } = (answers.boxScore(GAME) as unknown as Game).game;

const server = await recordedServer();
afterAll(async () => {
  await server.close();
  removeFolders();
});
const env = {
  FULLCOURT_SOURCE_NBA_CDN_URL: server.address,
  FULLCOURT_SOURCE_NBA_CDN_HEADERS: '{}',
  FULLCOURT_SOURCE_NBA_INJURIES_URL: server.address,
  FULLCOURT_SOURCE_NBA_INJURIES_HEADERS: '{}',
};

describe('the injury report of an hour', () => {
  const home = newFolder();
  const now = `${DATE}T15:00:00Z`;
  const subject = halfHourBefore(new Date(now));
  const path = nbaInjuries.endpoints.report.path(subject);
  const [year = '', month = '', day = '', clock = ''] = subject.split('-');
  const report = injuryReportPdf(`${month}/${day}/${year.slice(2)} ${clock.slice(0, 2)}:30 AM`, [
    [
      {
        ...{ date: `${month}/${day}/${year}`, matchup: `${awayTeam.teamTricode}@${homeTeam.teamTricode}` },
        ...{ team: homeTeam.teamTricode, player: 'Newcomer, Some', status: 'Out', reason: ['Rest'] },
      },
      { player: 'Other Jr., Some', status: 'Questionable', reason: ['Injury/Illness - Left', 'Knee'] },
      { team: awayTeam.teamTricode, reason: ['NOT YET SUBMITTED'] },
    ],
  ]);
  async function ingest() {
    const { code, stdout } = await cliWith(env, home, ...['ingest', '--date', DATE, '--now', now, '--json']);
    return { code, document: JSON.parse(stdout) as Ingested };
  }
  const fetched = ({ fetches }: Ingested) => fetches.find(({ source }) => source === 'nba_injuries');

  it('that is not there yet is said so, and one that is damaged is kept and refused', async () => {
    server.answers.set(
      CDN_PATHS.schedule,
      answers.schedule(SEASON, () => false),
    );
    const { code, document } = await ingest();
    expect(fetched(document)).toMatchObject({ status: 'not_yet', entries: 0 });
    expect(code).toBe(0);

    server.answers.set(path, report.slice(0, 500));
    const damaged = await ingest();
    expect(fetched(damaged.document)?.details.join()).toContain(`${subject}.pdf is a damaged PDF`);
    expect(readdirSync(join(home, 'archive')).filter((name) => name.includes('.pdf'))).toHaveLength(1);
  });

  it('is rows of its table; asked for again it runs nothing', async () => {
    server.answers.set(path, report);
    const { code, document } = await ingest();
    expect(fetched(document)).toMatchObject({ status: 'fetched', entries: 1, details: [] });
    expect(document.changes).toEqual([
      { table: 'nbac_injury_report', date: DATE, added: 2, changed: 0, removed: 0 },
    ]);
    expect(code).toBe(0);
    expect((await ingest()).document).toMatchObject({ changes: [], next: null });

    const kept = readdirSync(join(home, 'archive')).filter((name) => name.includes('nba_injuries.report'));
    const bytes = kept.map((name) => readFileSync(join(home, 'archive', name)));
    expect(bytes.some((each) => each.equals(Buffer.from(report)))).toBe(true);
    expect(bytes.some((each) => each.includes('"Newcomer, Some"'))).toBe(true);
  });

  it('that a person has is imported, too; a damaged one is refused by name', async () => {
    const own = newFolder();
    const folder = newFolder();
    for (const kind of ['schedule', 'player_box'])
      writeFileSync(join(folder, `${kind}_${SEASON}.csv`), textOf(kind));
    const file = join(folder, `nba_injuries.report.${subject}.pdf`);
    writeFileSync(file, report.subarray(0, 500));
    const refused = await cliWith({}, own, 'import', '--from', folder);
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringContaining(`${subject}.pdf is a damaged PDF`),
    ]);

    writeFileSync(file, report);
    expect((await cliWith({}, own, 'import', '--from', folder)).code).toBe(0);
    expect(await rowsIn(own)).toEqual(rows);
    const kept = readdirSync(join(own, 'archive')).filter((name) => name.includes(subject));
    expect(kept.some((name) => name.includes('.pdf'))).toBe(true);
  });

  it('is said in the table as the report has it', async () => {
    expect(await rowsIn(home)).toEqual(rows);
  });

  const rows = [
    `${homeTeam.teamTricode},Some Newcomer,out,Rest`,
    `${homeTeam.teamTricode},Some Other Jr.,questionable,Injury/Illness - Left Knee`,
  ];
  async function rowsIn(folder: string): Promise<string[]> {
    const sql = `SELECT team_abbr, player_name, injury_status, reason FROM nba_raw.nbac_injury_report WHERE game_date = DATE '${DATE}' ORDER BY player_name`;
    const { stdout } = await cliWith(env, folder, 'query', sql, '--format', 'csv');
    return stdout.trim().split('\n').slice(1);
  }
});

describe('the gamebook of a game', () => {
  const home = newFolder();
  const [day, codes] = [DATE.replaceAll('-', ''), [awayTeam, homeTeam].map(({ teamTricode }) => teamTricode)];
  const written = new Date(`${DATE}T12:00:00Z`).toLocaleDateString('en-US', {
    ...{ year: 'numeric', month: 'long', day: 'numeric', timeZone: 'UTC' },
  });
  const boxOf = ({ teamTricode, players }: Team, side: string): string[] => {
    const [first = '', ...others] = players.map(({ name }) => name);
    return [
      `${side}: ${teamTricode} (0-0)`,
      GAMEBOOK_HEADER,
      ...fiveOf(first, 12, others.slice(0, 4)),
      "44 Some Guest DNP - Coach's Decision",
      totalsOf(12),
    ];
  };
  const book = gamebookPdf([
    `FINAL BOX ${written}`,
    ...boxOf(awayTeam, 'VISITOR'),
    ...boxOf(homeTeam, 'HOME'),
    `Inactive: ${codes[0]} - Newcomer (Injury/Illness - Left Knee; Sprain)`,
  ]);
  const booked = {
    ...env,
    FULLCOURT_SOURCE_NBA_GAMEBOOK_URL: server.address,
    FULLCOURT_SOURCE_NBA_GAMEBOOK_HEADERS: '{}',
  };

  it('is asked for when the game is over, and is rows of its table with who sat out and why', async () => {
    server.answers.set(
      CDN_PATHS.schedule,
      answers.schedule(SEASON, (id) => answers.dateOf(id) <= DATE),
    );
    for (const each of answers.gamesOn(DATE))
      server.answers.set(CDN_PATHS.boxScore(each), answers.boxScore(each));
    server.answers.set(`/pdfs/${day}/${day}_${codes.join('')}_book.pdf`, book);
    const flags = [
      '--date',
      DATE,
      '--now',
      new Date(Date.parse(`${DATE}T12:00:00Z`) + 86_400_000).toISOString(),
    ];
    const { stdout } = await cliWith(booked, home, 'ingest', ...flags, '--json');
    const { fetches } = JSON.parse(stdout) as Ingested;
    expect(fetches.find(({ source }) => source === 'nba_gamebook')).toMatchObject({ entries: 1, rows: 13 });

    const sql = `SELECT player_status, COUNT(*), COUNT(nba_player_id), MAX(dnp_reason_category), SUM(points) FROM nba_raw.nbac_gamebook_player_stats WHERE game_date = DATE '${DATE}' GROUP BY player_status ORDER BY player_status`;
    const { stdout: found } = await cliWith(env, home, 'query', sql, '--format', 'csv');
    expect(found.trim().split('\n').slice(1)).toEqual([
      'active,10,10,,104',
      'dnp,2,0,coach_decision,',
      'inactive,1,0,injury,',
    ]);
  });
});
