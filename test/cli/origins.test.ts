/** A home remembers where its rows come from: every command on every kind of home, and `reset`. */
import { readdirSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openClient, openWorker } from '../../functions/targets/embedded/client.ts';
import { withHome } from '../../scripts/cli/command.ts';
import { importCommand, simulateCommand } from '../../scripts/cli/load.ts';
import { resetCommand } from '../../scripts/cli/reset.ts';
import { startCommand } from '../../scripts/cli/start.ts';
import { statusCommand } from '../../scripts/cli/status.ts';
import { readConfig } from '../../shared/config.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import type { Origin } from '../../shared/domain/origin.ts';
import { drawnOf } from '../support/draw.ts';
import { copyOf, newFolder, removeFolders } from '../support/homes.ts';
import { proof } from '../support/proof.ts';
import { tinyFiles } from '../support/tiny-league.ts';

// A league of four teams, so that a command takes a moment and not a minute.
vi.mock('../../scripts/simulate/league.ts', async (original) => {
  const league = await original<typeof import('../../scripts/simulate/league.ts')>();
  const simulateLeague: typeof league.simulateLeague = (options) =>
    league.simulateLeague({ ...options, teams: 4, gamesPerTeam: 8 });
  return { ...league, simulateLeague };
});

vi.mock('node:readline/promises', () => ({
  createInterface: () => ({ question: () => Promise.resolve(typed), close: () => undefined }),
}));

const HOMES = [
  'empty',
  'simulated',
  'simulated before homes remembered',
  'files',
  'files before homes remembered',
] as const;
type Home = (typeof HOMES)[number];
const homes = new Map<Home, string>();
let files: string;
let said: string;
let printed: string;
/** What the person at the terminal types. */
let typed: string;

const league = (seed: string) => ({ seasons: '1', seed, firstSeason: '2021' });
const START = { seasons: '1', exit: true, port: '0', json: true };
const COMMANDS = {
  'simulate the same league': () =>
    withHome({}, (client) => simulateCommand(client, league('5'), { json: true })),
  'simulate another league': () =>
    withHome({}, (client) => simulateCommand(client, league('6'), { json: true })),
  import: () => withHome({}, (client) => importCommand(client, { from: files }, { json: true })),
  'start with the same league': () => startCommand({ ...START, seed: '5' }),
  'start with another league': () => startCommand({ ...START, seed: '6' }),
  'start --data': () => startCommand({ ...START, seed: '1', data: files }),
} as const;
type Command = keyof typeof COMMANDS;

/** What each command does with each home: `load`, `replace` or `refuse`. */
const EXPECTED: Readonly<Record<Command, Readonly<Record<Home, 'load' | 'replace' | 'refuse'>>>> = {
  'simulate the same league': outcomes('load', 'load', 'refuse', 'refuse', 'refuse'),
  'simulate another league': outcomes('load', 'refuse', 'refuse', 'refuse', 'refuse'),
  import: outcomes('load', 'refuse', 'refuse', 'load', 'load'),
  'start with the same league': outcomes('load', 'load', 'replace', 'refuse', 'refuse'),
  'start with another league': outcomes('load', 'replace', 'replace', 'refuse', 'refuse'),
  'start --data': outcomes('load', 'replace', 'replace', 'load', 'load'),
};

function outcomes(...of: ('load' | 'replace' | 'refuse')[]): Record<Home, 'load' | 'replace' | 'refuse'> {
  return Object.fromEntries(HOMES.map((home, i) => [home, of[i]])) as Record<
    Home,
    'load' | 'replace' | 'refuse'
  >;
}

/**
 * Every pair that is refused. Of those that load something, the gate draws every second one; `npm test` draws four, and one of
 * those that replace what is there, and none of homes that were made before homes remembered.
 */
const EVERY_PAIR = Object.entries(EXPECTED).flatMap(([command, ofHomes]) =>
  Object.entries(ofHomes).map(([home, outcome]) => [command as Command, home as Home, outcome] as const),
);
const PAIRS = [
  ...EVERY_PAIR.filter(([, , outcome]) => outcome === 'refuse'),
  ...someOf('load', 4),
  ...someOf('replace', 1),
];

