/** The features of points_v1 of one player and date, computed row by row from their definitions. */

/** A game that a player took part in. */
export interface PlayedGame {
  readonly player: string;
  readonly team: string;
  readonly opponent: string;
  readonly season: string;
  readonly date: string;
  readonly points: number;
  readonly minutes: number | null;
  readonly shots: number | null;
  readonly possessions: number | null;
}

/** What the market says of a game of a team. */
export interface TeamLine {
  readonly team: string;
  readonly date: string;
  readonly spread: number | null;
  readonly total: number | null;
}

export interface Asked {
  readonly player: string;
  readonly team: string;
  readonly opponent: string;
  readonly date: string;
}

/** Ascending by date. `seasons` are three labels, the latest first: that of the date and the two before it. */
export interface History {
  readonly games: readonly PlayedGame[];
  readonly lines: readonly TeamLine[];
  readonly seasons: readonly string[];
  /** Date of the first game of the season. */
  readonly firstDate: string;
}

type Pick = (game: PlayedGame) => number | null;
type Values = Readonly<Record<string, number | null>>;

const points: Pick = (game) => game.points;
const minutes: Pick = (game) => game.minutes;
const byPlayer = new WeakMap<readonly PlayedGame[], Map<string, PlayedGame[]>>();
/** What was computed of a history before, by its name. */
const answers = new WeakMap<History, Map<string, number | null>>();

function remembered(history: History, name: string, make: () => number | null): number | null {
  const known = answers.get(history) ?? new Map<string, number | null>();
  answers.set(history, known);
  const found = known.get(name);
  if (found !== undefined) return found;
  const made = make();
  known.set(name, made);
  return made;
}

function gamesOf(games: readonly PlayedGame[], player: string, date: string): PlayedGame[] {
  const known = byPlayer.get(games) ?? Map.groupBy(games, (game) => game.player);
  byPlayer.set(games, known);
  return (known.get(player) ?? []).filter((game) => game.date < date);
}

/** SUM(weight * x) / SUM(weight) over games in ascending order, with half-life `half`; null without a known x. */
function mean(
  games: readonly PlayedGame[],
  half: number,
  of: Pick,
  factor: (game: PlayedGame) => number,
): number | null {
  let [sum, weights] = [0, 0];
  games.forEach((game, i) => {
    const x = of(game);
    if (x === null) return;
    const weight = factor(game) * 2 ** ((i - games.length) / half);
    sum += weight * x;
    weights += weight;
  });
  return weights === 0 ? null : sum / weights;
}
const alike = (): number => 1;

