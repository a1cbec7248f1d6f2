import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { BACKFILL_REQUEST_TOPIC } from '../../shared/derive/topic-names.ts';
import { topics } from '../../shared/derive/topics.ts';
import { deadLettersIn, documentsIn } from '../support/look.ts';
import { drain, worldFrom } from '../support/stepping.ts';
import { DATES } from '../support/toy-league.ts';
import { importedWorld } from '../support/toy-worlds.ts';

const ZONES = ['UTC', 'America/Los_Angeles', 'Asia/Tokyo', 'Pacific/Kiritimati'] as const;
const run = promisify(execFile);

/** What a host in `zone` prints when it runs the lines of a module. */
async function printedIn(zone: string, lines: readonly string[]): Promise<string> {
  const { stdout } = await run(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', lines.join('\n')],
    { env: { ...process.env, TZ: zone, NODE_OPTIONS: '' } },
  );
  return stdout.trim();
}

const urlOf = (path: string): string => JSON.stringify(new URL(`../../${path}`, import.meta.url).href);

/** Instants at which the hosts of this world disagree about the day, with the date of the games played then. */
const INSTANTS = [
  { what: 'a tip-off at 19:00 in winter', at: '2024-01-16T00:00:00Z', is: '2024-01-15' },
  { what: '20:00 in winter', at: '2024-01-16T01:00:00Z', is: '2024-01-15' },
  { what: '23:00 in winter', at: '2024-01-16T04:00:00Z', is: '2024-01-15' },
  { what: 'midnight in winter', at: '2024-01-16T05:00:00Z', is: '2024-01-16' },
  { what: 'a tip-off at 19:00 in summer', at: '2024-06-06T23:00:00Z', is: '2024-06-06' },
  { what: 'midnight in summer', at: '2024-06-07T04:00:00Z', is: '2024-06-07' },
  { what: 'a job at 07:00', at: '2026-02-04T12:00:00Z', is: '2026-02-04' },
  { what: 'the evening the clock goes forward', at: '2024-03-11T03:30:00Z', is: '2024-03-10' },
  { what: 'the night the clock goes back', at: '2024-11-03T05:30:00Z', is: '2024-11-03' },
  { what: 'the second 01:30 of that night', at: '2024-11-03T06:30:00Z', is: '2024-11-03' },
  { what: 'the evening of the leap day', at: '2024-03-01T02:00:00Z', is: '2024-02-29' },
  { what: 'New Year in London', at: '2024-01-01T00:00:00Z', is: '2023-12-31' },
] as const;