/** @param few how many of them `npm test` draws */
function someOf(wanted: 'load' | 'replace', few: number): typeof EVERY_PAIR {
  const all = EVERY_PAIR.filter(([, , outcome]) => outcome === wanted);
  if (proof === 'all') return all;
  if (proof === 'ci') return drawnOf(all, Math.ceil(all.length / 6), 'origins', wanted);
  return drawnOf(
    all.filter(([, home]) => !home.includes('before')),
    few,
    'origins',
    wanted,
  );
}

function at(home: string): void {
  process.env['FULLCOURT_HOME'] = home;
}

/** Every document of a home but those that a sweep writes. */
function documentsOf(home: string): string[] {
  const db = new DatabaseSync(join(home, 'state.sqlite'));
  const rows = db.prepare('SELECT path, data FROM docs ORDER BY path').all();
  db.close();
  return rows.map(({ path, data }) => `${String(path)} ${String(data)}`);
}

function originDocument(home: string): Origin | undefined {
  const [found] = documentsOf(home).filter((document) => document.startsWith('origins/home '));
  return found === undefined
    ? undefined
    : (JSON.parse(found.slice('origins/home '.length)) as { origin: Origin }).origin;
}

/** The players with a box score in a home. */
async function playersOf(home: string): Promise<string[]> {
  const client = openClient({ ...readConfig({}), home });
  const worker = await openWorker(client, 'test');
  const rows = await worker?.context.ports.warehouse.query(
    'SELECT DISTINCT player_name FROM nba_raw.nbac_player_boxscores ORDER BY player_name',
  );
  await worker?.close();
  client.close();
  if (rows?.ok !== true) throw new Error('the box scores cannot be read');
  return rows.value.map((row) => String(row['player_name']));
}

const clean = new Map<Command, string[]>();
/** The players in a new home in which only this command has been run. */
async function playersOfClean(command: Command): Promise<string[]> {
  const home = newFolder();
  at(home);
  if (!clean.has(command)) await COMMANDS[command]();
  const players = clean.get(command) ?? (await playersOf(home));
  clean.set(command, players);
  return players;
}

/** A copy of a home as it was before homes remembered where they come from. */
function forgetful(home: string): string {
  const folder = copyOf(home);
  const db = new DatabaseSync(join(folder, 'state.sqlite'));
  db.exec("DELETE FROM docs WHERE collection = 'origins'");
  db.close();
  return folder;
}

beforeAll(async () => {
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  files = tinyFiles({ through: '2021-10-26' });
  // A folder of real files has no lines of the simulator.
  for (const name of readdirSync(files)) if (name.startsWith('player_props')) rmSync(join(files, name));
  const [simulated, imported] = [newFolder(), newFolder()];
  at(simulated);
  expect(await COMMANDS['simulate the same league']()).toBe(0);
  at(imported);
  expect(await COMMANDS.import()).toBe(0);
  homes.set('simulated', simulated);
  homes.set('simulated before homes remembered', forgetful(simulated));
  homes.set('files', imported);
  homes.set('files before homes remembered', forgetful(imported));
});
beforeEach(() => {
  [said, printed] = ['', ''];
  const stderr = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
  return () => stderr.mockRestore();
});
afterAll(removeFolders);