/** The features of a player before a game, by name; null where they are unknown. */
export function pointsFeaturesOf(history: History, { player, team, opponent, date }: Asked): Values {
  const { games, seasons } = history;
  const [season = '', before = ''] = seasons;
  const older = (game: PlayedGame): number => 0.6 ** seasons.indexOf(game.season);
  const career = gamesOf(games, player, date);
  const own = career.filter((game) => game.season === season);
  const rate = (name: string, day: string): number | null =>
    remembered(history, `rate ${name} ${day}`, () => {
      const all = gamesOf(games, name, day);
      const [scored, played] = [mean(all, 30, points, older), mean(all, 30, minutes, older)];
      return scored === null || played === null || played === 0 ? null : scored / played;
    });
  const scorer = (name: string, day: string = date): number | null =>
    remembered(history, `r ${name} ${day}`, () => mean(gamesOf(games, name, day), 10, points, alike));
  const x30 = mean(career, 30, points, older);
  const m30 = mean(career, 30, minutes, older);
  const ppm = x30 === null || m30 === null ? null : (x30 + 1.2) / (m30 + 3);
  const m3 = mean(own, 3, minutes, alike);
  const shots6 = mean(own, 6, (game) => game.shots, alike);
  const [scored80, shots80] = [
    mean(career, 80, (game) => (game.shots === null ? null : game.points), older),
    mean(career, 80, (game) => game.shots, older),
  ];
  const trueShooting =
    scored80 === null || shots80 === null || shots80 === 0 ? null : scored80 / (2 * shots80);
  const total = (of: readonly PlayedGame[]): number => of.reduce((sum, game) => sum + game.points, 0);
  const last = career.filter((game) => game.season === before);
  const week = own.filter((game) => daysBetween(game.date, date) <= 7);

  const inSeason = games.filter((game) => game.season === season && game.date < date);
  const roster = rosterOf(inSeason, team, date);
  const r = scorer(player);
  const mates = roster
    .map((mate) => ({ ...mate, r: scorer(mate.player) ?? 0 }))
    .filter((mate) => mate.player !== player);
  const available = mates.filter((mate) => mate.ago < 3);
  const vacant = mates.filter((mate) => mate.ago > 0).reduce((sum, mate) => sum + mate.r, 0);
  const withTeam = own.at(-1)?.team === team ? own.filter((game) => game.team === team).slice(-10) : [];
  const vacantAfter = (day: string): number =>
    rosterOf(inSeason, team, day)
      .filter((mate) => mate.ago > 0)
      .reduce((sum, mate) => sum + (scorer(mate.player, day) ?? 0), 0);
  const usual = withTeam.map(
    (game) => remembered(history, `vacant ${team} ${game.date}`, () => vacantAfter(nextDay(game.date))) ?? 0,
  );

  const lines = history.lines.filter((line) => line.team === team && line.date <= date);
  const today = lines.find((line) => line.date === date);
  const implied = (line: TeamLine | undefined): number | null =>
    line === undefined || line.total === null || line.spread === null
      ? null
      : line.total / 2 - line.spread / 2;
  const earlier = lines.flatMap((line) => (line.date < date ? (implied(line) ?? []) : []));
  const now = implied(today);
  const weighted = earlier.map((value, i) => [value * 2 ** (i / 5), 2 ** (i / 5)] as const);
  const sumOf = (place: 0 | 1): number => weighted.reduce((sum, pair) => sum + pair[place], 0);

  const against = [
    ...Map.groupBy(
      inSeason.filter((game) => game.opponent === opponent),
      (game) => game.date,
    ),
  ];
  let [beyond, played] = [0, 0];
  against.forEach(([day, others], i) => {
    for (const other of others) {
      const usualRate = rate(other.player, day);
      if (usualRate === null || other.minutes === null) continue;
      beyond += (other.points - usualRate * other.minutes) * 2 ** (i / 15);
      played += other.minutes * 2 ** (i / 15);
    }
  });
  const possessions: Pick = (game) => game.possessions;
  return {
    e_prod: m3 === null || ppm === null ? null : m3 * ppm,
    ppm_sh: ppm,
    e_exp_ts: shots6 === null || trueShooting === null ? null : 2 * shots6 * trueShooting,
    share_pts:
      r === null || roster.length === 0 ? null : r / (r + available.reduce((sum, mate) => sum + mate.r, 0)),
    rank_pts: roster.length === 0 ? null : available.filter((mate) => mate.r > (r ?? Infinity) + 1e-9).length,
    e3_pts: mean(own, 3, points, alike),
    e12_pts: mean(own, 12, points, alike),
    e1_5_ua: mean(own, 1.5, possessions, alike),
    e3_ua: mean(own, 3, possessions, alike),
    e12_ua: mean(own, 12, possessions, alike),
    x30_pts: x30,
    sh_pts:
      last.length > 0
        ? (total(own) + (8 * total(last)) / last.length) / (own.length + 8)
        : (total(career) + 160) / (career.length + 20),
    m1: own.at(-1)?.minutes ?? null,
    d_vac_pts:
      usual.length === 0 ? null : vacant - usual.reduce((sum, value) => sum + value, 0) / usual.length,
    season_day: daysBetween(history.firstDate, date),
    m7: week.some((game) => game.minutes === null)
      ? null
      : week.reduce((sum, game) => sum + (game.minutes ?? 0), 0),
    spread: today?.spread ?? null,
    imp_rel_season:
      now === null || earlier.length === 0
        ? null
        : now / (earlier.reduce((sum, value) => sum + value, 0) / earlier.length),
    imp_rel_e5: now === null || earlier.length === 0 ? null : now - sumOf(0) / sumOf(1),
    dvp_allppm: played === 0 ? null : ((beyond / played) * against.length) / (against.length + 8),
  };
}

/** Who is on the roster of a team after some games of the season, and how many games of it ago he played last. */
function rosterOf(
  inSeason: readonly PlayedGame[],
  team: string,
  date: string,
): { readonly player: string; readonly ago: number }[] {
  const dates = [
    ...new Set(inSeason.filter((game) => game.team === team && game.date < date).map((game) => game.date)),
  ].sort();
  const latest = new Map<string, PlayedGame>();
  for (const game of inSeason) if (game.date < date) latest.set(game.player, game);
  return [...latest].flatMap(([player, game]) => {
    const ago = dates.length - 1 - dates.indexOf(game.date);
    return game.team === team && ago < 15 ? [{ player, ago }] : [];
  });
}

function daysBetween(first: string, last: string): number {
  return Math.round((Date.parse(last) - Date.parse(first)) / 86_400_000);
}
function nextDay(date: string): string {
  return new Date(Date.parse(date) + 86_400_000).toISOString().slice(0, 10);
}