describe('F-10 a game date is a day in the east of the United States, wherever the host stands', () => {
  it.each(ZONES)('F-10 names the same game dates on a host in %s', async (zone) => {
    const printed = await printedIn(zone, [
      `import { gameDateOf } from ${urlOf('shared/domain/game-date.ts')};`,
      `const instants = ${JSON.stringify(INSTANTS.map(({ at }) => at))};`,
      'console.log(JSON.stringify(instants.map((at) => gameDateOf(new Date(at)))));',
    ]);
    const dates = JSON.parse(printed) as string[];
    expect(INSTANTS.map(({ what }, i) => [what, dates[i]])).toEqual(
      INSTANTS.map(({ what, is }) => [what, is]),
    );
  });

  it('F-10 builds the same rows and documents on every host', async () => {
    const script = [
      `import { cleanWorld, FIRST_SOURCES } from ${urlOf('test/support/toy-worlds.ts')};`,
      `import { comparableStates, contentsOf } from ${urlOf('test/support/at-rest.ts')};`,
      'const world = await cleanWorld(FIRST_SOURCES);',
      'console.log(JSON.stringify([new Date(2024, 0, 1).toISOString(), comparableStates(world), contentsOf(world)]));',
    ];
    const printed = await Promise.all(['UTC', 'Pacific/Kiritimati'].map((zone) => printedIn(zone, script)));
    const [there, elsewhere] = printed.map((text) => JSON.parse(text) as [string, object, object]);
    expect(there?.[0]).not.toBe(elsewhere?.[0]);
    expect(Object.keys(there?.[1] ?? {}).length).toBeGreaterThan(30);
    expect(elsewhere?.slice(1)).toEqual(there?.slice(1));
  });

  it('F-10 refuses to start where there is no data about time zones', async () => {
    const lines = (zoned: string): string[] => [
      `const real = Intl.DateTimeFormat;`,
      // What a runtime without the data does: every zone is UTC.
      `Intl.DateTimeFormat = function (locale, options) { return new real(locale, { ...options, timeZone: ${zoned} }); };`,
      `const { assertEasternZone } = await import(${urlOf('shared/domain/game-date.ts')});`,
      `try { assertEasternZone(); console.log('starts'); } catch (error) { console.log(error.message); }`,
    ];
    expect(await printedIn('UTC', lines('options.timeZone'))).toBe('starts');
    expect(await printedIn('UTC', lines("'UTC'"))).toMatch(/zone/i);
  });

  it.each(['TODAY', 'AUTO', 'YESTERDAY', '2024-01-15T00:00:00-05:00', '20240115', '', '2024-01-15 '])(
    'F-10 sets a request for the date "%s" aside, and builds nothing',
    async (date) => {
      const world = await worldFrom(importedWorld());
      const before = world.store.dump();
      await world.publish(BACKFILL_REQUEST_TOPIC, { startDate: date, endDate: DATES[1] });
      await world.publish(BACKFILL_REQUEST_TOPIC, { dates: [date] });
      await drain(world);
      expect(deadLettersIn(world).map(({ reason }) => reason.includes('is not a calendar date'))).toEqual([
        true,
        true,
      ]);
      const written = [...world.store.dump().keys()].filter((path) => !before.has(path));
      expect(written.every((path) => path.startsWith('dead_letters/'))).toBe(true);
    },
  );

  it.each(topics().filter(({ message }) => message === 'RunRequested' || message === 'RunCompleted'))(
    'F-10 lets no word for a date onto $name',
    async ({ name, message }) => {
      const world = await worldFrom(importedWorld());
      const common = {
        schemaVersion: 1,
        eventId: 'e',
        correlationId: 'c',
        causationId: null,
        runId: 'r',
        table: 'team_offense',
        mode: 'live',
        backfillId: null,
        through: 'phase4',
      };
      const date = { date: 'TODAY', inputFingerprint: 'f' };
      await world.publish(
        name,
        message === 'RunRequested'
          ? { ...common, kind: 'run_requested', dates: [date] }
          : { ...common, kind: 'run_completed', token: 1, dates: [{ ...date, status: 'success' }] },
      );
      await drain(world);
      expect(deadLettersIn(world)).toMatchObject([{ topic: name }]);
      expect(deadLettersIn(world)[0]?.reason).toContain('"TODAY" is not a calendar date');
      expect(documentsIn(world, 'runs').some((run) => JSON.stringify(run).includes('TODAY'))).toBe(false);
    },
  );

  it('F-10 asks no host for its own clock reading anywhere in the pipeline', () => {
    const hostZone =
      /\.(?:get|set)(?:Date|Day|Hours|Minutes|Month|FullYear|TimezoneOffset)\(|\.toLocale(?:Date|Time)?String\(|\.toDateString\(|new Date\(\d+,/;
    for (const folder of ['functions', 'shared']) {
      const root = fileURLToPath(new URL(`../../${folder}`, import.meta.url));
      const sources = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) =>
        file.endsWith('.ts'),
      );
      expect(sources.length).toBeGreaterThan(20);
      for (const file of sources)
        expect(readFileSync(`${root}/${file}`, 'utf8'), `${folder}/${file}`).not.toMatch(hostZone);
    }
  });
});