describe('a home', () => {
  it.each(PAIRS)('%s on %s: %s', async (command, kind, expected) => {
    const home = kind === 'empty' ? newFolder() : copyOf(homes.get(kind) ?? '');
    at(home);
    const before = kind === 'empty' ? [] : documentsOf(home);
    const run = COMMANDS[command]();

    if (expected === 'refuse') {
      await expect(run).rejects.toThrow(RequestError);
      await expect(run).rejects.toThrow(/Nothing was written.* fullcourt reset, .*FULLCOURT_HOME/);
      expect(documentsOf(home)).toEqual(before);
      expect(existsSync(join(home, 'engine.lock'))).toBe(true);
      return;
    }
    expect(await run, said).toBe(0);
    const isData = command === 'import' || command === 'start --data';
    expect(originDocument(home)).toMatchObject(
      isData
        ? { kind: 'files' }
        : { kind: 'simulated', seed: command.includes('another') ? 6 : 5, firstSeason: 2021 },
    );
    const told = said.split('\n').filter((line) => line.startsWith('Forgot '));
    expect(told).toHaveLength(expected === 'replace' ? 1 : 0);
    if (expected !== 'replace') return;
    expect(told[0]).toContain(home);
    expect(await playersOf(home)).toEqual(await playersOfClean(command));
  });

  it('says in status where its rows come from', async () => {
    at(homes.get('simulated') ?? '');
    await withHome({}, (client) => statusCommand(client, {}, {}));
    expect(printed).toContain('The rows come from a simulated league (seed 5, from 2021).');
  });

  it('takes anything after an import that was refused: nothing was loaded', async () => {
    const [home, damaged] = [newFolder(), newFolder()];
    writeFileSync(join(damaged, 'schedule_2021-22.csv'), 'game_id,game_date\n0022100001');
    at(home);
    await expect(withHome({}, (client) => importCommand(client, { from: damaged }, {}))).rejects.toThrow(
      /schedule/,
    );
    expect(await COMMANDS['simulate the same league']()).toBe(0);
  });

  it('keeps its league when the data it is to be replaced by cannot be read', async () => {
    const home = copyOf(homes.get('simulated') ?? '');
    at(home);
    const before = documentsOf(home);
    await expect(startCommand({ ...START, seed: '1', data: join(home, 'no-such-folder') })).rejects.toThrow(
      /cannot be read/,
    );
    expect(documentsOf(home)).toEqual(before);
  });
});

describe('reset', () => {
  it('forgets a home once somebody says yes, and keeps what it does not know', async () => {
    const home = copyOf(homes.get('files') ?? '');
    writeFileSync(join(home, 'notes.txt'), 'mine');
    at(home);
    const before = documentsOf(home);
    await expect(resetCommand({})).rejects.toThrow(/imported files: 1 season with.*--yes/);
    expect(documentsOf(home)).toEqual(before);

    expect(await resetCommand({ yes: true })).toBe(0);
    expect(readdirSync(home).filter((name) => !name.startsWith('engine.'))).toEqual(['notes.txt']);
    expect(await COMMANDS['simulate the same league']()).toBe(0);
    expect(originDocument(home)).toMatchObject({ kind: 'simulated', seed: 5 });
  });

  it('asks the person at the terminal', async () => {
    const home = copyOf(homes.get('files') ?? '');
    at(home);
    const before = documentsOf(home);
    const terminal = vi
      .spyOn(process, 'stdin', 'get')
      .mockReturnValue({ isTTY: true } as typeof process.stdin);
    typed = 'no';
    await expect(resetCommand({})).rejects.toThrow('Nothing was forgotten');
    expect(documentsOf(home)).toEqual(before);
    typed = 'yes';
    expect(await resetCommand({})).toBe(0);
    expect(existsSync(join(home, 'state.sqlite'))).toBe(false);
    terminal.mockRestore();
  });

  it('refuses while another process works on the home', async () => {
    const home = copyOf(homes.get('simulated') ?? '');
    at(home);
    const client = openClient({ ...readConfig({}), home });
    const worker = await openWorker(client, 'serve');
    const before = documentsOf(home);

    await expect(resetCommand({ yes: true })).rejects.toThrow(
      /is in use by process \d+ \(serve\).*Nothing was forgotten/,
    );
    await expect(COMMANDS['start --data']()).rejects.toThrow(/is in use by process \d+ \(serve\)/);
    expect(documentsOf(home)).toEqual(before);
    await worker?.close();
    client.close();
  });

  it('is finished by the next command when it was killed halfway', async () => {
    const home = copyOf(homes.get('simulated') ?? '');
    at(home);
    rmSync(join(home, 'warehouse.duckdb'));
    writeFileSync(join(home, 'reset.pending'), '');

    expect(await COMMANDS.import()).toBe(0);
    expect(originDocument(home)).toEqual({ kind: 'files' });
    expect(existsSync(join(home, 'reset.pending'))).toBe(false);
  });

  it('forgets a home that cannot be read, has nothing to do in an empty one, and leaves the cloud alone', async () => {
    const home = newFolder();
    at(home);
    expect(await resetCommand({})).toBe(0);
    writeFileSync(join(home, 'state.sqlite'), 'this is no database, and it is long enough to be looked at');
    expect(await resetCommand({ yes: true })).toBe(0);
    expect(existsSync(join(home, 'state.sqlite'))).toBe(false);
    await expect(resetCommand({ yes: true, target: 'emulator' })).rejects.toThrow(/embedded/);
  });
});
