/**
 * Mistakes in source files, as they are met in the wild: a row, a player, a game or a night that is lacking, doubled,
 * shifted or swapped. Each is drawn from the real files of some dates, and says what can tell that something is wrong.
 */
import { gunzipSync, gzipSync } from 'node:zlib';
import type { SourceFile } from '../../functions/control/archive-files.ts';
import { addDays, gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import { pick, shuffled, type Random } from '../../shared/domain/seeded-random.ts';
import type { Cells } from './real-part.ts';

/** What knows better than the changed file. */
type Witness =
  'final score' | 'what was known' | 'schedule' | 'attempts' | 'the file itself' | 'nothing changes';

export interface Mutation {
  readonly kind: string;
  /** What tells that the file is wrong. */
  readonly witness: Witness;
  /** Files to import in place of those that are archived. */
  readonly files: readonly SourceFile[];
  /** Whether they replace what older files say, also where they say nothing. */
  readonly replace: boolean;
  /** The dates of the games that the mistake is about. */
  readonly dates: readonly GameDate[];
  /** For a person who reads a failure. */
  readonly what: string;
}

/** A file as a table of cells. */
interface Table {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly Cells[];
}

/** What a mutation is drawn from. */
export interface Ground {
  readonly player: Table;
  readonly team: Table;
  readonly schedule: Table;
  /** The dates whose games are changed. */
  readonly week: readonly GameDate[];
}

export function tableOf(file: SourceFile): Table {
  const [head = '', ...lines] = gunzipSync(file.bytes())
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');
  const columns = head.split(',');
  return {
    name: file.name,
    columns,
    rows: lines.map((line) => Object.fromEntries(line.split(',').map((cell, i) => [columns[i] ?? '', cell]))),
  };
}

const textOf = ({ columns }: Table, rows: readonly Cells[]): string =>
  [columns.join(','), ...rows.map((row) => columns.map((column) => row[column] ?? '').join(',')), ''].join(
    '\n',
  );

const fileOf = (table: Table, rows: readonly Cells[]): SourceFile => {
  const bytes = gzipSync(textOf(table, rows), { level: 1 });
  return { name: table.name, bytes: () => bytes };
};

type Draw = (ground: Ground, random: Random) => Omit<Mutation, 'kind'>;

/** A row of the box score of a player who mattered: without his points the team falls short. */
function scorerIn({ player, week }: Ground, random: Random): Cells {
  return pick(
    random,
    player.rows.filter((row) => week.includes(row['game_date'] as GameDate) && Number(row['pts']) > 0),
  );
}

const dateOf = (row: Cells): GameDate => gameDate(row['game_date'] ?? '');
const isGame = (row: Cells) => (other: Cells) => other['game_id'] === row['game_id'];
const sameRow = (row: Cells) => (other: Cells) => other === row;

/** Every kind of mistake. */
export const MUTATIONS: Readonly<Record<string, Draw>> = {
  'a row of a player is lacking': (ground, random) => {
    const row = scorerIn(ground, random);
    return {
      witness: 'final score',
      files: [
        fileOf(
          ground.player,
          ground.player.rows.filter((each) => each !== row),
        ),
      ],
      replace: false,
      dates: [dateOf(row)],
      what: `${row['player_name']} has no row on ${row['game_date']}`,
    };
  },
  'the rows of a game are lacking': (ground, random) => {
    const row = scorerIn(ground, random);
    return {
      witness: 'schedule',
      files: [
        fileOf(
          ground.player,
          ground.player.rows.filter((each) => !isGame(row)(each)),
        ),
      ],
      replace: true,
      dates: [dateOf(row)],
      what: `game ${row['game_id']} of ${row['game_date']} has no rows of players`,
    };
  },
  'the rows of a night are lacking': (ground, random) => {
    const date = pick(random, ground.week);
    return {
      witness: 'schedule',
      files: [ground.player, ground.team].map((table) =>
        fileOf(
          table,
          table.rows.filter((row) => row['game_date'] !== date),
        ),
      ),
      replace: true,
      dates: [date],
      what: `${date} has no box score`,
    };
  },
  'the rows of a team in a game are lacking': (ground, random) => {
    const row = scorerIn(ground, random);
    const isOfTeam = (each: Cells): boolean => isGame(row)(each) && each['team'] === row['team'];
    return {
      witness: 'final score',
      files: [
        fileOf(
          ground.player,
          ground.player.rows.filter((each) => !isOfTeam(each)),
        ),
      ],
      replace: false,
      dates: [dateOf(row)],
      what: `${row['team']} has no rows of players in game ${row['game_id']}`,
    };
  },
  'a team box is lacking': (ground, random) => {
    const row = pick(
      random,
      ground.team.rows.filter((each) => ground.week.includes(dateOf(each))),
    );
    return {
      witness: 'schedule',
      files: [
        fileOf(
          ground.team,
          ground.team.rows.filter((each) => each !== row),
        ),
      ],
      replace: false,
      dates: [dateOf(row)],
      what: `${row['team']} has no team box on ${row['game_date']}`,
    };
  },
  'rows are doubled': (ground, random) => {
    const row = scorerIn(ground, random);
    const rows = ground.player.rows.flatMap((each) => (isGame(row)(each) ? [each, each] : [each]));
    return {
      witness: 'nothing changes',
      files: [fileOf(ground.player, rows)],
      replace: false,
      dates: [dateOf(row)],
      what: `game ${row['game_id']} has every row twice`,
    };
  },
  'rows come in another order': (ground, random) => {
    const date = pick(random, ground.week);
    return {
      witness: 'nothing changes',
      files: [fileOf(ground.player, shuffled(random, ground.player.rows))],
      replace: false,
      dates: [date],
      what: 'the box scores are shuffled',
    };
  },
  'numbers are decorated': (ground, random) => {
    const row = scorerIn(ground, random);
    const rows = ground.player.rows.map((each) =>
      isGame(row)(each)
        ? { ...each, minutes: `${Math.floor(Number(each['minutes']))}:00`, pts: `${each['pts']}.0` }
        : each,
    );
    return {
      witness: 'nothing changes',
      files: [fileOf(ground.player, rows)],
      replace: false,
      dates: [dateOf(row)],
      what: `game ${row['game_id']} has minutes as 34:00 and points as 12.0`,
    };
  },
  'the points of a player are wrong': (ground, random) => {
    const row = scorerIn(ground, random);
    const rows = ground.player.rows.map((each) =>
      sameRow(row)(each)
        ? {
            ...each,
            pts: String(Number(each['pts']) + 1),
            ftm: String(Number(each['ftm']) + 1),
            fta: String(Number(each['fta']) + 1),
          }
        : each,
    );
    return {
      witness: 'final score',
      files: [fileOf(ground.player, rows)],
      replace: false,
      dates: [dateOf(row)],
      what: `${row['player_name']} has a free throw too many on ${row['game_date']}`,
    };
  },
  'a row contradicts itself': (ground, random) => {
    const row = scorerIn(ground, random);
    const rows = ground.player.rows.map((each) =>
      sameRow(row)(each) ? { ...each, pts: String(Number(each['pts']) + 5) } : each,
    );
    return {
      witness: 'the file itself',
      files: [fileOf(ground.player, rows)],
      replace: false,
      dates: [dateOf(row)],
      what: `${row['player_name']} has points that his makes do not give on ${row['game_date']}`,
    };
  },
  'a game is shifted to the next date in the box scores': (ground, random) => {
    const row = scorerIn(ground, random);
    const rows = ground.player.rows.map((each) =>
      isGame(row)(each) ? { ...each, game_date: addDays(dateOf(each), 1) } : each,
    );
    return {
      witness: 'schedule',
      files: [fileOf(ground.player, rows)],
      replace: true,
      dates: [dateOf(row), addDays(dateOf(row), 1)],
      what: `game ${row['game_id']} is dated one day late in the box scores`,
    };
  },
  'the teams of a game are swapped in the box scores': (ground, random) => {
    const row = scorerIn(ground, random);
    const rows = ground.player.rows.map((each) =>
      isGame(row)(each) ? { ...each, team: each['opponent'] ?? '', opponent: each['team'] ?? '' } : each,
    );
    return {
      witness: 'schedule',
      files: [fileOf(ground.player, rows)],
      replace: false,
      dates: [dateOf(row)],
      what: `game ${row['game_id']} has its teams swapped`,
    };
  },
  'the final score is swapped': (ground, random) => {
    const row = pick(
      random,
      ground.schedule.rows.filter((each) => ground.week.includes(dateOf(each)) && each['home_pts'] !== ''),
    );
    const rows = ground.schedule.rows.map((each) =>
      sameRow(row)(each)
        ? {
            ...each,
            home_pts: each['visitor_pts'] ?? '',
            visitor_pts: each['home_pts'] ?? '',
            winner:
              each['winner'] === each['home_team'] ? (each['visitor_team'] ?? '') : (each['home_team'] ?? ''),
          }
        : each,
    );
    return {
      witness: 'final score',
      files: [fileOf(ground.schedule, rows)],
      replace: false,
      dates: [dateOf(row)],
      what: `game ${row['game_id']} of ${row['game_date']} has its final score swapped`,
    };
  },
  'a final score is lacking': (ground, random) => {
    const row = pick(
      random,
      ground.schedule.rows.filter((each) => ground.week.includes(dateOf(each)) && each['home_pts'] !== ''),
    );
    const rows = ground.schedule.rows.map((each) =>
      sameRow(row)(each) ? { ...each, home_pts: '', visitor_pts: '', winner: '' } : each,
    );
    return {
      witness: 'what was known',
      files: [fileOf(ground.schedule, rows)],
      replace: false,
      dates: [dateOf(row)],
      what: `game ${row['game_id']} of ${row['game_date']} has no final score any more`,
    };
  },
  'the file is in another encoding': (ground, random) => {
    const row = scorerIn(ground, random);
    const rows = ground.player.rows.map((each) =>
      sameRow(row)(each) ? { ...each, player_name: 'Jos\u00e9 \u00d1' } : each,
    );
    const bytes = Buffer.from(textOf(ground.player, rows), 'latin1');
    return {
      witness: 'the file itself',
      files: [{ name: ground.player.name.replace(/\.gz$/, ''), bytes: () => bytes }],
      replace: false,
      dates: [dateOf(row)],
      what: 'the box scores are in Latin-1',
    };
  },
  'the file is cut off in a line': (ground, random) => {
    const text = textOf(ground.player, ground.player.rows);
    const bytes = Buffer.from(
      text.slice(0, Math.floor(text.length * (0.5 + random.unit() / 2))).replace(/,[^,\n]*\n?$/, ''),
    );
    return {
      witness: 'the file itself',
      files: [{ name: ground.player.name.replace(/\.gz$/, ''), bytes: () => bytes }],
      replace: false,
      dates: [pick(random, ground.week)],
      what: 'the box scores end in the middle of a line',
    };
  },
  'the file ends early': (ground, random) => {
    const date = pick(random, ground.week);
    return {
      witness: 'schedule',
      files: [
        fileOf(
          ground.player,
          ground.player.rows.filter((row) => dateOf(row) < date),
        ),
      ],
      replace: true,
      dates: [...new Set(ground.player.rows.map(dateOf))].filter((each) => each >= date),
      what: `the box scores end before ${date}`,
    };
  },
};
